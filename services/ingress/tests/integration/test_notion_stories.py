"""Stories in memory and stories in Notion answer alike; Notion's limits and refusals beside."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from notion_client import Client

from switchboard.events.project import ProjectConfiguredV1
from switchboard.ingress.adapters.memory import MemoryPages
from switchboard.ingress.adapters.memory_stories import MemoryStories
from switchboard.ingress.adapters.notion import NOTION_VERSION, NotionConnection, Pace
from switchboard.ingress.adapters.notion_stories import NotionStories
from switchboard.ingress.domain.ports import NotionUnavailableError, Stories, StoryRefusedError
from switchboard.ingress.domain.story_draft import StoryDraft, draft_from


@dataclass(frozen=True)
class Board:
    stories: Stories
    pages: Callable[[], int]


@pytest.fixture
def over_http(notion: Any) -> Any:
    """The adapter over a client that reaches the stand-in; it never really waits."""

    def connect() -> Client:
        return Client(auth="t", base_url=notion.url, notion_version=NOTION_VERSION, retry=False)

    pace = Pace(lambda _seconds: None, lambda: 0.0, lambda: 1.0)
    connection = NotionConnection(connect, pace, Logger(service="test-stories"))
    yield NotionStories(connection)
    connection.close()


@pytest.fixture(params=["memory", "notion"])
def board(request: pytest.FixtureRequest, world: Any) -> Board:
    if request.param == "memory":
        stories = MemoryStories(MemoryPages(), world.clock, frozenset({"To Do", "Generate Code"}))
        return Board(stories, lambda: len(stories.pages.pages))
    notion = request.getfixturevalue("notion")
    return Board(request.getfixturevalue("over_http"), lambda: len(notion.made))


@pytest.fixture
def project(world: Any) -> ProjectConfiguredV1:
    world.configure()
    found: ProjectConfiguredV1 = world.table.projects["proj-demo"].configuration
    return found


@pytest.fixture
def draft(make: Any) -> StoryDraft:
    return draft_from(make.ticket().data, "Generate Code")


def test_a_story_is_a_page_with_its_title_status_and_ticket(
    board: Board, project: ProjectConfiguredV1, draft: StoryDraft, make: Any
) -> None:
    page = board.stories.ensure(project, draft)

    assert page.title == "Discount code SAVE10 is ignored at checkout"
    assert (page.text("Status"), page.text("Ticket")) == ("Generate Code", make.ticket_id)
    assert make.stories in page.parent_ids
    assert page.url
    assert not page.in_trash


def test_the_story_of_a_ticket_is_made_once(
    board: Board, project: ProjectConfiguredV1, draft: StoryDraft, make: Any
) -> None:
    first = board.stories.ensure(project, draft)
    other = draft_from(make.ticket(ticket_id="INC0000023").data, "To Do")

    assert board.stories.ensure(project, draft) == first
    assert board.stories.ensure(project, other).id != first.id
    assert board.pages() == 2


def test_a_status_the_board_does_not_have_is_refused(
    board: Board, project: ProjectConfiguredV1, make: Any
) -> None:
    with pytest.raises(StoryRefusedError, match="'Someday'") as refused:
        board.stories.ensure(project, draft_from(make.ticket().data, "Someday"))

    assert refused.value.remediation
    assert board.pages() == 0


def test_what_a_caller_said_is_text_of_a_quotation_block(
    over_http: NotionStories, notion: Any, project: ProjectConfiguredV1, make: Any
) -> None:
    said = "**bold** [link](https://x.test)\n## Heading\n- [ ] item"

    over_http.ensure(project, draft_from(make.ticket(issue_description=said).data, "To Do"))

    (page,) = notion.made
    quotes = [block for block in page["children"] if block["type"] == "quote"]
    assert [block["quote"]["rich_text"] for block in quotes] == [
        [{"type": "text", "text": {"content": line}}] for line in said.splitlines()
    ]
    kinds = [block["type"] for block in page["children"]]
    assert (kinds.count("heading_2"), kinds[-1]) == (2, "to_do")


@pytest.mark.parametrize(
    "text", ["😀" * 9_000, "é" * 10_000, "a" + "😀" * 1_000, "line\n" * 900, "word " * 9_000]
)
def test_no_text_is_longer_than_notion_takes(
    over_http: NotionStories, notion: Any, project: ProjectConfiguredV1, make: Any, text: str
) -> None:
    ticket = make.ticket(issue_description=text, short_description=text).data

    over_http.ensure(project, draft_from(ticket, "To Do"))

    assert len(notion.made) == 1


def test_a_page_whose_creation_was_never_answered_is_found_by_the_next_try(
    over_http: NotionStories, notion: Any, project: ProjectConfiguredV1, draft: StoryDraft
) -> None:
    notion.lost = 1

    page = over_http.ensure(project, draft)

    assert [made["id"] for made in notion.made] == [page.id]


def test_a_project_that_names_its_database_only_is_served_from_its_first_data_source(
    over_http: NotionStories, notion: Any, project: ProjectConfiguredV1, draft: StoryDraft
) -> None:
    named = project.model_copy(update={"notion_data_source_id": None})

    page = over_http.ensure(named, draft)

    assert project.notion_data_source_id in page.parent_ids


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"Ticket": None}, "text property named Ticket"),
        ({"Ticket": {"type": "number", "number": {}}}, "text property named Ticket"),
        ({"Status": None}, "no Status property"),
        ({"Status": {"type": "rich_text", "rich_text": {}}}, "no Status property"),
    ],
)
def test_a_board_that_lacks_a_property_is_refused_by_name(
    over_http: NotionStories,
    notion: Any,
    project: ProjectConfiguredV1,
    draft: StoryDraft,
    columns: dict[str, Any],
    problem: str,
) -> None:
    known = notion.columns[project.notion_data_source_id]
    notion.columns[project.notion_data_source_id] = {
        name: column for name, column in {**known, **columns}.items() if column
    }

    with pytest.raises(StoryRefusedError, match=problem) as refused:
        over_http.ensure(project, draft)

    assert "send the event again" in refused.value.remediation
    assert notion.made == []


@pytest.mark.parametrize("kind", ["select", "status"])
def test_a_renamed_status_and_a_select_are_served(
    over_http: NotionStories,
    notion: Any,
    project: ProjectConfiguredV1,
    draft: StoryDraft,
    kind: str,
) -> None:
    known = dict(notion.columns[project.notion_data_source_id])
    column = known.pop("Status")
    name = "Stage" if kind == "status" else "Status"
    options = column["status"] if kind == "status" else {"options": []}
    known[name] = {"id": "st", "name": name, "type": kind, kind: options}
    notion.columns[project.notion_data_source_id] = known

    assert over_http.ensure(project, draft).text(name) == "Generate Code"


def test_stories_that_are_not_shared_with_us_are_refused_with_a_remedy(
    over_http: NotionStories, project: ProjectConfiguredV1, draft: StoryDraft, notion: Any
) -> None:
    notion.columns.clear()

    with pytest.raises(StoryRefusedError, match="404") as refused:
        over_http.ensure(project, draft)

    assert "shared with the integration" in refused.value.remediation


def test_a_notion_that_is_down_is_left_to_the_queue(
    over_http: NotionStories, notion: Any, project: ProjectConfiguredV1, draft: StoryDraft
) -> None:
    notion.failures = [503] * 6

    with pytest.raises(NotionUnavailableError):
        over_http.ensure(project, draft)
    assert notion.made == []
