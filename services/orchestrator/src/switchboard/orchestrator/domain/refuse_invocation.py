"""Refusing a run for which the month has no room (ORC-04, BUD-01)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from switchboard.events.project import ProjectConfiguredV1
from switchboard.events.values import ErrorInfo
from switchboard.orchestrator.domain.end_invocation import NOTHING_RAN, ROUNDS
from switchboard.orchestrator.domain.lifecycle import announce, ended, terminal
from switchboard.orchestrator.domain.model import (
    Charge,
    Invocation,
    Outcome,
    Status,
    StoreBusyError,
)
from switchboard.orchestrator.domain.money import (
    EXHAUSTED_PERCENT,
    exhausted,
    exhausted_notice,
    threshold_reached,
)
from switchboard.orchestrator.domain.ports import (
    Change,
    Invocations,
    LedgerRefusedError,
    Ledgers,
    Seals,
)
from switchboard.orchestrator.domain.receipt import PriceTable
from switchboard.orchestrator.domain.receipt_seal import sealed


@dataclass(frozen=True)
class RefuseInvocation:
    """End a queued record as failed, `BUDGET_EXCEEDED`, and tell the owners once per limit."""

    invocations: Invocations
    ledgers: Ledgers
    prices: PriceTable
    seals: Seals
    clock: Callable[[], datetime]

    def __call__(
        self,
        record: Invocation,
        project: ProjectConfiguredV1,
        month: str,
        reason: ErrorInfo | None = None,
    ) -> Invocation:
        """Write the refusal, its event and, if it is the first, the owners' notice together.

        Raises:
            StaleRecordError: somebody else ended or started it meanwhile.
        """
        for _ in range(ROUNDS):
            ledger = self.ledgers.get(project.project_id, month)
            error = reason or exhausted(project, ledger)
            outcome = Outcome(Status.FAILED, Charge.NOTHING, self.clock(), error=error)
            receipt = self.prices.nothing(NOTHING_RAN)
            final = sealed(ended(record, outcome, receipt), self.seals)
            event = announce(final, terminal(final), self.clock)
            limit = project.cost_limit_per_month
            if ledger.warned.get(EXHAUSTED_PERCENT) == limit:
                return self.invocations.commit(Change(final, (event,)))
            notice = threshold_reached(final, ledger, EXHAUSTED_PERCENT, limit)
            move = exhausted_notice(project, final, month)
            events = (event, announce(final, notice, self.clock))
            try:
                return self.invocations.commit(Change(final, events, move))
            except LedgerRefusedError:
                continue  # another refusal has told the owners
        raise StoreBusyError(f"the ledger of {project.project_id} is written to by others")
