"""How a call ended: the flow's own word, and the record closed with `CallEnded.v1`, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from switchboard.events.call import CallEndedV1
from switchboard.events.envelope import new_event
from switchboard.voice.domain.model import SERVICE, Call
from switchboard.voice.domain.ports import Calls, ChangedError

OUTCOMES = (
    "resolved",
    "escalated",
    "closed",
    "queue_full",
    "abandoned",
    "failed",
    "unreached",
)
TIME_TO_SAY_IT = timedelta(seconds=20)
"""After the greeting (about 8 s) and one question; less than this and nothing was said."""
TRIES = 3


class UnknownOutcomeError(ValueError):
    """The flow named an outcome that `CallEnded.v1` does not know."""


@dataclass(frozen=True)
class NoteOutcome:
    """Keep the flow's own word for how it ends; until the call is over the latest counts."""

    calls: Calls

    def __call__(self, contact_id: str, outcome: str) -> None:
        """Idempotent; raises UnknownOutcomeError."""
        if outcome not in OUTCOMES:
            raise UnknownOutcomeError(f"no outcome of that name; it is one of {OUTCOMES}")
        self.calls.note_outcome(contact_id, outcome)


def outcome_of(call: Call) -> str:
    """The flow knows best; a caller who hung up left the flow no time to say it."""
    if call.outcome:
        return call.outcome
    if call.escalation or call.person_at:
        return "escalated"
    if call.ticket_ids:
        return "resolved"
    return "abandoned" if call.agent_at else "unreached"


def talked(call: Call) -> bool:
    """Whether the caller was with the agent for long enough to say what it was about."""
    if call.agent_at is None or call.disconnected_at is None:
        return False
    return call.disconnected_at - call.agent_at >= TIME_TO_SAY_IT


@dataclass(frozen=True)
class CloseCall:
    """Close a record whose call is over.

    Exactly once per contact: the record is closed and the event committed in one transaction,
    on the condition that the record is open and is the one that was read.
    """

    calls: Calls
    now: Callable[[], datetime]

    def __call__(self, call: Call, causation_id: str) -> bool:
        """False when it was closed before; raises ChangedError when it keeps changing."""
        for _ in range(TRIES - 1):
            try:
                return self._close(call, causation_id)
            except ChangedError:
                call = self.calls.get(call.contact_id)
        return self._close(call, causation_id)

    def _close(self, call: Call, causation_id: str) -> bool:
        if call.is_over:
            return False
        ended_at = call.disconnected_at or self.now()
        started_at = min(call.initiated_at or call.agent_at or ended_at, ended_at)
        outcome = outcome_of(call)
        data = CallEndedV1(
            contact_id=call.contact_id,
            caller_id=call.caller_id,
            outcome=outcome,
            talked=talked(call),
            ticket_ids=sorted(call.ticket_ids),
            disconnect_reason=call.disconnect_reason,
            started_at=started_at,
            ended_at=ended_at,
            seconds=(ended_at - started_at).total_seconds(),
        )
        event = new_event(
            data,
            service=SERVICE,
            correlation_id=call.contact_id,
            causation_id=causation_id,
            clock=self.now,
        )
        return self.calls.end(call, outcome, event)
