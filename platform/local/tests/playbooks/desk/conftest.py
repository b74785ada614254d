"""A caller on the line with the offline model, and a ticket system in memory behind its tools."""

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.model.engine import Replay, load_playbooks
from switchboard.local.model.reply import answer

HERE = Path(__file__).parent
GREETING = "Hello, this is the I T service desk. How can I help you?"
TARGET = "itsm___"
TOOLS = (
    "itsm___create_ticket",
    "itsm___get_ticket_status",
    "itsm___add_ticket_comment",
    "itsm___list_recent_tickets",
    "Complete",
    "Escalate",
)
ENDS = ("Complete", "Escalate")
NUMBERS = ("INC0000042", "INC0000055", "INC0000068")
"""What tickets opened in a test are called."""
Call = tuple[str, Mapping[str, Any]]


@dataclass
class Itsm:
    """Answers as services/itsm-mock does through the gateway: a body, or an error with a body."""

    tickets: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Errors of the next calls, in order."""

    def __call__(self, tool: str, arguments: Mapping[str, Any]) -> tuple[bool, str]:
        if self.failures:
            return False, self.failures.pop(0)
        return getattr(self, tool.removeprefix(TARGET))(arguments)

    def create_ticket(self, arguments: Mapping[str, Any]) -> tuple[bool, str]:
        made = sum("made" in ticket for ticket in self.tickets)
        ticket = {
            "ticket_id": NUMBERS[made],
            "short_description": arguments["short_description"],
            "spoken_status": "We have it, and nobody has started on it yet.",
            "made": True,
        }
        self.tickets.insert(0, ticket)
        return True, json.dumps(ticket)

    def get_ticket_status(self, arguments: Mapping[str, Any]) -> tuple[bool, str]:
        found = self._find(arguments)
        return (True, json.dumps(found)) if found else _unknown()

    def add_ticket_comment(self, arguments: Mapping[str, Any]) -> tuple[bool, str]:
        if not self._find(arguments):
            return _unknown()
        return True, json.dumps({"success": True, "spoken": "Your comment was added."})

    def list_recent_tickets(self, arguments: Mapping[str, Any]) -> tuple[bool, str]:
        return True, json.dumps(self.tickets[: arguments.get("limit", 5)])

    def _find(self, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        wanted = arguments["ticket_id"]
        return next((item for item in self.tickets if item["ticket_id"] == wanted), None)


def _unknown() -> tuple[bool, str]:
    error = {"code": "UNKNOWN_TICKET", "message": "There is no ticket with this number"}
    return False, json.dumps({"error": error})


@dataclass
class Turn:
    """What the caller said, what the model wrote about it, and the tools it called."""

    caller: str
    written: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    @property
    def heard(self) -> str:
        """Everything the model wrote in this turn."""
        return " ".join(self.written)

    @property
    def tools(self) -> list[str]:
        return [tool.removeprefix(TARGET) for tool, _ in self.calls]


@dataclass
class Line:
    """A telephone line to the desk."""

    itsm: Itsm
    system: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    def say(self, words: str) -> Turn:
        """Say something and listen until it is the caller's turn again."""
        turn = Turn(words)
        self.turns.append(turn)
        self.messages.append({"role": "user", "content": [{"text": words}]})
        while self._think(turn):
            pass
        return turn

    @property
    def is_over(self) -> bool:
        return bool(self.turns) and self.turns[-1].tools[-1:] in [[tool] for tool in ENDS]

    def _think(self, turn: Turn) -> bool:
        request = {
            "system": [{"text": self.system}],
            "messages": self.messages,
            "toolConfig": {"tools": [{"toolSpec": {"name": name}} for name in TOOLS]},
        }
        blocks = answer(Replay(load_playbooks()), request).blocks
        self.messages.append({"role": "assistant", "content": list(blocks)})
        turn.written += [block["text"] for block in blocks if "text" in block]
        uses = [block["toolUse"] for block in blocks if "toolUse" in block]
        turn.calls += [(use["name"], use["input"]) for use in uses]
        if not uses or any(use["name"] in ENDS for use in uses):
            return False
        self.messages.append({"role": "user", "content": [self._result(use) for use in uses]})
        return True

    def _result(self, use: Mapping[str, Any]) -> dict[str, Any]:
        ok, text = self.itsm(use["name"], use["input"])
        status = "success" if ok else "error"
        content = [{"text": text}]
        return {"toolResult": {"toolUseId": use["toolUseId"], "status": status, "content": content}}


Ring = Callable[..., Line]


@pytest.fixture(scope="session")
def ring() -> Ring:
    """Ring the desk: `ring("hello", tickets=[...], failures=[...], open_tickets="...")`."""

    def call(
        *says: str,
        tickets: Sequence[Mapping[str, Any]] = (),
        failures: Sequence[str] = (),
        open_tickets: str = "none",
        greeting: str = GREETING,
    ) -> Line:
        system = (
            "You are Switchboard's l1_support agent.\n"
            f"<greeting>{greeting}</greeting>\n<open_tickets>{open_tickets}</open_tickets>\n"
        )
        line = Line(Itsm([dict(ticket) for ticket in tickets], list(failures)), system)
        for words in says:
            if not line.is_over:
                line.say(words)
        return line

    return call


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text())


@pytest.fixture(scope="session")
def tickets() -> Mapping[str, Mapping[str, Any]]:
    """The tickets of calls.toml by name."""
    return _toml("calls.toml")["ticket"]


@pytest.fixture(scope="session")
def utterances() -> Mapping[str, Sequence[str]]:
    """The labelled utterances the lexicon is developed against."""
    return _toml("utterances.toml")


@pytest.fixture(scope="session")
def heldout() -> Mapping[str, Sequence[str]]:
    """The labelled utterances the lexicon has never seen."""
    return _toml("heldout.toml")
