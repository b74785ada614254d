"""What the archive does not hold is read from the page, unless it is another one by now."""

from types import SimpleNamespace as Tale
from typing import Any

import pytest

from switchboard.local.notion.client import LocalWorkspaceError
from switchboard.local.replay.archive import ArchivedPage, archived
from switchboard.local.replay.living import Living
from switchboard.local.replay.refusal import ReplayRefusedError


class Board:
    """One page; `status` None stands for a page that is not there."""

    def __init__(self, status: str | None, *, in_trash: bool = False) -> None:
        self.status = status
        self.in_trash = in_trash

    def page(self, page_id: str) -> dict[str, Any]:
        if self.status is None:
            raise LocalWorkspaceError(f"{page_id}: 404")
        title = {"type": "title", "title": [{"plain_text": "Codes"}]}
        status = {"type": "status", "status": {"name": self.status}}
        return {"properties": {"Name": title, "Status": status}, "in_trash": self.in_trash}

    def markdown(self, _page_id: str) -> str:
        return "As a shopper I want."


@pytest.fixture
def refused(tale: Tale, make: Any) -> Any:
    """The pages of a flow whose request was refused, read from this board."""
    no = make(
        "TriggerRejected.v1",
        "no",
        "changed",
        1,
        notion_page_id=tale.page,
        trigger_value="Generate Code",
        code="STORY_EMPTY",
    )

    def read(board: Board) -> list[ArchivedPage]:
        flow = archived(tale.flow, [tale.changed(), no])
        return Living(None, board).pages(flow)  # type: ignore[arg-type]

    return read


def test_a_refused_page_is_taken_as_it_is(refused: Any) -> None:
    (page,) = refused(Board("Generate Code"))

    assert page.title == "Codes"
    assert page.properties["Status"] == "Generate Code"
    assert page.markdown == "As a shopper I want."


@pytest.mark.parametrize(
    ("board", "why"),
    [
        (Board(None), "cannot be read any more"),
        (Board("Generate Code", in_trash=True), "was deleted since"),
        (Board("Done"), "was changed since: its Status is 'Done'"),
    ],
)
def test_a_page_that_is_gone_or_another_one_is_refused(
    refused: Any, board: Board, why: str
) -> None:
    with pytest.raises(ReplayRefusedError, match=why) as error:
        refused(board)

    assert "hatch run story" in error.value.remedy


def test_a_page_of_which_the_archive_has_a_copy_is_not_asked_for(
    tale: Tale, story: list[dict[str, Any]]
) -> None:
    (page,) = Living(None, Board(None)).pages(archived(tale.flow, story))  # type: ignore[arg-type]

    assert page.page_id == tale.page
