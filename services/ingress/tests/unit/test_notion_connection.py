"""Notion's moods: rate limits, overload, lost connections, rotated tokens."""

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aws_lambda_powertools import Logger
from notion_client import Client

from switchboard.ingress.adapters.notion import (
    NOTION_VERSION,
    PATIENCE_SECONDS,
    NotionBot,
    NotionConnection,
    NotionPages,
    Pace,
)
from switchboard.ingress.domain.ports import NotionUnavailableError, PageNotFoundError

Answer = httpx.Response | Exception


class Notion:
    """Answers from a script, then well; keeps the requests and the waits."""

    def __init__(self, answers: list[Answer], body: dict[str, Any]) -> None:
        self.answers = answers
        self.body = body
        self.requests: list[httpx.Request] = []
        self.waits: list[float] = []
        self.time = 0.0
        self.tokens = 0
        self.log = io.StringIO()
        logger = Logger(service=f"test-{uuid4()}", stream=self.log, level="DEBUG")
        pace = Pace(self._sleep, lambda: self.time, lambda: 1.0)
        self.connection = NotionConnection(self._connect, pace, logger)

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds

    def _connect(self) -> Client:
        self.tokens += 1
        return Client(
            auth=f"token-{self.tokens}",
            base_url="https://notion.test",
            notion_version=NOTION_VERSION,
            client=httpx.Client(transport=httpx.MockTransport(self._answer)),
            retry=False,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else httpx.Response(200, json=self.body)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


def failing(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"object": "error"}, headers=headers)


@pytest.fixture
def notion(make: Any) -> Callable[..., Notion]:
    return lambda *answers: Notion(list(answers), make.story())


@pytest.mark.requirement("ERR-03", "F")
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 529])
def test_rate_limits_and_server_errors_are_retried_until_an_answer_comes(
    notion: Callable[..., Notion], make: Any, status: int
) -> None:
    server = notion(*[failing(status)] * 5)

    assert NotionPages(server.connection).get(make.page).id == make.page
    assert len(server.requests) == 6
    assert server.waits == [0.5, 1.0, 2.0, 4.0, 8.0]


@pytest.mark.requirement("ERR-03", "F")
def test_after_five_retries_it_is_left_to_the_queue(
    notion: Callable[..., Notion], make: Any
) -> None:
    server = notion(*[failing(503)] * 6)

    with pytest.raises(NotionUnavailableError, match="503"):
        NotionPages(server.connection).get(make.page)
    assert len(server.requests) == 6


@pytest.mark.requirement("ERR-03", "F")
def test_waits_have_jitter_and_retry_after_is_obeyed(
    notion: Callable[..., Notion], make: Any
) -> None:
    server = notion(failing(429, **{"Retry-After": "7"}), failing(529), failing(500))
    server.connection.pace = Pace(server._sleep, lambda: server.time, iter((0.0, 0.5)).__next__)

    NotionPages(server.connection).get(make.page)

    assert server.waits == [7.0, 0.5 * 2 * 0.5, 0.5 * 4 * 0.75]


def test_a_wait_longer_than_our_patience_is_left_to_the_queue(
    notion: Callable[..., Notion], make: Any
) -> None:
    server = notion(failing(429, **{"Retry-After": str(int(PATIENCE_SECONDS) + 1)}))

    with pytest.raises(NotionUnavailableError):
        NotionPages(server.connection).get(make.page)
    assert server.waits == []


@pytest.mark.parametrize("broken", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow")])
def test_a_broken_connection_is_retried(
    notion: Callable[..., Notion], make: Any, broken: Exception
) -> None:
    server = notion(broken)

    assert NotionPages(server.connection).get(make.page).title == "Preview the dashboard"
    assert len(server.waits) == 1


def test_a_notion_that_cannot_be_reached_is_left_to_the_queue(
    notion: Callable[..., Notion], make: Any
) -> None:
    server = notion(*[httpx.ConnectError("refused")] * 6)

    with pytest.raises(NotionUnavailableError, match="cannot be reached"):
        NotionPages(server.connection).get(make.page)


@pytest.mark.requirement("ERR-09", "U")
def test_a_retry_is_a_warning_that_names_status_and_wait(
    notion: Callable[..., Notion], make: Any
) -> None:
    server = notion(failing(429))

    NotionPages(server.connection).get(make.page)

    (line,) = server.lines()
    assert (line["level"], line["status"], line["wait_seconds"]) == ("WARNING", 429, 0.5)


@pytest.mark.parametrize("status", [404, 400])
def test_a_page_that_cannot_be_seen_is_not_found_and_not_retried(
    notion: Callable[..., Notion], make: Any, status: int
) -> None:
    server = notion(failing(status))

    with pytest.raises(PageNotFoundError):
        NotionPages(server.connection).get(make.page)
    assert server.waits == []


def test_an_id_that_would_leave_its_path_is_not_found(notion: Callable[..., Notion]) -> None:
    server = notion()

    with pytest.raises(PageNotFoundError):
        NotionPages(server.connection).get("../users/me")
    assert server.requests == []


def test_a_refused_token_is_read_again_once(notion: Callable[..., Notion], make: Any) -> None:
    server = notion(failing(401))

    NotionPages(server.connection).get(make.page)

    used = [request.headers["authorization"] for request in server.requests]
    assert used == ["Bearer token-1", "Bearer token-2"]


def test_a_token_that_stays_refused_is_reported(notion: Callable[..., Notion], make: Any) -> None:
    server = notion(failing(401), failing(401))

    with pytest.raises(NotionUnavailableError, match="401"):
        NotionPages(server.connection).get(make.page)


def test_requests_name_the_api_version(notion: Callable[..., Notion], make: Any) -> None:
    server = notion()

    NotionPages(server.connection).get(make.page)

    assert server.requests[0].headers["notion-version"] == "2026-03-11"
    assert server.requests[0].url.path == f"/v1/pages/{make.page}"


def test_the_body_is_read_as_markdown_and_says_when_it_is_cut(
    notion: Callable[..., Notion], make: Any
) -> None:
    server = notion()
    server.body = {"object": "page_markdown", "markdown": "# Story", "truncated": True}

    body = NotionPages(server.connection).body(make.page)

    assert (body.markdown, body.truncated) == ("# Story", True)
    assert server.requests[0].url.path == f"/v1/pages/{make.page}/markdown"


def test_our_own_identity_is_asked_for_once(notion: Callable[..., Notion], make: Any) -> None:
    server = notion()
    server.body = {"object": "user", "id": make.bot, "bot": {"workspace_id": make.workspace}}
    bot = NotionBot(server.connection)

    assert bot.identity() == bot.identity()
    assert (bot.identity().id, bot.identity().workspace_id) == (make.bot, make.workspace)
    assert len(server.requests) == 1
