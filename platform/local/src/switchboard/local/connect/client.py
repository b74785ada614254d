"""A caller in Python: rings the desk, says things, presses keys, hangs up.

    with Desk.of(settings) as desk, desk.ring("+15555550100") as caller:
        caller.say("The export button does nothing")
        caller.say("yes please")
        assert caller.tickets

Used by the command line, the demo, the benchmark and whole-story tests.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from switchboard.local.connect.lines import Line
from switchboard.local.settings import LocalSettings

ANSWER_SECONDS = 120
OnLine = Callable[[Line], None]


class CallRefusedError(RuntimeError):
    """The desk did not take a call or a turn; `code` and `remedy` say why and what to do."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        """What the door answered."""
        super().__init__(message)
        self.code = code
        self.remedy = remedy


class UnheardError(AssertionError):
    """The agent answered outside of `<message>`: a caller on a telephone hears nothing."""


@dataclass
class Turn:
    """What the desk did in one turn."""

    lines: list[Line] = field(default_factory=list)

    @property
    def said(self) -> list[str]:
        """Each utterance of the desk."""
        return [line["text"] for line in self.lines if line["type"] == "said"]

    @property
    def text(self) -> str:
        """All that was said."""
        return " ".join(self.said)

    @property
    def tools(self) -> list[str]:
        """Tools the agent called, in order."""
        return [
            line["tool"]
            for line in self.lines
            if line["type"] == "tool" and line["state"] == "answered"
        ]

    @property
    def last(self) -> Line:
        """How the turn ended: `waiting` or `ended`."""
        return self.lines[-1]

    @property
    def verdict(self) -> Line:
        """How a test case came out."""
        return next((line for line in self.lines if line["type"] == "verdict"), {"passed": False})

    @property
    def waiting_for(self) -> str | None:
        """`speech`, `keys` or `person`; None when the call is over."""
        found = self.last.get("for")
        return None if found is None else str(found)

    @property
    def platform_ms(self) -> float:
        """How long the turn took without the model."""
        return float(self.last["ms"] - self.last["model_ms"])


class Desk:
    """Where calls are placed; threads may share one."""

    def __init__(self, url: str) -> None:
        """Ring at `url`."""
        self._url = url
        limits = httpx.Limits(max_connections=None)
        self._http = httpx.Client(timeout=ANSWER_SECONDS, limits=limits)

    @classmethod
    def of(cls, settings: LocalSettings) -> "Desk":
        """The desk of a running platform."""
        return cls(settings.connect_url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; calls go on until somebody hangs up."""
        self._http.close()

    def ring(
        self,
        caller: str,
        to: str | None = None,
        on_line: OnLine | None = None,
        *,
        strict: bool = True,
    ) -> "Caller":
        """Place a call; the greeting is its first turn.

        Args:
            caller: the number that rings, a short name, or `anonymous`.
            to: the number that is rung; the desk's by default.
            on_line: sees each line as it comes.
            strict: raise UnheardError when the agent says something nobody hears.

        Raises:
            CallRefusedError: the desk is not deployed, or takes no more calls.
        """
        made = Caller(self, on_line or (lambda _line: None), strict=strict)
        made.take(self.stream("/calls", {"from": caller, **({"to": to} if to else {})}))
        return made

    def rehearse(
        self,
        name: str,
        case: str | None = None,
        caller: str = "anonymous",
        on_line: OnLine | None = None,
    ) -> Turn:
        """Let a Connect test case play a whole call; `verdict` of the turn says how it came out.

        Args:
            name: of the case; without `case` the deployed one of this name is played.
            case: its text.
            caller: the number that rings.
            on_line: sees each line as it comes.

        Raises:
            CallRefusedError: there is no such case, or the desk is not deployed.
        """
        turn = Turn()
        body = {"name": name, "from": caller, **({"case": case} if case is not None else {})}
        for line in self.stream("/cases", body):
            turn.lines.append(line)
            if on_line is not None:
                on_line(line)
        return turn

    def number(self) -> str:
        """The number that a call rings.

        Raises:
            CallRefusedError: the desk is not deployed, or no number rings its flow.
        """
        return str(self._get("/desk")["number"])

    def calls(self) -> dict[str, Any]:
        """Who is on the line, and who was."""
        return self._get("/calls")

    def call(self, contact_id: str) -> dict[str, Any]:
        """Everything about one call.

        Raises:
            CallRefusedError: there was none.
        """
        return self._get(f"/calls/{contact_id}")

    def stream(self, path: str, body: Any) -> Iterator[Line]:
        """The lines that a POST answers, as they come.

        Raises:
            CallRefusedError: it was refused.
        """
        try:
            with self._http.stream("POST", f"{self._url}{path}", json=body) as answer:
                if answer.is_error:
                    answer.read()
                    raise _refusal(answer)
                for text in answer.iter_lines():
                    yield json.loads(text)
        except httpx.TransportError as error:
            raise _unreachable(self._url, error) from error

    def _get(self, path: str) -> dict[str, Any]:
        try:
            answer = self._http.get(f"{self._url}{path}")
        except httpx.TransportError as error:
            raise _unreachable(self._url, error) from error
        if answer.is_error:
            raise _refusal(answer)
        value: dict[str, Any] = answer.json()
        return value


