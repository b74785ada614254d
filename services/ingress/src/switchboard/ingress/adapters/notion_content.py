"""Notion as a knowledge sync reads it (API 2026-03-11), never faster than Notion allows.

Every request, a retry as well, takes a turn that all syncing processes share (`Turns`); when Notion
asks for a pause (Retry-After), all of them pause. Content comes as Notion's own Markdown: blocks
that one answer leaves out are named in `unknown_block_ids` and read by the same endpoint, so there
is no converter of our own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

from notion_client import Client
from notion_client.errors import HTTPResponseError

from switchboard.ingress.adapters.notion import PATIENCE_SECONDS, NotionConnection
from switchboard.ingress.adapters.notion_pages import page_from
from switchboard.ingress.domain.knowledge_document import Comment, Content
from switchboard.ingress.domain.model import Page, Property, notion_id
from switchboard.ingress.domain.ports import NotionUnavailableError, PageNotFoundError
from switchboard.ingress.domain.sync_ports import Rows, Turns

OVERLOADED = 529
CHILD_PAGE = re.compile(r'<page\b[^>]*?\burl="([^"]+)"[^>]*>')
"""How Notion's Markdown shows a sub-page (a mention or a link looks otherwise)."""
MOST_BLOCKS = 200
"""Blocks of one page that are read on their own; what is beyond is left out, and said so."""
CUT = "(The rest of this page is too long to be read.)"
PAGE_SIZE = 100

T = TypeVar("T")
Json = dict[str, Any]


@dataclass(frozen=True)
class PacedNotion:
    """A connection each of whose requests waits for its turn."""

    connection: NotionConnection
    turns: Turns
    clock: Callable[[], datetime]

    def call(self, operation: Callable[[Client], T]) -> T:
        """Run an operation that is one request; raises like `NotionConnection.call`."""

        def in_turn(client: Client) -> T:
            self._wait()
            try:
                return operation(client)
            except HTTPResponseError as error:
                self._obey(error)
                raise

        return self.connection.call(in_turn)

    def _wait(self) -> None:
        now = self.clock()
        seconds = (self.turns.take(now) - now).total_seconds()
        if seconds > PATIENCE_SECONDS:
            raise NotionUnavailableError(f"Notion asked for a pause of {seconds:.0f} s")
        if seconds > 0:
            self.connection.pace.sleep(seconds)

    def _obey(self, error: HTTPResponseError) -> None:
        after = error.headers.get("retry-after", "")
        if error.status in (HTTPStatus.TOO_MANY_REQUESTS, OVERLOADED) and after.isdecimal():
            self.turns.pause(self.clock() + timedelta(seconds=int(after)))


class NotionSource:
    """Pages, their content, and rows."""

    def __init__(self, notion: PacedNotion) -> None:
        """Read over `notion`."""
        self._notion = notion

    def page(self, page_id: str) -> Page:
        """GET /v1/pages/{id}, and the rest of relations that it cuts."""
        value: Any = self._notion.call(lambda client: client.pages.retrieve(page_id))
        page = page_from(value)
        whole = {
            name: replace(
                page.properties[name], value=self._related(page.id, page.properties[name])
            )
            for name, item in value.get("properties", {}).items()
            if item.get("type") == "relation" and item.get("has_more")
        }
        return replace(page, properties={**page.properties, **whole}) if whole else page

    def content(self, page: Page) -> Content:
        """GET /v1/pages/{id}/markdown and GET /v1/comments."""
        markdown = self._markdown(page.id)
        children = dict.fromkeys(notion_id(url) for url in CHILD_PAGE.findall(markdown))
        return Content(markdown, tuple(children), self._comments(page.id))

    def rows(self, source_id: str, cursor: str | None) -> Rows:
        """POST /v1/data_sources/{id}/query."""
        asked: Json = {"page_size": PAGE_SIZE, **({"start_cursor": cursor} if cursor else {})}
        answer: Any = self._notion.call(
            lambda client: client.data_sources.query(source_id, **asked)
        )
        pages = [page_from(item) for item in answer["results"] if item["object"] == "page"]
        return Rows(tuple(pages), answer.get("next_cursor") if answer.get("has_more") else None)

    def sources(self, database_id: str) -> tuple[str, ...]:
        """GET /v1/databases/{id}."""
        answer: Any = self._notion.call(lambda client: client.databases.retrieve(database_id))
        return tuple(notion_id(item["id"]) for item in answer.get("data_sources", []))

    def _markdown(self, page_id: str) -> str:
        parts: list[str] = []
        waiting = [page_id]
        asked = {page_id}
        while waiting:
            if len(asked) > MOST_BLOCKS:
                return "\n\n".join([*parts, CUT])
            answer = self._part(waiting.pop(0), page_id)
            parts.append(answer.get("markdown") or "")
            fresh = [item for item in answer.get("unknown_block_ids") or [] if item not in asked]
            waiting += fresh
            asked.update(fresh)
        return "\n\n".join(part for part in parts if part)

    def _part(self, block_id: str, page_id: str) -> Json:
        try:
            answer: Any = self._notion.call(lambda client: client.pages.retrieve_markdown(block_id))
        except PageNotFoundError:
            if block_id == page_id:
                raise
            # A block of a kind that has no Markdown, or that is not shared with us.
            return {}
        return dict(answer)

    def _comments(self, page_id: str) -> tuple[Comment, ...]:
        """Comments on the page as a whole; those inside its text belong to their blocks."""
        found: list[Comment] = []
        asked: Json = {"block_id": page_id, "page_size": PAGE_SIZE}
        while True:
            answer: Any = self._notion.call(lambda client: client.comments.list(**asked))
            found += [_comment(item) for item in answer["results"]]
            if not answer.get("has_more"):
                return tuple(found)
            asked["start_cursor"] = answer["next_cursor"]

    def _related(self, page_id: str, cut: Property) -> list[str]:
        """GET /v1/pages/{id}/properties/{id}: all related pages, a hundred at a time."""
        found: list[str] = []
        asked: Json = {"page_id": page_id, "property_id": quote(cut.id, safe="")}
        asked["page_size"] = PAGE_SIZE
        while True:
            answer: Any = self._notion.call(
                lambda client: client.pages.properties.retrieve(**asked)
            )
            found += [notion_id(item["relation"]["id"]) for item in answer["results"]]
            if not answer.get("has_more"):
                return found
            asked["start_cursor"] = answer["next_cursor"]


def _comment(item: Json) -> Comment:
    named = (item.get("display_name") or {}).get("resolved_name")
    return Comment(
        discussion_id=str(item.get("discussion_id", "")),
        author=str(named or (item.get("created_by") or {}).get("id", "")),
        created_at=datetime.fromisoformat(item["created_time"]),
        text="".join(part.get("plain_text", "") for part in item.get("rich_text", [])),
    )
