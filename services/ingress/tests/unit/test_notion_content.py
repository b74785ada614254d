"""Notion as a sync reads it: whole Markdown, comments, relations, and never too fast."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aws_lambda_powertools import Logger
from notion_client import Client

from switchboard.ingress.adapters.memory_sync import MemorySyncTable, MemoryTurns
from switchboard.ingress.adapters.notion import NOTION_VERSION, NotionConnection, Pace
from switchboard.ingress.adapters.notion_content import CUT, NotionSource, PacedNotion
from switchboard.ingress.domain.ports import NotionUnavailableError, PageNotFoundError

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
BLOCK = "66666666-0000-4000-8000-00000000000"
CHILD = "33333333-0000-4000-8000-0000000000aa"

Route = Callable[[httpx.Request], httpx.Response | dict[str, Any]]


@dataclass
class Notion:
    """Answers by path; keeps when each request came. Time passes by sleeping only."""

    routes: dict[str, Any] = field(default_factory=dict)
    table: MemorySyncTable = field(default_factory=MemorySyncTable)
    moments: list[datetime] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    answers: list[httpx.Response] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def source(self) -> NotionSource:
        """One process; all share the turns."""
        logger = Logger(service=f"test-{uuid4()}", stream=io.StringIO(), level="DEBUG")
        pace = Pace(self.sleep, lambda: self.seconds, lambda: 1.0)
        connection = NotionConnection(self.connect, pace, logger)
        return NotionSource(PacedNotion(connection, MemoryTurns(self.table), lambda: self.now))

    def connect(self) -> Client:
        transport = httpx.MockTransport(self.answer)
        return Client(
            auth="token",
            base_url="https://notion.test",
            notion_version=NOTION_VERSION,
            client=httpx.Client(transport=transport),
            retry=False,
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.moments.append(self.now)
        self.paths.append(request.url.raw_path.decode())
        if self.answers:
            return self.answers.pop(0)
        found = self.routes.get(request.url.path.removeprefix("/v1/"))
        if found is None:
            return httpx.Response(404, json={"object": "error", "code": "object_not_found"})
        return httpx.Response(200, json=found(request) if callable(found) else found)


def listing(*results: Any, cursor: str | None = None) -> dict[str, Any]:
    return {"object": "list", "results": list(results), "has_more": bool(cursor)} | {
        "next_cursor": cursor
    }


@pytest.fixture
def notion(make: Any) -> Notion:
    """A workspace with the story and a short text."""
    served = Notion()
    served.routes |= {
        f"pages/{make.page}": make.story(),
        f"pages/{make.page}/markdown": {"markdown": "Text", "unknown_block_ids": []},
        "comments": listing(),
    }
    return served


@pytest.mark.requirement("KBS-02", "U")
def test_blocks_become_markdown_by_notion_s_own_endpoint(notion: Notion, make: Any) -> None:
    text = "# Title\n- one\n\t- two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```python\nx\n```"
    notion.routes[f"pages/{make.page}/markdown"]["markdown"] = text
    source = notion.source()

    assert source.content(source.page(make.page)).markdown == text


@pytest.mark.requirement("KBS-02", "U")
def test_blocks_that_an_answer_leaves_out_are_read_too(notion: Notion, make: Any) -> None:
    parts = {
        f"pages/{make.page}": ("First", [f"{BLOCK}1", f"{BLOCK}2", f"{BLOCK}3"]),
        f"pages/{BLOCK}1": ("Second", [f"{BLOCK}4", f"{BLOCK}1"]),
        f"pages/{BLOCK}2": ("Third", []),
        f"pages/{BLOCK}4": ("Fourth", []),
    }
    for path, (text, unknown) in parts.items():
        notion.routes[f"{path}/markdown"] = {
            "markdown": text,
            "truncated": bool(unknown),
            "unknown_block_ids": unknown,
        }
    source = notion.source()

    # the third block has no Markdown: Notion answers 404, and the page goes on without it
    content = source.content(source.page(make.page))

    assert content.markdown == "First\n\nSecond\n\nThird\n\nFourth"


def test_a_page_without_end_is_cut_and_says_so(notion: Notion, make: Any) -> None:
    def endless(request: httpx.Request) -> dict[str, Any]:
        number = len(notion.paths)
        return {"markdown": "More", "unknown_block_ids": [f"{BLOCK}{number}"]}

    notion.routes[f"pages/{make.page}/markdown"] = endless
    for number in range(1, 300):
        notion.routes[f"pages/{BLOCK}{number}/markdown"] = endless
    source = notion.source()

    assert source.content(source.page(make.page)).markdown.endswith(CUT)
    assert len(notion.paths) < 210


@pytest.mark.requirement("KBS-01", "U")
def test_sub_pages_are_read_off_the_markdown_and_links_are_none(notion: Notion, make: Any) -> None:
    notion.routes[f"pages/{make.page}/markdown"]["markdown"] = (
        f'<page url="https://www.notion.so/Plan-{CHILD.replace("-", "")}">Plan</page>\n'
        f'\t<page url="{CHILD}" color="red">Plan again</page>\n'
        '<mention-page url="https://www.notion.so/33333333000040008000000000000099"/>\n'
        '<database url="https://www.notion.so/33333333000040008000000000000098">Rows</database>\n'
        "[link](https://www.notion.so/33333333000040008000000000000097)"
    )
    source = notion.source()

    assert source.content(source.page(make.page)).child_page_ids == (CHILD,)


@pytest.mark.requirement("KBS-03", "U")
def test_comments_are_read_to_the_last(notion: Notion, make: Any) -> None:
    def comment(text: str, **more: Any) -> dict[str, Any]:
        return {
            "discussion_id": "d",
            "created_time": "2026-11-20T09:00:00.000Z",
            "created_by": {"id": make.person},
            "rich_text": [{"plain_text": text}, {"plain_text": "!"}],
            **more,
        }

    def comments(request: httpx.Request) -> dict[str, Any]:
        if "start_cursor" in request.url.params:
            return listing(comment("Second"))
        return listing(comment("First", display_name={"resolved_name": "Ada"}), cursor="c")

    notion.routes["comments"] = comments
    source = notion.source()

    found = source.content(source.page(make.page)).comments

    assert [(item.author, item.text) for item in found] == [
        ("Ada", "First!"),
        (make.person, "Second!"),
    ]


@pytest.mark.requirement("KBS-03", "U")
def test_relations_that_a_page_cuts_are_read_whole(notion: Notion, make: Any) -> None:
    related = [f"77777777-0000-4000-8000-{number:012x}" for number in range(130)]

    def items(request: httpx.Request) -> dict[str, Any]:
        start = int(request.url.params.get("start_cursor", 0))
        part = [{"relation": {"id": item}} for item in related[start : start + 100]]
        return listing(*part, cursor=str(start + 100) if start + 100 < len(related) else None)

    story = make.story()
    story["properties"]["Depends on"] = {
        "id": "%3Ade",
        "type": "relation",
        "relation": [{"id": item} for item in related[:25]],
        "has_more": True,
    }
    notion.routes[f"pages/{make.page}"] = story
    notion.routes[f"pages/{make.page}/properties/:de"] = items

    page = notion.source().page(make.page)

    assert page.value("Depends on") == related
    assert "/properties/%3Ade" in notion.paths[-1]


def test_rows_come_in_portions_and_other_objects_are_passed_over(notion: Notion, make: Any) -> None:
    asked: list[bytes] = []

    def rows(request: httpx.Request) -> dict[str, Any]:
        asked.append(request.read())
        return listing(make.story(), {"object": "data_source", "id": "x"}, cursor="c2")

    notion.routes[f"data_sources/{make.stories}/query"] = rows
    source = notion.source()

    first = source.rows(make.stories, None)
    source.rows(make.stories, first.next_cursor)

    assert [page.id for page in first.pages] == [make.page]
    assert first.next_cursor == "c2"
    assert b"start_cursor" not in asked[0]
    assert b'"start_cursor":"c2"' in asked[1].replace(b" ", b"")


def test_the_data_sources_of_a_database_are_named(notion: Notion, make: Any) -> None:
    database = {"object": "database", "data_sources": [{"id": make.stories.replace("-", "")}]}
    notion.routes[f"databases/{make.stories_database}"] = database
    source = notion.source()

    assert source.sources(make.stories_database) == (make.stories,)
    with pytest.raises(PageNotFoundError):
        source.sources(make.stories)


def most_in_a_second(moments: list[datetime]) -> int:
    windows = (
        [other for other in moments if timedelta(0) <= other - start < timedelta(seconds=1)]
        for start in moments
    )
    return max(len(window) for window in windows)


@pytest.mark.requirement("KBS-01", "U")
def test_processes_that_sync_at_once_together_call_less_than_three_times_a_second(
    notion: Notion, make: Any
) -> None:
    sources = [notion.source() for _ in range(3)]

    for _ in range(20):
        for source in sources:
            source.page(make.page)

    assert len(notion.moments) == 60
    assert most_in_a_second(notion.moments) <= 3
    assert (notion.moments[-1] - notion.moments[0]).total_seconds() >= 59 / 3


@pytest.mark.requirement("KBS-01", "F")
@pytest.mark.parametrize("status", [429, 529])
def test_when_notion_asks_for_a_pause_every_process_pauses(
    notion: Notion, make: Any, status: int
) -> None:
    first, second = notion.source(), notion.source()
    notion.answers = [httpx.Response(status, json={}, headers={"Retry-After": "9"})]

    assert first.page(make.page).id == make.page
    second.page(make.page)

    refused, *later = notion.moments
    assert all((moment - refused).total_seconds() >= 9 for moment in later)
    assert len(later) == 2


@pytest.mark.requirement("KBS-01", "F")
def test_retries_take_turns_too(notion: Notion, make: Any) -> None:
    notion.answers = [httpx.Response(503, json={}) for _ in range(4)]

    notion.source().page(make.page)

    assert most_in_a_second(notion.moments) <= 3


@pytest.mark.requirement("KBS-01", "F")
def test_a_long_pause_is_left_to_the_queue_and_nobody_calls_meanwhile(
    notion: Notion, make: Any
) -> None:
    notion.answers = [httpx.Response(429, json={}, headers={"Retry-After": "60"})]

    with pytest.raises(NotionUnavailableError):
        notion.source().page(make.page)
    with pytest.raises(NotionUnavailableError, match="pause of"):
        notion.source().page(make.page)

    assert len(notion.moments) == 1
