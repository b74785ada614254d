"""Cancelling: at once while nothing runs, else politely first and then by force (ING-16)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from switchboard.orchestrator.domain.end_invocation import (
    ROUNDS,
    EndInvocation,
    unknown_invocation,
)
from switchboard.orchestrator.domain.identity import cancel_timer
from switchboard.orchestrator.domain.model import (
    Charge,
    Invocation,
    Outcome,
    StaleRecordError,
    StartUnavailableError,
    Status,
    StoreBusyError,
)
from switchboard.orchestrator.domain.ports import (
    AgentRuntimes,
    Change,
    DeadlineNotSetError,
    Deadlines,
    Invocations,
)


@dataclass(frozen=True)
class AskAgentToCancel:
    """Ask a run to stop and report what it used; the timer stops it if it does not."""

    runtimes: AgentRuntimes
    deadlines: Deadlines

    def __call__(self, record: Invocation) -> None:
        """Repeatable. An agent that cannot be reached is left to the timer, then to the sweep."""
        if record.due_at is not None:
            with suppress(DeadlineNotSetError):
                name = cancel_timer(record.invocation_id)
                self.deadlines.set(name, record.due_at, record.flow)
        if record.status == Status.RUNNING:
            with suppress(StartUnavailableError):
                self.runtimes.cancel(record.agent_type, record.session_id, record.invocation_id)


@dataclass(frozen=True)
class CancelInvocation:
    """A person ends an invocation."""

    invocations: Invocations
    end: EndInvocation
    ask: AskAgentToCancel
    clock: Callable[[], datetime]
    grace: timedelta

    def __call__(self, invocation_id: str) -> tuple[Invocation, bool]:
        """Return the record and whether it had already ended before this call.

        Raises:
            NotFoundError: there is no such invocation.
        """
        for _ in range(ROUNDS):
            record = self.invocations.get(invocation_id)
            if record is None:
                raise unknown_invocation(invocation_id)
            if record.ended:
                return record, True
            try:
                return self._cancel(record), False
            except StaleRecordError:
                continue
        raise StoreBusyError(f"invocation {invocation_id} is written to by others")

    def _cancel(self, record: Invocation) -> Invocation:
        now = self.clock()
        if record.status == Status.QUEUED and record.attempts == 0:
            return self.end(record, Outcome(Status.CANCELLED, Charge.NOTHING, now))
        if record.cancel_requested_at is None:
            # A queued record with an attempt may have an agent starting right now: the timer, or
            # the delivery that starts it, finishes the cancel when that is certain.
            limit = now + self.grace
            due = (
                min(limit, record.due_at)
                if record.status == Status.RUNNING and record.due_at
                else limit
            )
            record = self.invocations.commit(
                Change(record.model_copy(update={"cancel_requested_at": now, "due_at": due}))
            )
        self.ask(record)
        return record