class Caller:
    """One call; leaving the `with` block hangs up."""

    def __init__(self, desk: Desk, on_line: OnLine, *, strict: bool) -> None:
        """`Desk.ring` makes one."""
        self._desk = desk
        self._on_line = on_line
        self._strict = strict
        self.contact_id = ""
        self.turns: list[Turn] = []
        self.tickets: list[str] = []
        """Opened in this call, in order."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self.is_over:
            self.hang_up()

    @property
    def is_over(self) -> bool:
        """Whether the line is closed."""
        return bool(self.turns) and self.turns[-1].waiting_for is None

    @property
    def waiting_for(self) -> str | None:
        """What the desk listens for."""
        return self.turns[-1].waiting_for

    @property
    def heard(self) -> list[str]:
        """Everything the desk has said so far."""
        return [text for turn in self.turns for text in turn.said]

    def say(self, words: str) -> Turn:
        """Say something."""
        return self._turn({"say": words})

    def keys(self, keys: str) -> Turn:
        """Press keys; `#` ends a number."""
        return self._turn({"keys": keys})

    def silence(self) -> Turn:
        """Say nothing until the desk goes on."""
        return self._turn({"silence": True})

    def hang_up(self) -> Turn:
        """End the call."""
        return self._turn({"hang_up": True})

    def record(self) -> dict[str, Any]:
        """Transcript, attributes, state, tools."""
        return self._desk.call(self.contact_id)

    def report(self) -> dict[str, Any]:
        """What programs want to know of the call: its entry in `demo.json`."""
        return report_of(self.record())

    def take(self, told: Iterator[Line]) -> Turn:
        """Read a turn to its end."""
        turn = Turn()
        self.turns.append(turn)
        for line in told:
            turn.lines.append(line)
            self._note(line)
            self._on_line(line)
        unheard = [line["message"] for line in turn.lines if line["type"] == "unheard"]
        if unheard and self._strict:
            raise UnheardError(f"call {self.contact_id}: {unheard[0]}")
        return turn

    def _turn(self, body: dict[str, Any]) -> Turn:
        return self.take(self._desk.stream(f"/calls/{self.contact_id}/turn", body))

    def _note(self, line: Line) -> None:
        if line["type"] == "contact":
            self.contact_id = line["contact_id"]
        elif line["type"] == "failed":
            raise CallRefusedError(line["code"], line["message"], line["remediation"])
        elif line.get("ticket") and line["ticket"] not in self.tickets:
            self.tickets.append(line["ticket"])


def report_of(record: dict[str, Any]) -> dict[str, Any]:
    """A call's entry in a report, from its record."""
    tickets = record["tickets"]
    return {
        "turns": record["turns"],
        "ticket": tickets[-1] if tickets else None,
        "tickets": tickets,
        "correlation_id": record["correlation_id"],
        "seconds": record["seconds"],
        "outcome": record["attributes"].get("outcome") or record["outcome"],
        "transcript": record["transcript"],
    }


def _refusal(answer: httpx.Response) -> CallRefusedError:
    try:
        error = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        return CallRefusedError(
            "NOT_CONNECT", f"{answer.url} answered {answer.status_code}", "is it the right port?"
        )
    return CallRefusedError(error["code"], error["message"], error.get("remediation", ""))


def _unreachable(url: str, error: Exception) -> CallRefusedError:
    return CallRefusedError("NOT_RUNNING", f"{url} does not answer: {error}", "hatch run up")
