"""What the running platform knows of a loop: the invocation API, the ledger, the call journal."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from switchboard.local.access import Access
from switchboard.local.calls import CallCounter
from switchboard.local.crew.outcome import Node


@dataclass
class PlatformRecords:
    """Asks the orchestrator's API, as anybody may who can sign a request."""

    access: Access
    project_id: str
    _counter: CallCounter | None = field(default=None, init=False)

    def tree(self, invocation_id: str) -> Node:
        """An invocation with all that followed it."""
        shown = self.access.call("orchestrator", "GET", f"/invocation/{invocation_id}/tree")
        root: Node = shown["root"]
        return root

    def receipt(self, invocation_id: str) -> dict[str, Any]:
        """What an invocation cost, line by line."""
        record = self.access.call("orchestrator", "GET", f"/invocation/{invocation_id}")
        return dict(record["details"]["receipt"] or {})

    def calls(self) -> dict[str, int]:
        """Calls of our own services since the last time this was asked."""
        counter, self._counter = self._counter, CallCounter.of(self.access.settings)
        made = counter.by_service() if counter else {}
        return {service: len(operations) for service, operations in sorted(made.items())}

    def totals(self) -> dict[str, str]:
        """All receipts of the project's month beside its ledger: they must be equal."""
        summary = self.access.call(
            "orchestrator", "GET", f"/project/{self.project_id}/cost-summary"
        )
        receipts = sum(
            (Decimal(row["cost_usd"]) for row in self._of_month(summary["month"])), Decimal(0)
        )
        return {
            "receipts_total": format(receipts, "f"),
            "ledger_total": format(Decimal(summary["spent_usd"]), "f"),
        }

    def _of_month(self, month: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            path = f"/project/{self.project_id}/invocations?limit=100"
            page = self.access.call(
                "orchestrator", "GET", path + (f"&cursor={cursor}" if cursor else "")
            )
            found += page["invocations"]
            cursor = page["next_cursor"]
        return [row for row in found if row["created_at"].startswith(month)]
