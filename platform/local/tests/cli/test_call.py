"""`call`: what a person at the terminal sees, and what a program reads."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner

from switchboard.local.cli.main import app
from switchboard.local.standin.threaded import served

CONTACT = "00000000-0000-4000-8000-00000000000a"
RECORD = {
    "contact_id": CONTACT,
    "correlation_id": CONTACT,
    "turns": 1,
    "tickets": ["INC0000013"],
    "seconds": 1.5,
    "outcome": "disconnected",
    "attributes": {"outcome": "resolved"},
    "transcript": [{"by": "desk", "text": "Hello."}, {"by": "caller", "text": "help"}],
}
RING = [
    {"type": "contact", "contact_id": CONTACT, "from": "caller-two", "to": "the desk"},
    {"type": "said", "text": "Hello.", "by": "flow"},
    {"type": "waiting", "for": "speech", "ms": 1.0, "model_ms": 0.0},
]
TURN = [
    {"type": "words", "text": "One mo"},
    {"type": "words", "text": "ment."},
    {"type": "said", "text": "One moment.", "by": "agent"},
    {"type": "tool", "tool": "create_ticket", "state": "called"},
    {"type": "tool", "tool": "create_ticket", "state": "answered", "ok": True, "ms": 12.0,
     "ticket": "INC0000013"},
    {"type": "step", "action": "end", "state": "failed", "ms": 1.0, "reason": "no table"},
    {"type": "unheard", "message": "nobody hears this"},
    {"type": "ended", "outcome": "disconnected", "reason": "", "tickets": ["INC0000013"],
     "ms": 2.0, "model_ms": 1.0},
]  # fmt: skip


def verdict(*failures: str) -> dict[str, Any]:
    return {
        "type": "verdict",
        "name": "person",
        "passed": not failures,
        "failures": list(failures),
        "seen": 3,
        "actions": [],
    }


class Door:
    """Connect's door for calls, with answers given beforehand."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.ring: list[Any] | tuple[int, Any] = RING
        self.case: list[Any] = [*RING[:2], {"type": "caller", "text": "a person"}, verdict()]

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/calls", self._calls, methods=["POST"]),
                Route("/calls/{contact}/turn", self._turn, methods=["POST"]),
                Route("/calls/{contact}", self._record),
                Route("/cases", self._cases, methods=["POST"]),
            ]
        )

    async def _calls(self, request: Request) -> Response:
        self.asked.append(await request.json())
        if isinstance(self.ring, tuple):
            return JSONResponse(self.ring[1], self.ring[0])
        return _lines(self.ring)

    async def _turn(self, request: Request) -> Response:
        self.asked.append(await request.json())
        return _lines(TURN)

    async def _record(self, _request: Request) -> Response:
        return JSONResponse(RECORD)

    async def _cases(self, request: Request) -> Response:
        self.asked.append(await request.json())
        return _lines(self.case)


def _lines(lines: list[Any]) -> Response:
    return Response("".join(json.dumps(line) + "\n" for line in lines))


@pytest.fixture
def door() -> Door:
    return Door()


Run = Callable[..., Any]


@pytest.fixture
def run(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """The command, on a platform whose processes are this very test."""
    folder = tmp_path / "run"
    folder.mkdir()
    created = psutil.Process().create_time()
    for name in ("engine", "serve"):
        note = {"pid": os.getpid(), "created": created, "ports": {}}
        (folder / f"{name}.json").write_text(json.dumps(note))
    monkeypatch.setenv("SWITCHBOARD_HOME", str(tmp_path))
    with served(lambda _port: door.app()) as port:
        monkeypatch.setenv("SWITCHBOARD_PORT_CONNECT", str(port))

        def call(*arguments: str, typed: str = "") -> Any:
            return CliRunner().invoke(app, ["call", *arguments], input=typed)

        yield call


def test_a_typed_call_shows_who_says_what_and_what_is_left(run, door):
    shown = run("--from", "caller-two", typed="help\n")

    lines = [line.strip() for line in shown.output.splitlines()]
    assert shown.exit_code == 0, shown.output
    assert lines[0].startswith("Type what you say.")
    assert "desk:  Hello." in lines
    assert "you:   help" in lines
    assert lines.count("desk:  One moment.") == 1
    assert ". create_ticket answered in 12 ms: INC0000013" in lines
    assert ". end failed: no table" in lines
    assert "! nobody hears this" in lines
    assert "ticket:  INC0000013" in lines
    assert lines[-1] == f"next:    hatch run explain {CONTACT}"
    assert door.asked == [{"from": "caller-two"}, {"say": "help"}]


def test_the_end_of_the_input_hangs_up(run, door):
    run(typed="")

    assert door.asked[-1] == {"hang_up": True}


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("\n", {"silence": True}),
        ("(silence)\n", {"silence": True}),
        ("#12#\n", {"keys": "12#"}),
        ("# one\n", {"say": "# one"}),
        ("hangup\n", {"hang_up": True}),
    ],
)
def test_what_is_typed_is_what_the_caller_does(run, door, typed, asked):
    run(typed=typed)

    assert door.asked[1] == asked


def test_the_report_is_only_json(run):
    shown = run("--json", typed="help\n")

    assert json.loads(shown.stdout) == {
        "turns": 1,
        "ticket": "INC0000013",
        "tickets": ["INC0000013"],
        "correlation_id": CONTACT,
        "seconds": 1.5,
        "outcome": "resolved",
        "transcript": RECORD["transcript"],
    }


def test_a_script_of_lines_is_played_and_shown(run, door, tmp_path):
    path = tmp_path / "call.txt"
    path.write_text("help\nmore\n")

    shown = run("--script", str(path))

    assert "you:   help" in shown.output
    assert door.asked[1:] == [{"say": "help"}]  # the call was over after it


@pytest.mark.parametrize(
    ("failures", "status", "word"), [((), 0, "passed"), (("never heard",), 1, "FAILED")]
)
def test_a_test_case_decides_the_exit_status(run, door, tmp_path, failures, status, word):
    path = tmp_path / "person.json"
    path.write_text('{"Version": "2019-10-30", "Metadata": {"name": "x"}, "Observations": []}')
    door.case[-1] = verdict(*failures)

    shown = run("--script", str(path))
    report = run("--script", str(path), "--json")

    assert shown.exit_code == report.exit_code == status
    assert f"x: {word}" in shown.output
    assert "you:   a person" in shown.output
    assert json.loads(report.stdout)["failures"] == list(failures)
    assert door.asked[0]["name"] == "x"


def test_a_script_that_is_none_says_what_one_looks_like(run):
    shown = run("--script", "nowhere.json")

    assert shown.exit_code == 1
    assert "cannot read nowhere.json" in str(shown.exception)
    assert "one turn a line" in shown.exception.remedy


def test_a_refused_call_says_why_and_what_to_do(run, door):
    error = {"code": "NOT_DEPLOYED", "message": "no number", "remediation": "hatch run up"}
    door.ring = (503, {"error": error})

    shown = run(typed="help\n")

    assert str(shown.exception) == "NOT_DEPLOYED: no number"
    assert shown.exception.remedy == "hatch run up"
