"""The hand-off to a person: committed before anything is promised to the caller."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from switchboard.events.call import CallEscalatedV1
from switchboard.events.envelope import new_event
from switchboard.voice.domain.model import SERVICE
from switchboard.voice.domain.plain_text import plain
from switchboard.voice.domain.ports import Calls
from switchboard.voice.domain.ticket_number import WrongNumberError, ticket_number

DEFAULT_REASON = "not_resolved"
NO_SUMMARY = "The caller was passed on before anything was noted."


@dataclass(frozen=True)
class HandOff:
    """What the flow or the agent says about it; anything may be missing, long or odd."""

    reason: str = ""
    summary: str = ""
    intent: str = ""
    sentiment: str = ""
    ticket_number: str = ""


@dataclass(frozen=True)
class RecordEscalation:
    """Commit `CallEscalated.v1`, once per contact: the first hand-off of a call is the one."""

    calls: Calls
    now: Callable[[], datetime]

    def __call__(self, contact_id: str, caller_id: str, hand_off: HandOff) -> bool:
        """True when it is recorded now, False when it was before; both may be promised."""
        reason = plain(hand_off.reason, 60) or DEFAULT_REASON
        data = CallEscalatedV1(
            contact_id=contact_id,
            caller_id=caller_id,
            reason=reason,
            summary=plain(hand_off.summary, 2_000) or NO_SUMMARY,
            intent=plain(hand_off.intent, 200) or None,
            sentiment=plain(hand_off.sentiment, 40) or None,
            ticket_id=_ticket(hand_off.ticket_number),
            escalated_at=self.now(),
        )
        event = new_event(data, service=SERVICE, correlation_id=contact_id, clock=self.now)
        return self.calls.escalate(contact_id, caller_id, reason, event)


def _ticket(said: str) -> str | None:
    """A number that does not check is no number: better none than somebody else's."""
    try:
        return ticket_number(said)
    except WrongNumberError:
        return None
