"""Notion in memory: pages with children and comments, as far as the target asks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.notion.api import Body
from switchboard.tools.notion.errors import NotFoundError
from switchboard.tools.notion.values import plain_text

_LISTS = ("title", "rich_text", "relation", "multi_select", "people", "files")


class MemoryNotion:
    """A workspace in dictionaries; `now` stamps what is made."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start empty."""
        self._now = now
        self.pages: dict[str, Body] = {}
        self.markdown: dict[str, str] = {}
        self.databases: dict[str, Body] = {}
        self.sources: dict[str, Body] = {}
        self.rows: dict[str, list[Body]] = {}
        self.comments: list[Body] = []
        self.asked: list[str] = []

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

    def add_source(self, source_id: str, title: str, **kinds: str) -> None:
        """Put a data source into the workspace; `kinds` are the types of its properties."""
        self.sources[source_id] = {
            "object": "data_source",
            "id": source_id,
            "url": f"https://notion.so/{source_id}",
            "title": [{"plain_text": title}],
            "properties": {name: {"name": name, "type": kind} for name, kind in kinds.items()},
        }
        self.rows[source_id] = []

    def add_row(self, source_id: str, values: Body) -> None:
        """Put a row into a data source; `values` are property values of the API, without types."""
        kinds = {name: item["type"] for name, item in self.sources[source_id]["properties"].items()}
        number = len(self.rows[source_id])
        properties = {
            name: {"type": kind, kind: values.get(name, [] if kind in _LISTS else None)}
            for name, kind in kinds.items()
        }
        self.rows[source_id].append(
            {
                "object": "page",
                "id": f"{number:032x}",
                "url": f"https://notion.so/{number:032x}",
                "created_time": self._now().isoformat(),
                "parent": {"data_source_id": source_id},
                "properties": properties,
            }
        )

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
        known = {
            "pages": self.pages,
            "databases": self.databases,
            "data_sources": self.sources,
        }.get(kind, {})
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

    def post(self, path: str, body: Body) -> Body:
        """See the port."""
        self.asked.append(path)
        if path.startswith("data_sources/"):
            return self._query(path.split("/")[1], body)
        words = str(body.get("query", "")).lower()
        found = [page for page in self.pages.values() if words in _title(page).lower()]
        return {"results": found[: body.get("page_size", 100)], "has_more": False}

    def _query(self, source_id: str, body: Body) -> Body:
        """The rows of a page; filters and sorts are not understood here."""
        if source_id not in self.rows:
            raise NotFoundError(f"no data source {source_id}")
        start, size = int(body.get("start_cursor", 0)), body["page_size"]
        rows = self.rows[source_id]
        more = start + size < len(rows)
        return {
            "results": rows[start : start + size],
            "has_more": more,
            "next_cursor": str(start + size) if more else None,
        }

    def create(self, path: str, body: Body, existing: Callable[[], Body | None]) -> Body:  # noqa: ARG002 - the port's shape
        """See the port."""
        parent = self.pages.get(body["parent"].get("page_id", ""), {})
        if parent.get("in_trash"):
            raise InvalidArgumentsError("Notion refused: Can't edit block that is archived")
        made_id = f"{len(self.pages) + len(self.databases) + len(self.comments):032x}"
        if path == "comments":
            text = body.get("markdown") or plain_text(body.get("rich_text", []))
            comment = {"id": made_id, "rich_text": [{"plain_text": text}]}
            self.comments.append({**comment, "created_time": self._now().isoformat()})
            return self.comments[-1]
        if path == "databases":
            source_id = f"{int(made_id, 16) + 4096:032x}"
            given = body["initial_data_source"]["properties"]
            kinds = {name: _kind(item) for name, item in given.items()}
            self.add_source(source_id, plain_text(body["title"]), **kinds)
            self.databases[made_id] = {
                "object": "database",
                "id": made_id,
                "url": f"https://notion.so/{made_id}",
                "title": body["title"],
                "data_sources": [{"id": source_id}],
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


def _kind(definition: Body) -> str:
    return str(definition.get("type") or next(iter(definition)))


def _block(item: Body) -> Body:
    kind = f"child_{item['object']}"
    title = plain_text(item["title"]) if item["object"] == "database" else _title(item)
    return {
        "id": item["id"],
        "type": kind,
        kind: {"title": title},
        "created_time": item["created_time"],
    }
