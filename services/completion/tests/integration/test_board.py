"""The same questions to the board in memory and to the one on Notion."""

from decimal import Decimal
from typing import Any

import pytest

from switchboard.completion.domain.model import Mention, Page, StoryLink, Text
from switchboard.completion.domain.ports import NotThereError, ValueRefusedError

STORY = Page(
    "story",
    "https://www.notion.so/story",
    "Apply discount codes",
    {"Name": "Apply discount codes", "Status": "Generate Code", "Last Result": ""},
    {"Name": "title", "Status": "status", "Last Result": "rich_text"},
)
COLUMNS = {
    "Name": "title",
    "Invocation": "rich_text",
    "Status": "select",
    "Cost USD": "number",
    "Story": "relation",
}
ROW = {
    "Name": "code: Apply",
    "Invocation": "01A",
    "Status": "running",
    "Cost USD": Decimal("0.01"),
    "Story": StoryLink("story", "https://www.notion.so/story"),
    "No such column": "x",
}


@pytest.fixture(autouse=True)
def seeded(side: Any) -> None:
    side.seed_page(STORY, "# Body", {"Generate Code", "Code Generated"})
    side.seed_dashboard("dash", COLUMNS)


def test_a_page_is_read_with_title_status_url_and_body(side: Any) -> None:
    page = side.board.page("story")

    assert page == STORY
    assert page.status == "Generate Code"
    assert side.board.markdown("story") == "# Body"


def test_only_properties_the_page_has_are_written(side: Any) -> None:
    values = {"Last Result": (Text("done"),), "Status": "Code Generated", "Artifacts": "https://x"}

    side.board.write(side.board.page("story"), values)

    after = side.board.page("story")
    assert after.properties["Last Result"] == "done"
    assert after.status == "Code Generated"
    assert "Artifacts" not in after.properties


def test_an_unknown_status_is_refused_and_nothing_else_of_that_write_happens(side: Any) -> None:
    page = side.board.page("story")

    with pytest.raises(ValueRefusedError):
        side.board.write(page, {"Last Result": (Text("done"),), "Status": "Failed"})

    assert side.board.page("story") == STORY


def test_a_write_of_nothing_the_page_has_is_no_write(side: Any) -> None:
    side.board.write(side.board.page("story"), {"Elsewhere": "x"})

    assert side.board.page("story") == STORY


def test_a_comment_is_found_again_by_its_mark_among_many(side: Any) -> None:
    for number in range(5):
        side.board.comment_once("story", f"Ref {number}/x", (Text(f"hello {number}"),))

    first = side.board.comment_once("story", "Ref 4/x", (Text("again"),))
    second = side.board.comment_once("story", "Ref 4/x", (Mention("ada"), Text("again")))

    assert first == second
    assert len(side.comments("story")) == 5
    assert side.comments("story")[4] == "hello 4\nRef 4/x"


def test_an_invocation_has_one_row_however_often_it_is_put(side: Any) -> None:
    first = side.board.put_row("dash", "01A", ROW)
    second = side.board.put_row("dash", "01A", {**ROW, "Status": "completed"})
    side.board.put_row("dash", "01B", {**ROW, "Invocation": "01B"})

    assert first == second == side.board.find_row("dash", "01A")
    assert side.row_statuses("dash") == ["completed", "running"]
    assert side.board.find_row("dash", "01C") is None


def test_what_is_not_there_says_so(side: Any) -> None:
    with pytest.raises(NotThereError):
        side.board.page("gone")
    with pytest.raises(NotThereError):
        side.board.markdown("gone")
    with pytest.raises(NotThereError):
        side.board.comment_once("gone", "Ref", (Text("x"),))
    with pytest.raises(NotThereError):
        side.board.put_row("gone", "01A", ROW)
