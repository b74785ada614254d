"""Databases with many rows, and properties that ask a question."""

from typing import Any

import httpx
import pytest
from notion_client.errors import APIResponseError

from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.notion.events import Actor, Outbox
from switchboard.local.notion.ids import normal
from switchboard.local.notion.rich_text import text_item
from switchboard.local.notion.seed import BOT, STORIES_SOURCE, Workspace, open_store
from switchboard.local.notion.state import NotionState
from switchboard.local.settings import LocalSettings
from switchboard.tools.notion.adapters.notion_client import NotionClientApi
from switchboard.tools.notion.row_tables import LoadTable
from switchboard.tools.notion.sql_tables import SqlTables

RELATION = {"data_source_id": STORIES_SOURCE, "single_property": {}}
ROWS = 250
PROPERTIES: dict[str, Any] = {
    "Title": {"title": {}},
    "Respondent": {"rich_text": {}},
    "Demo Deck": {"relation": RELATION},
    "User Story": {"relation": RELATION},
    "Overall Rating": {"number": {"format": "number"}, "description": "1 (poor) to 5 (excellent)"},
    "Clarity Rating": {"number": {}},
    "Desirability Rating": {"number": {}},
    "Open Feedback": {"rich_text": {}},
    "Would Use": {"select": {"options": [{"name": name} for name in ("Yes", "No", "Maybe")]}},
    "Top Concern": {"rich_text": {}},
    "Submitted At": {"date": {}},
}


@pytest.fixture(scope="module")
def story(board: LocalWorkspace) -> str:
    """A story's page."""
    return str(board.create_story("Find products faster", "text")["id"])


@pytest.fixture(scope="module")
def feedback(notion: Any, story: str) -> tuple[str, str]:
    """The ids of a feedback database and its data source, below the story."""
    made = notion.databases.create(
        parent={"type": "page_id", "page_id": story},
        title=[{"text": {"content": "Feedback"}}],
        initial_data_source={"properties": PROPERTIES},
    )
    return made["id"], made["data_sources"][0]["id"]


@pytest.fixture(scope="module")
def rows(settings: LocalSettings, feedback: tuple[str, str]) -> list[str]:
    """The ids of many answers, put there without events; the second one is in the trash."""
    store = open_store(settings)
    state = NotionState(store, Outbox(store), settings.notion_url)
    database_id, source_id = feedback
    columns = {column.name: column.raw_id for column in state.columns(source_id)}
    parent = {
        "type": "data_source_id",
        "data_source_id": source_id,
        "database_id": database_id,
    }
    made: list[str] = []
    with store.transaction():
        for number in range(ROWS):
            values = {
                columns["Title"]: [text_item(f"Answer {number}")],
                columns["Overall Rating"]: number % 5 + 1,
            }
            row = state.born(Actor(BOT, "bot"), parent=parent, values=values)
            row["in_trash"] = number == 1
            state.save_page(row)
            made.append(row["id"])
    store.close()
    return made


@pytest.mark.requirement("DAT-09", "C")
def test_the_eleven_properties_are_served_with_types_relations_and_questions(
    notion: Any, feedback: tuple[str, str]
) -> None:
    source = notion.data_sources.retrieve(data_source_id=feedback[1])

    shown = source["properties"]
    kinds = {
        name: next(k for k in given if k != "description") for name, given in PROPERTIES.items()
    }
    assert {name: item["type"] for name, item in shown.items()} == kinds
    assert shown["User Story"]["relation"]["data_source_id"] == STORIES_SOURCE
    assert shown["Overall Rating"]["description"] == "1 (poor) to 5 (excellent)"
    assert shown["Clarity Rating"]["description"] is None


def test_an_answer_is_related_to_story_and_deck(
    notion: Any, feedback: tuple[str, str], story: str
) -> None:
    row = notion.pages.create(
        parent={"data_source_id": feedback[1]},
        properties={
            "Title": {"title": [{"text": {"content": "Good"}}]},
            "User Story": {"relation": [{"id": story}]},
            "Would Use": {"select": {"name": "Maybe"}},
            "Submitted At": {"date": {"start": "2026-11-05"}},
        },
    )

    assert row["properties"]["User Story"]["relation"] == [{"id": story}]
    notion.pages.update(page_id=row["id"], in_trash=True)


def test_thousands_of_rows_are_walked_through_in_portions(
    notion: Any, feedback: tuple[str, str], rows: list[str]
) -> None:
    found: list[str] = []
    cursor: str | None = None
    while True:
        more = {"start_cursor": cursor} if cursor else {}
        answer = notion.data_sources.query(data_source_id=feedback[1], page_size=100, **more)
        found += [row["id"] for row in answer["results"]]
        cursor = answer["next_cursor"]
        if not answer["has_more"]:
            break

    assert found == [rows[0], *rows[2:]]


def test_the_gateway_s_tool_counts_all_rows_in_sql(
    settings: LocalSettings, workspace: Workspace, feedback: tuple[str, str], rows: list[str]
) -> None:
    name = f"collection://{feedback[1]}"
    with httpx.Client() as http:
        api = NotionClientApi(
            settings.notion_url, lambda: workspace.token, http, lambda _: None, lambda: 0.0
        )
        tables = SqlTables([LoadTable(api)(name, feedback[1])], lambda: 0.0)

    query = f'SELECT "Overall Rating" AS r, COUNT(*) AS n FROM "{name}" GROUP BY r ORDER BY r'
    found = tables.query(query).rows

    each = ROWS // 5
    counts = [each, each - 1, each, each, each]
    assert found == [{"r": rating, "n": n} for rating, n in enumerate(counts, start=1)]


def test_a_filter_sees_all_rows(notion: Any, feedback: tuple[str, str], rows: list[str]) -> None:
    best = {"property": "Overall Rating", "number": {"equals": 5}}

    answer = notion.data_sources.query(data_source_id=feedback[1], filter=best, page_size=100)

    assert len(answer["results"]) == len(rows) / 5


@pytest.mark.parametrize("cursor", ["1f0e0000-0000-4000-8000-00000000000f", "nonsense"])
def test_a_cursor_that_is_none_of_ours_is_refused(
    notion: Any, feedback: tuple[str, str], cursor: str
) -> None:
    with pytest.raises(APIResponseError, match="start_cursor"):
        notion.data_sources.query(data_source_id=feedback[1], start_cursor=cursor)


def test_nothing_is_made_below_a_page_in_the_trash(notion: Any, board: LocalWorkspace) -> None:
    page = board.create_story("Deleted", "text")["id"]
    notion.pages.update(page_id=page, in_trash=True)

    title = {"title": {"title": [{"text": {"content": "x"}}]}}
    with pytest.raises(APIResponseError, match="archived"):
        notion.pages.create(parent={"page_id": page}, properties=title)


def test_people_see_what_a_column_asks_for(
    settings: LocalSettings, feedback: tuple[str, str], rows: list[str]
) -> None:
    page = httpx.get(f"{settings.notion_url}/d/{normal(feedback[0], 'id').replace('-', '')}")

    assert "1 (poor) to 5 (excellent)" in page.text
    assert "Answer 249" in page.text
