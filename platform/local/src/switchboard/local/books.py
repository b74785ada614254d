"""A project's month: its receipts, whether they are genuine, and the ledger beside them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from switchboard.local.access import Access

ENDED = {"completed", "failed", "cancelled"}


@dataclass(frozen=True)
class Books:
    """Amounts are US dollars as decimal text, as the API tells them."""

    receipts_total: str
    ledger_total: str
    receipts: int
    receipts_genuine: int
    """How many bear a seal that the orchestrator calls its own."""

    @property
    def agree(self) -> bool:
        """Whether all receipts are genuine and sum to the ledger exactly."""
        same = Decimal(self.receipts_total) == Decimal(self.ledger_total)
        return same and self.receipts == self.receipts_genuine

    def told(self) -> str:
        """One line for people."""
        if self.agree:
            return (
                f"all {self.receipts} receipts are genuine and equal the ledger: "
                f"${self.ledger_total}"
            )
        return (
            f"THE BOOKS DIFFER: {self.receipts_genuine} of {self.receipts} receipts are genuine, "
            f"they sum to ${self.receipts_total}, the ledger says ${self.ledger_total}"
        )

    def data(self) -> dict[str, Any]:
        """For a report."""
        return asdict(self)


def read_books(access: Access, project_id: str) -> Books:
    """The present month of a project, from the orchestrator's API."""
    summary = access.call("orchestrator", "GET", f"/project/{project_id}/cost-summary")
    rows = [
        row
        for row in _invocations(access, project_id)
        if row["created_at"].startswith(summary["month"]) and row["status"] in ENDED
    ]
    genuine = [_genuine(access, row["invocation_id"]) for row in rows]
    total = sum((Decimal(row["cost_usd"]) for row in rows), Decimal(0))
    spent = Decimal(summary["spent_usd"])
    return Books(format(total, "f"), format(spent, "f"), len(rows), sum(genuine))


def _invocations(access: Access, project_id: str) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        path = f"/project/{project_id}/invocations?limit=100"
        page = access.call("orchestrator", "GET", path + (f"&cursor={cursor}" if cursor else ""))
        yield from page["invocations"]
        cursor = page["next_cursor"]


def _genuine(access: Access, invocation_id: str) -> bool:
    receipt = access.call("orchestrator", "GET", f"/invocation/{invocation_id}/receipt")
    return bool(receipt["genuine"])
