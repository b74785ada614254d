"""Invocations measured as they end: count, duration, tokens, cost, month, thresholds (OBS-01..05).

Whoever ends a record (agent, deadline, person, refusal) writes it through `commit`, and only one
of them succeeds: a metric goes out after that write, so a redelivered report measures nothing.
"""

from datetime import datetime
from decimal import Decimal

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit

from switchboard.events.project import BudgetThresholdReachedV1
from switchboard.events.values import Artifact
from switchboard.orchestrator.domain.model import Invocation, Ledger, Status
from switchboard.orchestrator.domain.money import monthly_limit
from switchboard.orchestrator.domain.ports import (
    Change,
    Claim,
    Invocations,
    Ledgers,
    Listing,
)
from switchboard.runtime.metrics import emit


class MeasuredInvocations:
    """The port over another store of invocations; everything but `commit` goes straight there."""

    def __init__(self, store: Invocations, ledgers: Ledgers, logger: Logger) -> None:
        """Measure what is ended in `store`."""
        self._store = store
        self._ledgers = ledgers
        self._logger = logger

    def commit(self, change: Change) -> Invocation:
        """Write; then, when the record has reached its end by this write, measure it."""
        stored = self._store.commit(change)
        # A delivery is noted on an ended record too; only the end itself brings events.
        if stored.ended and change.events:
            emit(*_figures(stored), agent_type=stored.agent_type)
            self._measure_month(stored)
        for event in change.events:
            if isinstance(event.data, BudgetThresholdReachedV1):
                reached = ("BudgetThreshold", MetricUnit.Percent, event.data.threshold_percent)
                emit(reached, project_id=stored.project_id)
        return stored

    def get(self, invocation_id: str) -> Invocation | None:
        """See the port."""
        return self._store.get(invocation_id)

    def overdue(self, status: Status, before: datetime, limit: int) -> list[str]:
        """See the port."""
        return self._store.overdue(status, before, limit)

    def of_project(self, project_id: str, limit: int, cursor: str | None) -> Listing:
        """See the port."""
        return self._store.of_project(project_id, limit, cursor)

    def claimed(self, key: str) -> Claim | None:
        """See the port."""
        return self._store.claimed(key)

    def earlier_artifacts(self, project_id: str, notion_page_id: str, limit: int) -> list[Artifact]:
        """See the port."""
        return self._store.earlier_artifacts(project_id, notion_page_id, limit)

    def children(self, invocation_id: str) -> list[str]:
        """See the port."""
        return self._store.children(invocation_id)

    def _measure_month(self, record: Invocation) -> None:
        """What the project has spent by now; a run that reserved nothing has changed no month."""
        if not record.month:
            return
        try:
            month = self._ledgers.get(record.project_id, record.month)
        except Exception as error:  # a figure is no reason to end a run twice
            self._logger.warning("month not measured", exc_info=error, **vars(record.flow))
            return
        emit(*_month(month, monthly_limit(record)), project_id=record.project_id)


def _figures(record: Invocation) -> list[tuple[str, MetricUnit, float]]:
    tokens = record.token_usage
    return [
        ("Invocations", MetricUnit.Count, 1),
        ("InvocationErrors", MetricUnit.Count, int(record.status == Status.FAILED)),
        ("InvocationDuration", MetricUnit.Seconds, record.duration_seconds),
        ("InputTokens", MetricUnit.Count, tokens.input_tokens),
        ("OutputTokens", MetricUnit.Count, tokens.output_tokens),
        ("InvocationCost", MetricUnit.NoUnit, float(record.cost_usd)),
    ]


def _month(ledger: Ledger, limit: Decimal) -> list[tuple[str, MetricUnit, float]]:
    """Dollars spent, and spent and reserved as a share of the limit."""
    use = float(100 * ledger.committed / limit) if limit else 0.0
    return [
        ("MonthCost", MetricUnit.NoUnit, float(ledger.spent)),
        ("BudgetUse", MetricUnit.Percent, use),
    ]
