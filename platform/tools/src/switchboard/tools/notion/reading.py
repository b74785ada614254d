"""Reading tools: search, fetch, query."""

import re
from dataclasses import dataclass
from typing import Any, Protocol

from switchboard.tools.arguments import Arguments
from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.ledger import Result
from switchboard.tools.notion.api import Body, NotionApi
from switchboard.tools.notion.errors import NotFoundError
from switchboard.tools.notion.values import plain_properties, plain_text, title_of
from switchboard.tools.tool_target import Call

_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
MAX_ROWS = 100
"""Largest page size of the Notion API."""
MAX_DATA_SOURCES = 5
"""Of a database, that are shown with their properties."""


def _size(arguments: Arguments, default: int) -> int:
    return max(1, min(MAX_ROWS, int(arguments.get("page_size", default))))


def id_in(text: str) -> str:
    """The Notion id in an id, a URL or `collection://<id>`.

    Raises:
        InvalidArgumentsError: there is none.
    """
    found = _ID.findall(text)
    if not found:
        raise InvalidArgumentsError(f"{text!r} holds no Notion id")
    return str(found[-1])


@dataclass(frozen=True)
class Search:
    """Find pages and data sources by title."""

    api: NotionApi

    def __call__(self, arguments: Arguments, call: Call) -> Result:  # noqa: ARG002 - the use cases' one shape
        """Answer `{results: [{id, object, title, url, last_edited_time}]}`."""
        body = {"query": arguments["query"], "page_size": _size(arguments, 10)}
        found = self.api.post("search", body)["results"]
        return {"results": [_found(item) for item in found]}


def _found(item: Body) -> Body:
    title = plain_text(item["title"]) if "title" in item else title_of(item)
    return {
        "id": item["id"],
        "object": item["object"],
        "title": title,
        "url": item.get("url"),
        "last_edited_time": item.get("last_edited_time"),
    }


@dataclass(frozen=True)
class Fetch:
    """Read a page, a database or a data source, whichever the id belongs to."""

    api: NotionApi

    def __call__(self, arguments: Arguments, call: Call) -> Result:  # noqa: ARG002 - the use cases' one shape
        """Answer `{object, id, title, url, properties, content_markdown, ...}`."""
        found_id = id_in(arguments["id"])
        for read in (self._page, self._database, self._data_source):
            try:
                return read(found_id)
            except NotFoundError:
                continue
        raise NotFoundError(f"Notion has no page, database or data source {found_id}")

    def _page(self, page_id: str) -> Result:
        page = self.api.get(f"pages/{page_id}")
        content = self.api.get(f"pages/{page_id}/markdown")
        return {
            "object": "page",
            "id": page["id"],
            "title": title_of(page),
            "url": page.get("url"),
            "parent": page.get("parent"),
            "properties": plain_properties(page["properties"]),
            "content_markdown": content["markdown"],
            "truncated": content.get("truncated", False),
            "in_trash": page.get("in_trash", False),
        }

    def _database(self, database_id: str) -> Result:
        database = self.api.get(f"databases/{database_id}")
        sources = database.get("data_sources", [])
        return {
            "object": "database",
            "id": database["id"],
            "title": plain_text(database.get("title", [])),
            "url": database.get("url"),
            "properties": {},
            "data_sources": [
                {"id": item["id"], "name": item.get("name"), "properties": self._kinds(item["id"])}
                for item in sources[:MAX_DATA_SOURCES]
            ],
            "content_markdown": "",
            "in_trash": database.get("in_trash", False),
        }

    def _kinds(self, data_source_id: str) -> dict[str, str]:
        source = self.api.get(f"data_sources/{data_source_id}")
        return {name: item["type"] for name, item in source["properties"].items()}

    def _data_source(self, data_source_id: str) -> Result:
        source = self.api.get(f"data_sources/{data_source_id}")
        return {
            "object": "data_source",
            "id": source["id"],
            "title": plain_text(source.get("title", [])),
            "url": source.get("url"),
            "properties": {name: item["type"] for name, item in source["properties"].items()},
            "content_markdown": "",
            "in_trash": source.get("in_trash", False),
        }


class SqlMode(Protocol):
    """Answers a query in SQL."""

    def __call__(self, data: dict[str, Any], call: Call) -> Result:
        """`data` is the argument of this name."""
        ...


@dataclass(frozen=True)
class QueryDataSources:
    """Rows of data sources, by SQL or by filter."""

    api: NotionApi
    sql: SqlMode

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{results, has_more, ...}`.

        Raises:
            InvalidArgumentsError: it is not clear which of the two is wanted.
        """
        if ("data" in arguments) == ("data_source_id" in arguments):
            raise InvalidArgumentsError("Give either data (SQL) or data_source_id")
        if "data" in arguments:
            return self.sql(arguments["data"], call)
        return self._filtered(arguments)

    def _filtered(self, arguments: Arguments) -> Result:
        source = id_in(arguments["data_source_id"])
        body: dict[str, Any] = {"page_size": _size(arguments, MAX_ROWS)}
        body |= {
            name: arguments[name]
            for name in ("filter", "sorts", "start_cursor")
            if name in arguments
        }
        answer = self.api.post(f"data_sources/{source}/query", body)
        return {
            "results": [_row(page) for page in answer["results"]],
            "has_more": answer.get("has_more", False),
            "next_cursor": answer.get("next_cursor"),
        }


def _row(page: Body) -> Body:
    return {
        "id": page["id"],
        "url": page.get("url"),
        "title": title_of(page),
        "created_time": page.get("created_time"),
        "properties": plain_properties(page["properties"]),
    }
