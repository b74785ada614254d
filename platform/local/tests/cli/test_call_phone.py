"""`call --phone`: how to ring is shown, calls are shown as they happen, problems have a remedy."""

import json
import socket
import threading

import pytest
from typer.testing import CliRunner

from switchboard.local.cli.console import CommandError
from switchboard.local.cli.main import app
from switchboard.local.cli.phone import Screen, address_of, speech, take_calls
from switchboard.local.phone.door import PhoneDoor
from switchboard.local.phone.speech import MemoryEars, MemoryVoice, Speech
from switchboard.local.settings import LocalSettings

MUTE = Speech(MemoryVoice(bytes), MemoryEars())
REPORT = {
    "type": "report", "outcome": "resolved", "turns": 2, "seconds": 1.5,
    "tickets": ["INC0000013"], "correlation_id": "c-1",
}  # fmt: skip


@pytest.fixture
def settings(tmp_path):
    return LocalSettings(home=tmp_path)


def test_a_call_is_shown_line_by_line_with_its_number(capsys):
    screen = Screen()

    screen.show(2, {"type": "contact", "contact_id": "c-1", "from": "caller-two", "to": "desk"})
    screen.show(2, {"type": "words", "text": "Hel"})
    screen.show(2, {"type": "said", "text": "Hello.", "by": "flow"})
    screen.show(2, {"type": "caller", "text": "help"})
    screen.show(2, REPORT)

    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["[2]", "ringing", "desk", "as", "caller-two"],
        ["[2]", "desk:", "Hello."],
        ["[2]", "you:", "help"],
        ["[2]", "over:", "resolved,", "2", "turns,", "1.5", "s"],
        ["[2]", "ticket:", "INC0000013"],
        ["[2]", "next:", "hatch", "run", "explain", "c-1"],
    ]


def test_a_program_reads_one_report_for_each_call(capsys):
    screen = Screen(json=True)

    screen.show(1, {"type": "said", "text": "Hello.", "by": "flow"})
    screen.show(1, REPORT)

    assert json.loads(capsys.readouterr().out)["tickets"] == ["INC0000013"]


@pytest.mark.parametrize(
    ("bind", "namespace", "taken"),
    [
        ("127.0.0.1", False, True),
        ("127.9.9.9", False, True),
        ("10.99.0.1", True, True),
        ("10.99.0.1", False, False),
        ("0.0.0.0", True, False),
        ("192.0.2.1", True, False),
        ("localhost", False, False),
    ],
)
def test_only_loopback_is_listened_on_unless_a_namespace_is_meant(settings, bind, namespace, taken):
    if taken:
        assert address_of(settings, bind, namespace=namespace).host == bind
        return

    with pytest.raises(CommandError) as caught:
        address_of(settings, bind, namespace=namespace)

    assert "--bind 127.0.0.1" in caught.value.remedy


def test_a_taken_port_is_a_clear_error(settings):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        chosen = settings.model_copy(update={"port_phone": other.getsockname()[1]})
        address = address_of(chosen, "127.0.0.1", namespace=False)

        with pytest.raises(CommandError, match="cannot listen on UDP") as caught:
            take_calls(chosen, address, MUTE, "anonymous", Screen())

    assert "SWITCHBOARD_PORT_PHONE" in caught.value.remedy


def test_a_missing_voice_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CommandError, match="flite is not installed") as caught, speech():
        pass

    assert caught.value.remedy == "apt-get install flite"


def test_a_script_cannot_be_played_to_a_telephone(tmp_path, monkeypatch):
    monkeypatch.setenv("SWITCHBOARD_HOME", str(tmp_path))

    shown = CliRunner().invoke(app, ["call", "--phone", "--script", "x.txt"])

    assert isinstance(shown.exception, CommandError)


def test_the_address_to_ring_is_shown_until_somebody_ends_it(settings, capsys, monkeypatch):
    def ended_at_once(_door):
        raise KeyboardInterrupt

    monkeypatch.setattr(PhoneDoor, "wait", ended_at_once)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chosen = settings.model_copy(update={"port_phone": port})

    take_calls(
        chosen, address_of(chosen, "127.0.0.1", namespace=False), MUTE, "anonymous", Screen()
    )

    shown = capsys.readouterr().out
    assert f"sip:desk@127.0.0.1:{port}" in shown
    assert "baresip" in shown
    assert "linphone" in shown
    assert not [item for item in threading.enumerate() if item.name == "sip"]
