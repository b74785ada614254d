"""What voice knows: whose ticket stands where, and how a call went."""

from dataclasses import dataclass
from datetime import datetime

SERVICE = "voice"
ANONYMOUS = "anonymous"
"""The caller whose number is withheld: nobody in particular, so no ticket is theirs."""
OPEN_STATES = ("new", "in_progress", "on_hold")
MOST_CALLER_CHARACTERS = 64


@dataclass(frozen=True)
class TicketState:
    """Where a ticket stands since `at`; `spoken` is what its caller may hear."""

    state: str
    spoken: str
    at: datetime


@dataclass(frozen=True)
class TicketNote:
    """That somebody commented; what they wrote is not kept, so it can never be read out."""

    author: str
    at: datetime


@dataclass(frozen=True)
class Ticket:
    """One ticket of one caller, as far as its events have come; each part may still be missing."""

    ticket_id: str
    caller_id: str
    short_description: str | None = None
    created_at: datetime | None = None
    state: TicketState | None = None
    note: TicketNote | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody may still be at work on it."""
        return self.state is None or self.state.state in OPEN_STATES

    @property
    def has_news(self) -> bool:
        """Whether somebody other than the caller commented after the last change."""
        if self.note is None or self.note.author == "caller":
            return False
        return self.state is None or self.note.at > self.state.at

    @property
    def moved_at(self) -> datetime | None:
        """When something last happened to it."""
        moments = [
            self.created_at,
            self.state.at if self.state else None,
            self.note.at if self.note else None,
        ]
        return max((moment for moment in moments if moment), default=None)


@dataclass(frozen=True)
class Call:
    """The record of a call; whatever arrives, in whatever order, fills in what it knows."""

    contact_id: str
    caller_id: str = ANONYMOUS
    initiated_at: datetime | None = None
    agent_at: datetime | None = None
    """When the flow came to the AI agent."""
    queued_at: datetime | None = None
    person_at: datetime | None = None
    """When a person took the call."""
    disconnected_at: datetime | None = None
    disconnect_reason: str | None = None
    escalation: str | None = None
    """The reason of the one `CallEscalated.v1`."""
    outcome: str | None = None
    """How the call ended: the flow's own word until it is over, then what was published."""
    ticket_ids: frozenset[str] = frozenset()
    is_over: bool = False
    """`CallEnded.v1` is published."""
    revision: int = 0
