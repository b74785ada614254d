"""What the running platform knows of a loop: the invocation API, the ledger, the call journal."""

from dataclasses import dataclass, field
from typing import Any

from switchboard.local.access import Access
from switchboard.local.books import Books, read_books
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

    def books(self) -> Books:
        """All receipts of the project's month beside its ledger: they must be equal."""
        return read_books(self.access, self.project_id)
