"""A Notion small enough to read, over HTTP shapes; and the ports of both kinds."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from notion_client import Client

from switchboard.completion.adapters.memory import MemoryBoard
from switchboard.completion.adapters.notion import NotionBoard
from switchboard.completion.adapters.patience import Patience
from switchboard.completion.domain.model import Page

Answer = tuple[int, dict[str, str], Any]
COMMENTS_PER_ANSWER = 2
CODES = {
    400: "validation_error",
    401: "unauthorized",
    404: "object_not_found",
    429: "rate_limited",
    503: "service_unavailable",
}


def text(words: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": {"content": words, "link": None}, "plain_text": words}]


def with_plain_text(item: dict[str, Any]) -> dict[str, Any]:
    plain = "@somebody" if item["type"] == "mention" else item["text"]["content"]
    return {**item, "plain_text": plain}


@dataclass
class NotionDouble:
    """Pages, rows and comments as Notion answers them (API 2026-03-11)."""

    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    sources: dict[str, dict[str, str]] = field(default_factory=dict)
    statuses: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    comments: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    troubles: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    lost_answers: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        status, headers, body = self.answer(
            request.method, str(request.url), dict(request.headers), request.content
        )
        return httpx.Response(status, headers=headers, json=body)

    def answer(self, method: str, url: str, headers: dict[str, str], raw: bytes) -> Answer:
        parts = urlsplit(url)
        self.requests.append((method, parts.path, {k.lower(): v for k, v in headers.items()}))
        if self.troubles:
            status, extra = self.troubles.pop(0)
            return self.error(status, extra)
        path = parts.path.removeprefix("/v1/").split("/")
        result = self.route(method, path, parse_qs(parts.query), json.loads(raw or b"{}"))
        if (method, parts.path) in self.lost_answers:
            self.lost_answers.remove((method, parts.path))
            return self.error(503)
        return result

    def error(self, status: int, headers: dict[str, str] | None = None) -> Answer:
        code = CODES.get(status, "service_overload")
        return status, headers or {}, {"object": "error", "code": code, "message": f"no: {status}"}

    def route(self, method: str, path: list[str], query: Any, body: Any) -> Answer:
        thing = path[1] if len(path) > 1 else ""
        routes: dict[tuple[str, ...], Callable[[], Answer]] = {
            ("GET", "pages", thing): lambda: self.page(thing),
            ("GET", "pages", thing, "markdown"): lambda: self.markdown(thing),
            ("PATCH", "pages", thing): lambda: self.change(thing, body["properties"]),
            ("POST", "pages"): lambda: self.make_row(body),
            ("GET", "data_sources", thing): lambda: self.schema(thing),
            ("POST", "data_sources", thing, "query"): lambda: self.query(thing, body["filter"]),
            ("GET", "comments"): lambda: self.list_comments(query),
            ("POST", "comments"): lambda: self.comment(body),
        }
        return routes[method, *path]()

    def markdown(self, page_id: str) -> Answer:
        if page_id not in self.pages:
            return self.error(404)
        return 200, {}, {"markdown": self.bodies[page_id]}

    def page(self, page_id: str) -> Answer:
        return (200, {}, self.pages[page_id]) if page_id in self.pages else self.error(404)

    def change(self, page_id: str, properties: dict[str, Any]) -> Answer:
        if page_id not in self.pages:
            return self.error(404)
        known = self.pages[page_id]["properties"]
        for name, value in properties.items():
            (kind,) = value
            wrong_status = kind == "status" and value[kind]["name"] not in self.statuses
            if name not in known or known[name]["type"] != kind or wrong_status:
                return self.error(400)
        for name, value in properties.items():
            known[name] = self.stored(*value.items())
        return 200, {}, self.pages[page_id]

    @staticmethod
    def stored(item: tuple[str, Any]) -> dict[str, Any]:
        kind, content = item
        if kind in {"rich_text", "title"}:
            content = [with_plain_text(one) for one in content]
        return {"id": "x", "type": kind, kind: content}

    def make_row(self, body: Any) -> Answer:
        source = body["parent"]["data_source_id"]
        if source not in self.sources:
            return self.error(404)
        row_id = f"row-{len(self.pages)}"
        properties = {name: self.stored(*v.items()) for name, v in body["properties"].items()}
        self.pages[row_id] = {
            "id": row_id,
            "url": f"https://www.notion.so/{row_id}",
            "in_trash": False,
            "parent": body["parent"],
            "properties": properties,
        }
        return 200, {}, self.pages[row_id]

    def rows(self, source: str) -> list[dict[str, Any]]:
        return [
            page
            for page in self.pages.values()
            if page.get("parent", {}).get("data_source_id") == source
        ]

    def schema(self, source: str) -> Answer:
        if source not in self.sources:
            return self.error(404)
        columns = {name: {"type": kind} for name, kind in self.sources[source].items()}
        return 200, {}, {"id": source, "properties": columns}

    def query(self, source: str, wanted: Any) -> Answer:
        assert wanted["property"] == "Invocation"
        found = [
            row
            for row in self.rows(source)
            if row["properties"]["Invocation"]["rich_text"][0]["plain_text"]
            == wanted["rich_text"]["equals"]
        ]
        return 200, {}, {"results": found, "has_more": False, "next_cursor": None}

    def list_comments(self, query: Any) -> Answer:
        (page_id,) = query["block_id"]
        if page_id not in self.pages:
            return self.error(404)
        start = int(query.get("start_cursor", ["0"])[0])
        end = start + COMMENTS_PER_ANSWER
        every = [one for one in self.comments if one["parent"]["page_id"] == page_id]
        more = end < len(every)
        cursor = str(end) if more else None
        return 200, {}, {"results": every[start:end], "has_more": more, "next_cursor": cursor}

    def comment(self, body: Any) -> Answer:
        if body["parent"]["page_id"] not in self.pages:
            return self.error(404)
        people = [item["mention"]["user"]["id"] for item in body["rich_text"] if "mention" in item]
        too_long = any(len(i["text"]["content"]) > 2_000 for i in body["rich_text"] if "text" in i)
        if too_long or self.strangers.intersection(people):
            return self.error(400)
        made = {
            "id": f"comment-{len(self.comments)}",
            "parent": body["parent"],
            "rich_text": [with_plain_text(item) for item in body["rich_text"]],
        }
        self.comments.append(made)
        return 200, {}, made


@dataclass
class NotionSide:
    """The real adapter, and what its double holds."""

    double: NotionDouble
    board: NotionBoard
    slept: list[float]

    def seed_page(self, page: Page, body: str, statuses: set[str]) -> None:
        values = {
            name: {"id": "x", "type": kind, kind: self._raw(kind, page.properties.get(name))}
            for name, kind in page.kinds.items()
        }
        values["Name"] = {"id": "title", "type": "title", "title": text(page.title)}
        self.double.pages[page.page_id] = {
            "id": page.page_id,
            "url": page.url,
            "in_trash": False,
            "properties": values,
        }
        self.double.bodies[page.page_id] = body
        self.double.statuses = statuses

    @staticmethod
    def _raw(kind: str, value: Any) -> Any:
        if kind in {"rich_text", "title"}:
            return text(value) if value else []
        return {"name": value} if kind == "status" else value

    def seed_dashboard(self, source: str, columns: dict[str, str]) -> None:
        self.double.sources[source] = columns

    def comments(self, page_id: str) -> list[str]:
        return [
            "".join(i["plain_text"] for i in one["rich_text"] if i["type"] == "text")
            for one in self.double.comments
            if one["parent"]["page_id"] == page_id
        ]

    def row_statuses(self, source: str) -> list[str]:
        rows = self.double.rows(source)
        return [row["properties"]["Status"]["select"]["name"] for row in rows]


@dataclass
class MemorySide:
    """The adapter in memory."""

    board: MemoryBoard

    def seed_page(self, page: Page, body: str, statuses: set[str]) -> None:
        self.board.pages[page.page_id] = page
        self.board.bodies[page.page_id] = body
        self.board.statuses = statuses

    def seed_dashboard(self, source: str, columns: dict[str, str]) -> None:
        self.board.schemas[source] = columns

    def comments(self, page_id: str) -> list[str]:
        return [one.text for one in self.board.comments if one.page_id == page_id]

    def row_statuses(self, source: str) -> list[str]:
        return [row["Status"] for key, row in self.board.rows.items() if key[0] == source]


@pytest.fixture
def notion() -> NotionSide:
    """The real adapter on the double; nobody really sleeps."""
    double = NotionDouble()
    slept: list[float] = []
    http = httpx.Client(transport=httpx.MockTransport(double))
    client = Client(
        client=http, base_url="https://notion.test", notion_version="2026-03-11", retry=False
    )
    patience = Patience(slept.append, lambda: 0.0, lambda: 1_000.0, lambda reason, wait: None)
    return NotionSide(double, NotionBoard(client, lambda: "token-1", patience), slept)


@pytest.fixture
def memory() -> MemorySide:
    """The same in memory."""
    return MemorySide(MemoryBoard())


@pytest.fixture
def double() -> NotionDouble:
    """A Notion of its own."""
    return NotionDouble()


Side = NotionSide | MemorySide
Build = Callable[[], Side]


@pytest.fixture(params=["memory", "notion"])
def side(request: pytest.FixtureRequest) -> Side:
    """Both kinds of board, asked the same questions."""
    chosen: Side = request.getfixturevalue(request.param)
    return chosen
