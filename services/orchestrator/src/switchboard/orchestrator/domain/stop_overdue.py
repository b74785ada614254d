"""Ending what did not end by itself: runs past their limit, cancels past their grace time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from switchboard.orchestrator.domain.end_invocation import (
    EndInvocation,
    failed,
    unknown_invocation,
)
from switchboard.orchestrator.domain.model import Charge, Flow, Invocation, Outcome, Status
from switchboard.orchestrator.domain.ports import AgentRuntimes, Invocations
from switchboard.orchestrator.domain.start_invocation import StartInvocation

AGENT_TIMEOUT = "AGENT_TIMEOUT"
_SKEW = timedelta(seconds=5)
QUEUED_GRACE = timedelta(minutes=5)
"""A queued record is left to the queue's own retries for this long."""
RUNNING_GRACE = timedelta(minutes=2)
"""A running one is left to its timer for this long."""
SWEEP_LIMIT = 50


@dataclass(frozen=True)
class StopOverdue:
    """Stop the session of a run whose time is up, and end the invocation (ORC-19)."""

    invocations: Invocations
    runtimes: AgentRuntimes
    start: StartInvocation
    end: EndInvocation
    clock: Callable[[], datetime]

    def __call__(self, invocation_id: str) -> None:
        """Idempotent; a timer that rings too early, or for an ended run, does nothing.

        Raises:
            NotFoundError: there is no such invocation.
            RetryLaterError: the session could not be stopped now.
        """
        record = self.invocations.get(invocation_id)
        if record is None:
            raise unknown_invocation(invocation_id)
        if record.status == Status.QUEUED:
            self.start.drive(record)
        elif not record.ended and self._due(record):
            # Stop first: once the record has ended nobody would look after the session any more.
            self.runtimes.stop(record.agent_type, record.session_id)
            self.end(record, self._outcome(record))

    def _due(self, record: Invocation) -> bool:
        return record.due_at is not None and self.clock() >= record.due_at - _SKEW

    def _outcome(self, record: Invocation) -> Outcome:
        if record.cancel_requested_at is not None:
            return Outcome(Status.CANCELLED, Charge.WHOLE_RESERVATION, self.clock())
        started = record.started_at or record.created_at
        minutes = int((self.clock() - started).total_seconds() // 60)
        return failed(
            AGENT_TIMEOUT,
            f"The {record.agent_type} agent did not finish within its limit ({minutes} min)",
            "Split the story into smaller ones, or raise the run limit; then set the status again",
            Charge.WHOLE_RESERVATION,
            self.clock(),
        )


@dataclass(frozen=True)
class SweepOverdue:
    """Find records that no message and no timer has moved on: the net below everything else."""

    invocations: Invocations
    clock: Callable[[], datetime]

    def __call__(self) -> list[Flow]:
        """Whose invocations `StopOverdue` should look at, the oldest first."""
        now = self.clock()
        found = self.invocations.overdue(Status.RUNNING, now - RUNNING_GRACE, SWEEP_LIMIT)
        found += self.invocations.overdue(Status.QUEUED, now - QUEUED_GRACE, SWEEP_LIMIT)
        records = [self.invocations.get(invocation_id) for invocation_id in found]
        return [record.flow for record in records if record is not None]
