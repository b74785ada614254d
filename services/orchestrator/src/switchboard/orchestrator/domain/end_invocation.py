"""Ending an invocation: one status, one receipt, one settlement, one event, all in one write."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from switchboard.events.envelope import Event
from switchboard.events.invocation import AgentRunCompletedV1, AgentRunFailedV1
from switchboard.events.values import ErrorInfo, Receipt
from switchboard.orchestrator.domain.lifecycle import announce, ended, running, started, terminal
from switchboard.orchestrator.domain.model import (
    ZERO,
    Charge,
    Invocation,
    Ledger,
    NotFoundError,
    Outcome,
    StaleRecordError,
    Status,
    StoreBusyError,
)
from switchboard.orchestrator.domain.money import (
    WARNING_PERCENT,
    announced_settlement,
    monthly_limit,
    quiet_settlement,
    threshold_reached,
)
from switchboard.orchestrator.domain.ports import (
    Change,
    Invocations,
    LedgerMove,
    LedgerRefusedError,
    Ledgers,
    Seals,
)
from switchboard.orchestrator.domain.receipt import PriceTable
from switchboard.orchestrator.domain.receipt_seal import sealed

ROUNDS = 6
"""How often a decision is made anew because somebody else wrote first."""
UNREPORTED = (
    "the agent did not report what it used; its whole reservation is charged as the upper bound"
)
NOTHING_RAN = "no agent ran"


def unknown_invocation(invocation_id: str) -> NotFoundError:
    """The error for an id without a record."""
    return NotFoundError(
        "UNKNOWN_INVOCATION",
        f"There is no invocation {invocation_id}",
        "Check the id; GET /project/{id}/invocations lists those of a project",
    )


@dataclass(frozen=True)
class EndInvocation:
    """Move a record to its one terminal status; whoever comes second changes nothing."""

    invocations: Invocations
    ledgers: Ledgers
    prices: PriceTable
    seals: Seals
    clock: Callable[[], datetime]

    def __call__(
        self, record: Invocation, outcome: Outcome, cause: str | None = None
    ) -> Invocation:
        """Return the record as it ended, by this call or by an earlier one.

        Raises:
            RetryLaterError: others kept writing, or the key of the seals cannot be read; the
                caller's message comes again.
            StaleRecordError: nothing was to be charged, but a start has been made since.
        """
        seen = record
        for _ in range(ROUNDS):
            if record.ended:
                return record
            if outcome.charge is Charge.NOTHING:
                _demand_no_start_since(seen, record)
            try:
                if outcome.usage is not None:
                    record = self.mark_running(record, cause)
                return self._commit(record, outcome, cause)
            except (StaleRecordError, LedgerRefusedError):
                record = self.invocations.get(record.invocation_id) or record
        raise StoreBusyError(f"invocation {record.invocation_id} is written to by others")

    def mark_running(self, record: Invocation, cause: str | None = None) -> Invocation:
        """A queued record whose agent works becomes `running`; any other is returned as it is.

        An agent can report before its start has been noted: then its report is the note.
        """
        if record.status != Status.QUEUED:
            return record
        record = running(record, self.clock())
        event = announce(record, started(record), self.clock, cause)
        return self.invocations.commit(Change(record, (event,)))

    def _commit(self, record: Invocation, outcome: Outcome, cause: str | None) -> Invocation:
        receipt = self._receipt(record, outcome)
        final = sealed(ended(record, outcome, receipt), self.seals)
        event = announce(final, terminal(final), self.clock, cause)
        change = Change(final, (event,), kept_for_page=final.status == Status.COMPLETED)
        if record.reserved_usd is None:
            return self.invocations.commit(change)
        quiet = quiet_settlement(record, receipt.total_usd)
        try:
            return self.invocations.commit(replace(change, ledger=quiet))
        except LedgerRefusedError:
            notice, loud = self._warning(final, receipt, cause)
            return self.invocations.commit(replace(change, events=(event, notice), ledger=loud))

    def _warning(
        self, final: Invocation, receipt: Receipt, cause: str | None
    ) -> tuple[Event[Any], LedgerMove]:
        ledger = self.ledgers.get(final.project_id, final.month or "")
        move = announced_settlement(final, receipt.total_usd)
        after = ledger_after(ledger, move)
        data = threshold_reached(final, after, WARNING_PERCENT, monthly_limit(final))
        return announce(final, data, self.clock, cause), move

    def _receipt(self, record: Invocation, outcome: Outcome) -> Receipt:
        if outcome.usage is not None:
            return self.prices.receipt(outcome.token_usage, outcome.usage)
        if outcome.charge is Charge.WHOLE_RESERVATION and record.reserved_usd is not None:
            return self.prices.whole(record.reserved_usd, UNREPORTED)
        return self.prices.nothing(NOTHING_RAN)


def _demand_no_start_since(seen: Invocation, record: Invocation) -> None:
    """An end that says that nothing ran is decided anew when an agent may run by now."""
    if (record.status, record.attempts) != (seen.status, seen.attempts):
        raise StaleRecordError(f"{record.invocation_id} was started while it was to be ended")


def ledger_after(ledger: Ledger, move: LedgerMove) -> Ledger:
    """The month as the move leaves it, for the text of a notice."""
    return replace(
        ledger,
        spent=ledger.spent + move.spent,
        reserved=max(ZERO, ledger.reserved + move.reserved),
        committed=ledger.committed + move.committed,
    )


@dataclass(frozen=True)
class AcceptReport:
    """An agent says how its run ended (AgentRunCompleted.v1, AgentRunFailed.v1)."""

    invocations: Invocations
    end: EndInvocation

    def completed(self, event: Event[AgentRunCompletedV1]) -> None:
        """End it as completed. A second copy, or one after another end, changes nothing.

        Raises:
            NotFoundError: no such invocation was ever started.
        """
        data = event.data
        outcome = Outcome(
            Status.COMPLETED,
            Charge.METERED,
            data.finished_at,
            summary=data.summary,
            artifacts=tuple(data.artifacts),
            token_usage=data.token_usage,
            usage=data.usage,
        )
        self.end(self._record(data.invocation_id), outcome, event.metadata.id)

    def failed(self, event: Event[AgentRunFailedV1]) -> None:
        """End it as failed, or as cancelled when a person asked for that.

        Raises:
            NotFoundError: no such invocation was ever started.
        """
        data = event.data
        record = self._record(data.invocation_id)
        cancelled = data.cancelled or record.cancel_requested_at is not None
        outcome = Outcome(
            Status.CANCELLED if cancelled else Status.FAILED,
            Charge.METERED,
            data.finished_at,
            artifacts=tuple(data.artifacts),
            token_usage=data.token_usage,
            usage=data.usage,
            error=None if cancelled else short(data.error),
        )
        self.end(record, outcome, event.metadata.id)

    def _record(self, invocation_id: str) -> Invocation:
        record = self.invocations.get(invocation_id)
        if record is None:
            raise unknown_invocation(invocation_id)
        return record


def short(error: ErrorInfo) -> ErrorInfo:
    """An error a person can still read; a whole stack trace belongs in the log."""
    return ErrorInfo(
        code=error.code, message=error.message[:2_000], remediation=error.remediation[:2_000]
    )


def failed(code: str, message: str, remediation: str, charge: Charge, at: datetime) -> Outcome:
    """The outcome of a run that this service ends as failed."""
    info = short(ErrorInfo(code=code, message=message, remediation=remediation))
    return Outcome(Status.FAILED, charge, at, error=info)
