"""`call --phone`: a softphone rings the desk; the terminal shows who says what."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

import typer

from switchboard.local.cli.console import CommandError, as_json, say
from switchboard.local.cli.telephone import noted

if TYPE_CHECKING:
    from switchboard.local.phone.door import Address, PhoneDoor
    from switchboard.local.phone.speech import Speech
    from switchboard.local.settings import LocalSettings

COLOURS = {"desk": "green", "you": "cyan"}


def address_of(settings: "LocalSettings", bind: str, *, namespace: bool) -> "Address":
    """Where the desk is to be rung.

    Raises:
        CommandError: not there.
    """
    from switchboard.local.phone.door import Address, AddressError

    try:
        return Address(bind, settings.port_phone, settings.port_rtp, namespace)
    except AddressError as error:
        raise CommandError(str(error), error.remedy) from error


@contextmanager
def speech() -> Iterator["Speech"]:
    """A voice and ears, for as long as the block runs.

    Raises:
        CommandError: they are not installed.
    """
    from switchboard.local.phone.flite import FliteVoice
    from switchboard.local.phone.speech import Speech, SpeechError
    from switchboard.local.phone.sphinx import SphinxEars

    try:
        voice, ears = FliteVoice(), SphinxEars()
    except SpeechError as error:
        raise CommandError(str(error), error.remedy) from error
    try:
        yield Speech(voice, ears)
    finally:
        ears.close()


def take_calls(
    settings: "LocalSettings", address: "Address", heard: "Speech", caller: str, screen: "Screen"
) -> None:
    """Listen until Ctrl-C.

    Raises:
        CommandError: the port is taken.
    """
    from switchboard.local.connect.client import Desk
    from switchboard.local.phone.door import AddressError, PhoneDoor

    try:
        with (
            Desk.of(settings) as desk,
            PhoneDoor(desk, heard, address, screen.show, caller) as door,
        ):
            screen.how_to_ring(door)
            door.wait()
    except KeyboardInterrupt:
        screen.note("(everybody is hung up)")
    except AddressError as error:
        raise CommandError(str(error), error.remedy) from error


class Screen:
    """Shows the lines of several calls, each with the number of its call."""

    def __init__(self, *, json: bool = False) -> None:
        """With `json`, only a report for each call."""
        self._json = json
        self._lock = Lock()

    def how_to_ring(self, door: "PhoneDoor") -> None:
        """What a person needs to ring."""
        uri = door.uri
        self.note(f"the desk is rung at {uri}")
        self.note(f"  baresip:  baresip -e '/dial {uri}'   (it wants an address other than 127.x)")
        self.note(f"  linphone: linphonecsh init; linphonecsh dial {uri}")
        self.note("  any other softphone on this machine: no account, codec PCMU, keys as RFC 4733")
        self.note("Speak after the greeting, or press keys; you may cut in. Ctrl-C ends.")

    def show(self, call: int, line: dict[str, Any]) -> None:
        """Take a line of a call."""
        with self._lock:
            if self._json:
                if line["type"] == "report":
                    as_json({"call": call, **line})
                return
            for who, text in _told(line):
                colour = COLOURS.get(who)
                named = typer.style(f"{who + ':':<7}", fg=colour) if colour else " " * 7
                say(f"[{call}] {named}{text if colour else typer.style(text, dim=True)}")

    def note(self, text: str) -> None:
        """Something beside the calls."""
        if not self._json:
            say(text)


def _told(line: dict[str, Any]) -> list[tuple[str, str]]:
    match line["type"]:
        case "said":
            return [("desk", line["text"])]
        case "caller":
            return [("you", line["text"])]
        case "report":
            tickets = [f"ticket: {ticket}" for ticket in line["tickets"]]
            ending = f"over: {line['outcome']}, {line['turns']} turns, {line['seconds']:.1f} s"
            following = f"next: hatch run explain {line['correlation_id']}"
            return [("", text) for text in (ending, *tickets, following)]
        case _:
            return [("", text)] if (text := noted(line)) else []
