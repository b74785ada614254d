"""Why did my page start nothing? The outcomes of a page, newest first (ING-08)."""

from dataclasses import dataclass

from switchboard.ingress.domain.model import Outcome, notion_id
from switchboard.ingress.domain.ports import Journal

DEFAULT_LIMIT = 20
MAX_LIMIT = 100


@dataclass(frozen=True)
class ExplainPage:
    """List what became of the changes of a page."""

    journal: Journal

    def __call__(self, page_id: str, limit: int = DEFAULT_LIMIT) -> list[Outcome]:
        """At most `limit` outcomes (1 to `MAX_LIMIT`), newest first; empty when none is known."""
        return self.journal.outcomes(notion_id(page_id), max(1, min(limit, MAX_LIMIT)))
