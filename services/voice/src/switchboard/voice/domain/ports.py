"""What voice needs from outside, and how it may fail.

VoiceError
├── UnavailableError    a store or Connect does not answer in time: try again, or go on without
├── NoSessionError      this contact has no session of an AI agent
└── ChangedError        the call's record changed while it was read: read again
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from switchboard.events.call import CallEndedV1, CallEscalatedV1
from switchboard.events.envelope import Event
from switchboard.voice.domain.model import Call, Ticket, TicketNote, TicketState


class VoiceError(Exception):
    """Something outside the process went wrong."""


class UnavailableError(VoiceError):
    """It does not answer, or refuses us for now."""


class NoSessionError(VoiceError):
    """The contact has no session, or it is gone."""


class ChangedError(VoiceError):
    """Somebody else wrote the record in the meantime."""


@dataclass(frozen=True)
class Moment:
    """When a fact became true; of two facts of the same time the one with the later id wins."""

    at: datetime
    event_id: str


class Tickets(Protocol):
    """The read model of tickets, by caller; every method may raise UnavailableError."""

    def of(self, caller_id: str) -> Sequence[Ticket]:
        """The caller's newest tickets, highest number first."""
        ...

    def find(self, caller_id: str, ticket_id: str) -> Ticket | None:
        """None when there is no such ticket, and when it is somebody else's."""
        ...

    def opened(self, ticket: Ticket) -> None:
        """Keep what never changes: what it is about, and since when it is there."""
        ...

    def moved(self, caller_id: str, ticket_id: str, state: TicketState, moment: Moment) -> bool:
        """Keep the state unless a newer one is known; says whether it was kept."""
        ...

    def noted(self, caller_id: str, ticket_id: str, note: TicketNote, moment: Moment) -> bool:
        """Keep that there is a comment unless a newer one is known."""
        ...


@dataclass(frozen=True)
class CallFacts:
    """What one source knows of a call; None is "not from me", never "not so"."""

    caller_id: str | None = None
    initiated_at: datetime | None = None
    agent_at: datetime | None = None
    queued_at: datetime | None = None
    person_at: datetime | None = None
    disconnected_at: datetime | None = None
    disconnect_reason: str | None = None


class Calls(Protocol):
    """The records of calls; every method may raise UnavailableError."""

    def get(self, contact_id: str) -> Call:
        """The record as it is now; an empty one when nothing is known."""
        ...

    def learn(self, contact_id: str, facts: CallFacts, key: str | None = None) -> Call:
        """Fill in the facts that are not known yet; `key` names the input, kept once."""
        ...

    def note_outcome(self, contact_id: str, outcome: str) -> None:
        """Keep the flow's latest word for how it ends, unless the record is closed."""
        ...

    def opened_in(self, contact_id: str, ticket_id: str) -> None:
        """A ticket was opened in this call."""
        ...

    def escalate(
        self, contact_id: str, caller_id: str, reason: str, event: Event[CallEscalatedV1]
    ) -> bool:
        """Record and publish, both or neither; False when this call was escalated before."""
        ...

    def end(self, call: Call, outcome: str, event: Event[CallEndedV1]) -> bool:
        """Close the record and publish, both or neither; False when it was closed before.

        Raises:
            ChangedError: the record is no longer `call`.
        """
        ...


class Sessions(Protocol):
    """The session of Connect's AI agent, whose data its prompt reads."""

    def of_contact(self, contact_id: str) -> str:
        """The session's ARN.

        Raises:
            NoSessionError: the contact has none.
            UnavailableError: Connect does not answer.
        """
        ...

    def push(self, session_arn: str, data: Mapping[str, str]) -> None:
        """Put values where the prompt finds them as `$.Custom.<key>`.

        Raises:
            NoSessionError: there is no such session.
            UnavailableError: Connect does not answer.
        """
        ...
