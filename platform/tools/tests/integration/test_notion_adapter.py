"""notion-client against a scripted server: version, retries, error codes."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from switchboard.tools.errors import ToolError
from switchboard.tools.notion.adapters.notion_client import NotionClientApi
from switchboard.tools.notion.errors import NotFoundError

GET = "GET /v1/pages/p"
CREATE = "POST /v1/pages"


def _error(code: str) -> dict[str, Any]:
    return {"object": "error", "code": code, "message": f"it is {code}"}


@pytest.fixture
def api(server: Any, clock: Any) -> Iterator[NotionClientApi]:
    with httpx.Client() as http:
        yield NotionClientApi(server.url, lambda: "ntn_local", http, clock.sleep, lambda: 1.0)


def test_requests_carry_the_token_and_the_version_of_the_api(
    server: Any, api: NotionClientApi
) -> None:
    server.on(GET, 200, {"id": "p"})

    assert api.get("pages/p") == {"id": "p"}
    assert server.headers[0]["notion-version"] == "2026-03-11"
    assert server.headers[0]["authorization"] == "Bearer ntn_local"


@pytest.mark.requirement("ERR-03", "F")
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (429, "rate_limited"),
        (500, "internal_server_error"),
        (503, "service_unavailable"),
        (529, "service_overload"),
    ],
)
def test_limits_and_server_errors_are_retried_five_times_with_growing_waits(
    status: int, code: str, server: Any, api: NotionClientApi, clock: Any
) -> None:
    for _ in range(5):
        server.on(GET, status, _error(code))
    server.on(GET, 200, {"id": "p"})

    assert api.get("pages/p") == {"id": "p"}
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0]


@pytest.mark.requirement("ERR-03", "F")
def test_retry_after_is_obeyed(server: Any, api: NotionClientApi, clock: Any) -> None:
    server.on(GET, 429, _error("rate_limited"), Retry_After="7").on(GET, 200, {"id": "p"})

    api.get("pages/p")

    assert clock.slept == [7.0]


@pytest.mark.requirement("ERR-03", "F")
def test_the_wait_has_jitter(server: Any, clock: Any) -> None:
    server.on(GET, 503, _error("service_unavailable")).on(GET, 200, {"id": "p"})
    with httpx.Client() as http:
        NotionClientApi(server.url, lambda: "t", http, clock.sleep, lambda: 0.0).get("pages/p")

    assert clock.slept == [0.25]


@pytest.mark.requirement("GTW-08", "F")
@pytest.mark.parametrize(
    ("status", "code", "tool_code"),
    [
        (401, "unauthorized", "TOOL_AUTH_FAILED"),
        (403, "restricted_resource", "TOOL_AUTH_FAILED"),
        (400, "validation_error", "INVALID_ARGUMENTS"),
        (409, "conflict_error", "INVALID_ARGUMENTS"),
    ],
)
def test_what_a_retry_cannot_help_is_reported_at_once(
    status: int, code: str, tool_code: str, server: Any, api: NotionClientApi, clock: Any
) -> None:
    server.on(GET, status, _error(code))

    with pytest.raises(ToolError) as caught:
        api.get("pages/p")

    assert caught.value.code == tool_code
    assert clock.slept == []


@pytest.mark.requirement("GTW-08", "F")
@pytest.mark.parametrize("status", [429, 529])
def test_a_limit_that_does_not_end_gives_its_code(
    status: int, server: Any, api: NotionClientApi
) -> None:
    server.on(GET, status, _error("rate_limited"))

    with pytest.raises(ToolError) as caught:
        api.get("pages/p")

    assert caught.value.code == "TOOL_RATE_LIMITED"
    assert len(server.requests) == 6


def test_a_very_long_pause_is_left_to_the_agent(
    server: Any, api: NotionClientApi, clock: Any
) -> None:
    server.on(GET, 429, _error("rate_limited"), Retry_After="600")

    with pytest.raises(ToolError) as caught:
        api.get("pages/p")

    assert caught.value.code == "TOOL_RATE_LIMITED"
    assert clock.slept == []


def test_an_unknown_object_is_told_apart(server: Any, api: NotionClientApi) -> None:
    server.on(GET, 404, _error("object_not_found"))

    with pytest.raises(NotFoundError):
        api.get("pages/p")


@pytest.mark.requirement("NEW-10", "F")
def test_a_page_made_before_a_server_error_is_found_not_made_again(
    server: Any, api: NotionClientApi
) -> None:
    server.on(CREATE, 500, _error("internal_server_error"))

    made = api.create("pages", {}, lambda: {"id": "made"})

    assert made == {"id": "made"}
    assert server.asked().count(CREATE) == 1


def test_a_limit_promises_that_nothing_was_made_so_nobody_looks(
    server: Any, api: NotionClientApi
) -> None:
    server.on(CREATE, 429, _error("rate_limited")).on(CREATE, 200, {"id": "new"})

    made = api.create("pages", {}, lambda: pytest.fail("must not look"))

    assert made == {"id": "new"}


def test_a_server_that_cannot_be_reached_is_reported(clock: Any) -> None:
    with httpx.Client() as http:
        api = NotionClientApi("http://127.0.0.1:9", lambda: "t", http, clock.sleep, lambda: 1.0)
        with pytest.raises(ToolError, match="did not answer") as caught:
            api.patch("pages/p", {})

    assert caught.value.code == "TOOL_FAILED"
    assert len(clock.slept) == 5
