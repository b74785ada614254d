"""The rows of a data source: all that pass a filter, or one portion of them after the other."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from switchboard.local.notion import filters, shapes
from switchboard.local.notion.errors import invalid
from switchboard.local.notion.state import NotionState

Body = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """Rows are pages; those in the trash are not shown."""

    state: NotionState

    def matching(self, data_source_id: str, body: Body) -> list[shapes.Shown]:
        """The rows that pass the filter, in the order asked for.

        Raises:
            NotionError: the filter or a sort is not understood.
        """
        columns = self.state.columns(data_source_id)
        rows = [
            shapes.page(self.state, row, columns) for row in self.state.pages_in(data_source_id)
        ]
        wanted = [row for row in rows if filters.matches(row, body.get("filter"), columns)]
        return filters.ordered(wanted, body.get("sorts"), columns)

    def portion(self, data_source_id: str, start: str | None, size: int) -> shapes.Shown:
        """At most `size` rows from the one with id `start` on, oldest first.

        Only these are read, so that walking through thousands of rows takes a moment.

        Raises:
            NotionError: no such data source, or no such row in it.
        """
        columns = self.state.columns(data_source_id)
        if start is not None and self.state.store.get("page", start) is None:
            raise invalid(f"The start_cursor provided is invalid: {start}")
        walk = self.state.store.walk("page", data_source_id, start)
        found = list(islice((row for row in walk if not row["in_trash"]), size + 1))
        shown = [shapes.page(self.state, row, columns) for row in found[:size]]
        return shapes.listing(
            "page_or_data_source", shown, found[size]["id"] if len(found) > size else None
        )
