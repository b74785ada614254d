"""What only the real board has to put up with: limits, lost answers, strange users."""

from typing import Any

import httpx
import pytest

from switchboard.completion.domain.model import Mention, Page, Text
from switchboard.completion.domain.ports import BoardUnavailableError, NotThereError

STORY = Page("story", "https://www.notion.so/story", "T", {}, {"Name": "title"})


@pytest.fixture(autouse=True)
def seeded(notion: Any) -> None:
    notion.seed_page(STORY, "body", set())
    notion.seed_dashboard("dash", {"Name": "title", "Invocation": "rich_text", "Status": "select"})


def test_every_call_names_the_api_version_and_carries_the_token(notion: Any) -> None:
    notion.board.page("story")

    (_, path, headers) = notion.double.requests[0]
    assert path == "/v1/pages/story"
    assert headers["notion-version"] == "2026-03-11"
    assert headers["authorization"] == "Bearer token-1"


@pytest.mark.requirement("ERR-03", "F")
@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_a_busy_notion_is_asked_again_after_the_time_it_asks_for(notion: Any, status: int) -> None:
    notion.double.troubles = [(status, {"Retry-After": "3"}), (status, {})]

    assert notion.board.markdown("story") == "body"

    assert notion.slept == [3.0, 0.5]


@pytest.mark.requirement("ERR-03", "F")
def test_after_five_retries_the_queue_tries_later(notion: Any) -> None:
    notion.double.troubles = [(503, {})] * 6

    with pytest.raises(BoardUnavailableError, match="503"):
        notion.board.page("story")

    assert len(notion.double.requests) == 6
    assert len(notion.slept) == 5


def test_a_retry_after_that_is_no_number_does_not_break_the_retry(notion: Any) -> None:
    notion.double.troubles = [(429, {"Retry-After": "Wed, 04 Feb 2026 12:00:00 GMT"})]

    assert notion.board.markdown("story") == "body"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_not_tried_again_here(notion: Any, status: int) -> None:
    notion.double.troubles = [(status, {})]

    with pytest.raises(BoardUnavailableError, match=str(status)):
        notion.board.page("story")

    assert notion.slept == []


def test_a_connection_that_breaks_is_tried_again(notion: Any) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    notion.board._client.client = httpx.Client(transport=httpx.MockTransport(broken))

    with pytest.raises(BoardUnavailableError, match="no answer"):
        notion.board.page("story")

    assert len(notion.slept) == 5


@pytest.mark.requirement("CMP-10", "F")
def test_a_comment_whose_answer_was_lost_is_not_made_twice(notion: Any) -> None:
    notion.double.lost_answers = [("POST", "/v1/comments")]

    made = notion.board.comment_once("story", "Ref 1/x", (Text("hello"),))

    assert made == "comment-0"
    assert notion.comments("story") == ["hello\nRef 1/x"]


@pytest.mark.requirement("CMP-10", "F")
def test_a_row_whose_answer_was_lost_is_not_made_twice(notion: Any) -> None:
    notion.double.lost_answers = [("POST", "/v1/pages")]
    row = {"Name": "n", "Invocation": "01A", "Status": "running"}

    notion.board.put_row("dash", "01A", row)

    assert notion.row_statuses("dash") == ["running"]


def test_somebody_who_cannot_be_mentioned_does_not_cost_the_comment(notion: Any) -> None:
    notion.double.strangers = {"left-the-company"}

    notion.board.comment_once("story", "Ref 1/x", (Mention("left-the-company"), Text("hello")))

    (comment,) = notion.double.comments
    assert [item["type"] for item in comment["rich_text"]] == ["text", "text"]


def test_a_long_comment_is_cut_into_items_notion_takes(notion: Any) -> None:
    notion.board.comment_once("story", "Ref 1/x", (Text("x" * 5_000),))

    assert notion.comments("story") == ["x" * 5_000 + "\nRef 1/x"]


def test_a_page_in_the_trash_is_gone(notion: Any) -> None:
    notion.double.pages["story"]["in_trash"] = True

    with pytest.raises(NotThereError, match="trash"):
        notion.board.page("story")
