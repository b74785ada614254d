"""The start of a call: who rings, what is open, and the first words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from switchboard.voice.domain.model import ANONYMOUS, Ticket
from switchboard.voice.domain.ports import (
    CallFacts,
    Calls,
    Sessions,
    Tickets,
    VoiceError,
)
from switchboard.voice.domain.wording import greeting, ticket_lines

T = TypeVar("T")


@dataclass(frozen=True)
class Opened:
    """The first words, and what went wrong on the way; a call goes on without its data."""

    greeting: str
    pushed: bool
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpenSession:
    """Give the agent's session the caller, the open tickets and the greeting.

    Idempotent: the record keeps the first time, the session's values are set again.
    """

    tickets: Tickets
    calls: Calls
    sessions: Sessions
    now: Callable[[], datetime]

    def __call__(self, contact_id: str, caller_id: str, session_arn: str | None) -> Opened:
        """Always answer a greeting: a caller is waiting."""
        troubles: list[str] = []
        facts = CallFacts(caller_id=caller_id, agent_at=self.now())
        _tried("record", lambda: self.calls.learn(contact_id, facts), troubles)
        open_tickets = _tried("tickets", lambda: self._open(caller_id), troubles) or ()
        words = greeting(open_tickets)
        data = {
            "callerId": caller_id,
            "openTickets": ticket_lines(open_tickets),
            "greeting": words,
        }
        pushed = _tried("session", lambda: self._push(contact_id, session_arn, data), troubles)
        return Opened(words, pushed=pushed is not None, troubles=tuple(troubles))

    def _open(self, caller_id: str) -> tuple[Ticket, ...]:
        if caller_id == ANONYMOUS:
            return ()
        found = [ticket for ticket in self.tickets.of(caller_id) if ticket.is_open]
        # What moved last is what the caller rings about.
        found.sort(key=lambda t: t.moved_at.timestamp() if t.moved_at else 0.0, reverse=True)
        return tuple(found)

    def _push(self, contact_id: str, session_arn: str | None, data: dict[str, str]) -> bool:
        self.sessions.push(session_arn or self.sessions.of_contact(contact_id), data)
        return True


def _tried(what: str, act: Callable[[], T], troubles: list[str]) -> T | None:
    try:
        return act()
    except VoiceError as error:
        troubles.append(f"{what}: {type(error).__name__}: {error}")
        return None
