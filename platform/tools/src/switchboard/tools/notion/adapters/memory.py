"""Notion in memory: pages with children and comments, as far as the target asks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from switchboard.tools.notion.api import Body
from switchboard.tools.notion.errors import NotFoundError
from switchboard.tools.notion.values import plain_text


class MemoryNotion:
    """A workspace in dictionaries; `now` stamps what is made."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start empty."""
        self._now = now
        self.pages: dict[str, Body] = {}
        self.markdown: dict[str, str] = {}
        self.databases: dict[str, Body] = {}
        self.comments: list[Body] = []

    def add_page(self, page_id: str, title: str, markdown: str = "", **properties: Any) -> None:
        """Put a page into the workspace."""
        name = {"type": "title", "title": [{"plain_text": title}]}
        self.pages[page_id] = {
            "object": "page",
            "id": page_id,
            "url": f"https://notion.so/{page_id}",
            "properties": {"Name": name, **properties},
            "created_time": self._now().isoformat(),
            "parent": {},
        }
        self.markdown[page_id] = markdown

    def children(self, page_id: str) -> list[Body]:
        """Pages and databases under a page."""
        made = [*self.pages.values(), *self.databases.values()]
        return [item for item in made if item["parent"].get("page_id") == page_id]

    def get(self, path: str, query: Body | None = None) -> Body:  # noqa: ARG002 - the port's shape
        """See the port."""
        kind, _, rest = path.partition("/")
        name, _, aspect = rest.partition("/")
        if kind == "comments":
            return {"results": self.comments, "has_more": False}
        if kind == "blocks":
            return {"results": [_block(item) for item in self.children(name)], "has_more": False}
        known = {"pages": self.pages, "databases": self.databases}.get(kind, {})
        if name not in known:
            raise NotFoundError(f"no {path}")
        return {"markdown": self.markdown[name]} if aspect == "markdown" else known[name]

    def patch(self, path: str, body: Body) -> Body:
        """See the port."""
        page = self.pages[path.split("/")[1]]
        if path.endswith("/markdown"):
            self.markdown[page["id"]] = body["replace_content"]["new_str"]
        else:
            for name, value in body["properties"].items():
                page["properties"][name] = {"type": next(iter(value)), **value}
        return page

    def post(self, path: str, body: Body) -> Body:  # noqa: ARG002 - the port's shape
        """See the port."""
        words = str(body.get("query", "")).lower()
        found = [page for page in self.pages.values() if words in _title(page).lower()]
        return {"results": found[: body.get("page_size", 100)], "has_more": False}

    def create(self, path: str, body: Body, existing: Callable[[], Body | None]) -> Body:  # noqa: ARG002 - the port's shape
        """See the port."""
        made_id = f"{len(self.pages) + len(self.databases) + len(self.comments):032x}"
        if path == "comments":
            text = body.get("markdown") or plain_text(body.get("rich_text", []))
            comment = {"id": made_id, "rich_text": [{"plain_text": text}]}
            self.comments.append({**comment, "created_time": self._now().isoformat()})
            return self.comments[-1]
        if path == "databases":
            self.databases[made_id] = {
                "object": "database",
                "id": made_id,
                "url": f"https://notion.so/{made_id}",
                "title": body["title"],
                "data_sources": [{"id": f"{int(made_id, 16) + 4096:032x}"}],
                "parent": body["parent"],
                "created_time": self._now().isoformat(),
            }
            return self.databases[made_id]
        self.add_page(made_id, plain_text(body["properties"]["title"]["title"]))
        self.pages[made_id]["parent"] = body["parent"]
        self.markdown[made_id] = body.get("markdown", "")
        return self.pages[made_id]


def _title(page: Body) -> str:
    return plain_text(page["properties"]["Name"]["title"])


def _block(item: Body) -> Body:
    kind = f"child_{item['object']}"
    title = plain_text(item["title"]) if item["object"] == "database" else _title(item)
    return {
        "id": item["id"],
        "type": kind,
        kind: {"title": title},
        "created_time": item["created_time"],
    }
