"""Reading: one invocation, a project's invocations, a project's month."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from switchboard.orchestrator.domain.end_invocation import unknown_invocation
from switchboard.orchestrator.domain.model import ZERO, Invocation, Ledger
from switchboard.orchestrator.domain.ports import Invocations, Ledgers, Listing, Projects
from switchboard.orchestrator.domain.request_invocation import unknown_project

MAX_LISTED = 100


@dataclass(frozen=True)
class CostSummary:
    """A project's month against its limit."""

    ledger: Ledger
    limit: Decimal

    @property
    def use_percent(self) -> Decimal:
        """How much of the limit is spent, in percent with two places."""
        if self.limit <= 0:
            return ZERO
        return (self.ledger.spent / self.limit * 100).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class ReadInvocations:
    """The questions of the API; nothing is changed."""

    invocations: Invocations
    ledgers: Ledgers
    projects: Projects
    clock: Callable[[], datetime]

    def one(self, invocation_id: str) -> Invocation:
        """One record.

        Raises:
            NotFoundError: there is none with this id.
        """
        record = self.invocations.get(invocation_id)
        if record is None:
            raise unknown_invocation(invocation_id)
        return record

    def of_project(self, project_id: str, limit: int, cursor: str | None) -> Listing:
        """A page of a project's invocations, newest first.

        Raises:
            NotFoundError: the project is unknown.
            InvalidRequestError: the cursor is not one of ours.
        """
        self._limit(project_id)
        return self.invocations.of_project(project_id, min(max(limit, 1), MAX_LISTED), cursor)

    def costs(self, project_id: str, month: str | None) -> CostSummary:
        """A month of a project, the present one by default.

        Raises:
            NotFoundError: the project is unknown.
        """
        limit = self._limit(project_id)
        wanted = month or self.clock().strftime("%Y-%m")
        return CostSummary(self.ledgers.get(project_id, wanted), limit)

    def _limit(self, project_id: str) -> Decimal:
        project = self.projects.get(project_id)
        if project is None:
            raise unknown_project(project_id)
        return project.cost_limit_per_month
