"""The talk of one call: the desk's words become sound, the caller's sound becomes a turn."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from switchboard.local.connect import lines
from switchboard.local.connect.client import Caller, CallRefusedError, OnLine
from switchboard.local.connect.lines import Line as Told
from switchboard.local.phone.end_pointing import Heard, Pressed, Silent, Spoken
from switchboard.local.phone.speech import Speech, SpeechError

APOLOGY = "I am sorry. This line has a technical problem. Please call again. Goodbye."


class Rung(Protocol):
    """The desk, as `switchboard.local.connect.client.Desk` is one."""

    def ring(
        self,
        caller: str,
        to: str | None = None,
        on_line: OnLine | None = None,
        *,
        strict: bool = True,
    ) -> Caller:
        """Place a call."""
        ...


class Sound(Protocol):
    """A line, as `switchboard.local.phone.line.Line` is one."""

    def speak(self, pcm: bytes) -> None: ...

    def listen(self) -> Heard | None: ...

    def finish(self) -> None: ...

    def wait_closed(self) -> None: ...

    @property
    def is_open(self) -> bool: ...


@dataclass
class Talk:
    """One caller and the desk, to the end of the call."""

    desk: Rung
    speech: Speech
    sound: Sound
    show: OnLine
    """Sees each line as it comes, and what was understood of the caller."""
    asked_for_number: bool = False

    def run(self, who: str, pick_up: Callable[[], None]) -> dict[str, Any] | None:
        """Ring the desk and talk; the report of the call, None when there is none.

        Args:
            who: the number that rings.
            pick_up: called when the desk has taken the call, before it says anything.

        Raises:
            CallRefusedError: the desk does not take it.
        """

        def told(line: Told) -> None:
            if line["type"] == "contact":
                pick_up()
            self._told(line)

        caller = self.desk.ring(who, on_line=told, strict=False)
        try:
            self._turns(caller)
            self.sound.finish()
            if not caller.is_over:
                caller.hang_up()
            return caller.report()
        except (CallRefusedError, SpeechError) as error:
            self.show({"type": "unheard", "message": str(error)})
            self._apologise()
            return None

    def _turns(self, caller: Caller) -> None:
        while not caller.is_over and self.sound.is_open:
            if caller.waiting_for == "person":
                self.sound.wait_closed()
                return
            heard = self.sound.listen()
            if heard is None:
                return
            self._turn(caller, heard)

    def _turn(self, caller: Caller, heard: Heard) -> None:
        match heard:
            case Pressed(keys):
                self.show(lines.caller(f"#{keys}"))
                caller.keys(keys)
            case Spoken(pcm):
                words = self.speech.ears.hear(pcm, number=self.asked_for_number)
                self.show(lines.caller(words or "(not understood)"))
                caller.say(words)  # nothing understood is silence to the desk
            case Silent():
                self.show(lines.caller("(silence)"))
                caller.silence()

    def _told(self, line: Told) -> None:
        self.show(line)
        if line["type"] == "said":
            self.asked_for_number = "number" in line["text"].lower()
            self.sound.speak(self.speech.voice.say(line["text"]))

    def _apologise(self) -> None:
        try:
            self.sound.speak(self.speech.voice.say(APOLOGY))
        except SpeechError:
            return
        self.sound.finish()
