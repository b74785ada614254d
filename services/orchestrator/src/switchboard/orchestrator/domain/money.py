"""The month's limit: what may be reserved, what is settled, what the refusal says."""

from decimal import Decimal

from switchboard.events.project import BudgetThresholdReachedV1, ProjectConfiguredV1
from switchboard.events.values import ErrorInfo
from switchboard.orchestrator.domain.model import ZERO, Invocation, Ledger
from switchboard.orchestrator.domain.ports import LedgerMove

BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
WARNING_PERCENT = 80
EXHAUSTED_PERCENT = 100
_WARNING_SHARE = Decimal("0.8")


def monthly_limit(record: Invocation) -> Decimal:
    """The month's limit as it was when the run was reserved."""
    return Decimal(str(record.config.get("cost_limit_per_month", "0")))


def reservation(record: Invocation, project: ProjectConfiguredV1, month: str) -> LedgerMove:
    """Hold the limit per invocation, as long as the month has room for all of it (ORC-03)."""
    amount = project.cost_limit_per_invocation
    return LedgerMove(
        project.project_id,
        month,
        record.agent_type,
        reserved=amount,
        accepted=1,
        room=project.cost_limit_per_month - amount,
    )


def never_fits(project: ProjectConfiguredV1) -> ErrorInfo | None:
    """Why no run of this project could be reserved even in an empty month.

    An empty month has no `committed` to compare with, so the ledger's own condition cannot see it.
    """
    limit, month = project.cost_limit_per_invocation, project.cost_limit_per_month
    if limit <= 0:
        text = f"The limit of {usd(limit)} per invocation leaves nothing to spend"
        return _exceeded(text, "Set cost_limit_per_invocation above zero in project settings")
    if limit > month:
        text = (
            f"The limit of {usd(limit)} per invocation is above the monthly budget of {usd(month)}"
        )
        return _exceeded(
            text, "Lower cost_limit_per_invocation or increase cost_limit_per_month in settings"
        )
    return None


def exhausted(project: ProjectConfiguredV1, ledger: Ledger) -> ErrorInfo:
    """The refusal of F15: limit, spent and, when runs are open, reserved amount."""
    spent = f"{usd(ledger.spent)} spent"
    if ledger.reserved:
        spent += f", {usd(ledger.reserved)} reserved"
    return _exceeded(
        f"Monthly budget of {usd(project.cost_limit_per_month)} has been exhausted ({spent})",
        "Increase cost_limit_per_month in project settings or wait until the next billing cycle",
    )


def exhausted_notice(project: ProjectConfiguredV1, record: Invocation, month: str) -> LedgerMove:
    """Note, once for this limit, that the owners are told the month is full."""
    return LedgerMove(
        project.project_id,
        month,
        record.agent_type,
        notice=EXHAUSTED_PERCENT,
        limit=project.cost_limit_per_month,
    )


def quiet_settlement(record: Invocation, cost: Decimal) -> LedgerMove:
    """Release the reservation and add the real cost, unless that reaches 80 % unannounced.

    The real cost is added even where it is above the reservation: the agent's meter stops it with
    at most the turn in progress (K-13), and a ledger that hides that turn would lie.
    """
    limit = monthly_limit(record)
    return LedgerMove(
        record.project_id,
        record.month or "",
        record.agent_type,
        reserved=-(record.reserved_usd or ZERO),
        spent=cost,
        quiet_below=limit * _WARNING_SHARE - cost,
        limit=limit,
    )


def announced_settlement(record: Invocation, cost: Decimal) -> LedgerMove:
    """The same, noting that the 80 % notice goes out with it."""
    return LedgerMove(
        record.project_id,
        record.month or "",
        record.agent_type,
        reserved=-(record.reserved_usd or ZERO),
        spent=cost,
        notice=WARNING_PERCENT,
        limit=monthly_limit(record),
    )


def threshold_reached(
    record: Invocation, ledger: Ledger, percent: int, limit: Decimal
) -> BudgetThresholdReachedV1:
    """What the owners are told."""
    return BudgetThresholdReachedV1(
        project_id=record.project_id,
        month=ledger.month,
        threshold_percent=percent,
        limit_usd=limit,
        spent_usd=ledger.spent,
        reserved_usd=ledger.reserved,
        invocation_id=record.invocation_id,
        notion_page_id=record.notion_page_id,
    )


def usd(amount: Decimal) -> str:
    """Dollars and cents, for people."""
    return f"${amount:.2f}"


def _exceeded(message: str, remediation: str) -> ErrorInfo:
    return ErrorInfo(code=BUDGET_EXCEEDED, message=message, remediation=remediation)
