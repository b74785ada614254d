"""The bundled feedback in a real feedback database, as people fill it in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from notion_client import Client
from notion_client.client import ClientOptions

from switchboard.agents.feedback import STORIES, schema
from switchboard.local.crew.backlog import read_backlog
from switchboard.local.crew.feedback import GiveFeedback
from switchboard.local.notion.app import create_app
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.notion.events import API_VERSION
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.threaded import served


@pytest.fixture
def board(tmp_path: Path) -> Iterator[LocalWorkspace]:
    made: list[LocalSettings] = []

    def build(port: int) -> Any:
        made.append(LocalSettings(home=tmp_path, port_notion=port))
        return create_app(made[0])

    with served(build), LocalWorkspace.of(made[0]) as workspace:
        yield workspace


@pytest.fixture
def notion(board: LocalWorkspace) -> Iterator[Any]:
    """The official Python client, as the tools of demo_deck use Notion."""
    options = ClientOptions(
        auth=board.workspace.token,
        base_url=str(board.http.base_url),
        notion_version=API_VERSION,
    )
    with Client(options) as client:
        yield client


@pytest.mark.requirement("DAT-09", "C")
def test_forty_answers_stand_in_the_database_word_for_word(
    board: LocalWorkspace, notion: Any
) -> None:
    story = str(board.create_story("Book a repair", "As a cyclist")["id"])
    columns = schema()
    for column in columns.values():
        if column["type"] == "relation":
            column["relation"]["data_source_id"] = board.workspace.stories_data_source_id
    assert STORIES not in str(columns)
    database = notion.databases.create(
        parent={"type": "page_id", "page_id": story},
        title=[{"text": {"content": "Feedback"}}],
        initial_data_source={"properties": columns},
    )
    answers = read_backlog()[0].answers

    written = GiveFeedback(board)(database["id"], story, answers)

    source = database["data_sources"][0]["id"]
    rows = notion.data_sources.query(source, page_size=100)["results"]
    assert written == len(rows) == len(answers)
    stored = [_plain(row["properties"]) for row in rows]
    assert stored == [{k: v for k, v in answer.items() if v} for answer in answers]


def _plain(properties: dict[str, Any]) -> dict[str, str]:
    """The properties that people filled in, as they typed them."""
    found = {}
    for name, value in properties.items():
        kind = value["type"]
        if kind in ("title", "rich_text"):
            found[name] = "".join(part["plain_text"] for part in value[kind])
        elif kind == "number" and value[kind] is not None:
            found[name] = str(value[kind])
        elif kind == "select" and value[kind]:
            found[name] = value[kind]["name"]
        elif kind == "date" and value[kind]:
            found[name] = value[kind]["start"]
    return {name: text for name, text in found.items() if text}
