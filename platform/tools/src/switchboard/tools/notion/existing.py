"""Finding what an earlier attempt may already have made, before making it again (NEW-10)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from switchboard.tools.notion.api import Body, NotionApi
from switchboard.tools.notion.values import plain_text

COARSE = timedelta(minutes=2)
"""Notion rounds created_time to the minute, and clocks differ a little."""


def _since(item: Body, moment: datetime) -> bool:
    made = datetime.fromisoformat(str(item["created_time"]).replace("Z", "+00:00"))
    return made >= moment - COARSE


@dataclass(frozen=True)
class Existing:
    """Looks for things made since a moment, by parent and title."""

    api: NotionApi

    def child(self, parent_page_id: str, kind: str, title: str, since: datetime) -> Body | None:
        """The `child_page` or `child_database` of a page with this title; the whole object."""
        for block in self._children(parent_page_id):
            if block["type"] == kind and block[kind]["title"] == title and _since(block, since):
                path = "pages" if kind == "child_page" else "databases"
                return self.api.get(f"{path}/{block['id']}")
        return None

    def comment(self, page_id: str, text: str, since: datetime) -> Body | None:
        """A comment of this text on a page."""
        for item in self._pages("comments", {"block_id": page_id}):
            if plain_text(item["rich_text"]).strip() == text.strip() and _since(item, since):
                return item
        return None

    def _children(self, page_id: str) -> Iterator[Body]:
        return self._pages(f"blocks/{page_id}/children", {})

    def _pages(self, path: str, query: dict[str, Any]) -> Iterator[Body]:
        cursor: str | None = None
        while True:
            more = {"start_cursor": cursor} if cursor else {}
            answer = self.api.get(path, {**query, "page_size": 100, **more})
            yield from answer["results"]
            cursor = answer.get("next_cursor")
            if not answer.get("has_more") or not cursor:
                return
