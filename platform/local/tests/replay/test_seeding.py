"""The shadow's Notion holds the archived page before anything runs."""

from pathlib import Path

import pytest

from switchboard.local.notion.events import Outbox
from switchboard.local.notion.schema import stored
from switchboard.local.notion.seed import ADA, PROJECT_PAGE, STORIES_SOURCE, open_store
from switchboard.local.notion.shapes import page as shown_page
from switchboard.local.notion.state import NotionState
from switchboard.local.replay.archive import ArchivedPage
from switchboard.local.replay.refusal import ReplayRefusedError
from switchboard.local.replay.seeding import seed, writable
from switchboard.local.settings import LocalSettings

PAGE = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"
LONG = "word " * 1000


def page_of(**properties: object) -> ArchivedPage:
    return ArchivedPage(PAGE, "Codes", {"Name": "Codes", **properties}, "As a shopper I want.")


def shown(settings: LocalSettings, page_id: str) -> dict[str, dict[str, object]]:
    store = open_store(settings)
    state = NotionState(store, Outbox(store), settings.notion_url)
    try:
        found: dict[str, dict[str, object]] = shown_page(state, state.page(page_id))["properties"]
        return found
    finally:
        store.close()


def test_a_page_has_the_archived_id_and_values(tmp_path: Path) -> None:
    settings = LocalSettings(home=tmp_path)
    person = {"people": [{"id": ADA, "name": "Ada Product"}, {"id": "nobody-here"}]}
    page = page_of(**{"Status": "Generate Code", "Acceptance Criteria": LONG, "Assignee": person})

    notes = seed(settings, [page], {})

    values = writable(shown(settings, PAGE))
    assert notes == []
    assert values["Status"] == {"status": {"name": "Generate Code"}}
    assert values["Assignee"] == {"people": [{"id": ADA}]}
    text = "".join(item["text"]["content"] for item in values["Acceptance Criteria"]["rich_text"])
    assert text == LONG


def test_a_property_that_the_seeds_do_not_have_is_named(tmp_path: Path) -> None:
    notes = seed(LocalSettings(home=tmp_path), [page_of(Mood="good", Empty="")], {})

    assert notes == ["the page's property Mood has no place in the shadow"]


def test_a_status_that_the_seeds_do_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReplayRefusedError, match="does not fit the seeded workspace"):
        seed(LocalSettings(home=tmp_path), [page_of(Status="Invent Something")], {})


def test_the_projects_settings_are_those_of_the_first_platform(tmp_path: Path) -> None:
    first, second = LocalSettings(home=tmp_path / "a"), LocalSettings(home=tmp_path / "b")
    seed(first, [], {"Chain": {"select": {"name": "story-to-mock-to-deck"}}})

    seed(second, [], writable(shown(first, PROJECT_PAGE)))

    assert shown(second, PROJECT_PAGE) == shown(first, PROJECT_PAGE)


def test_nobody_is_told_of_the_seeded_page(tmp_path: Path) -> None:
    settings = LocalSettings(home=tmp_path)
    seed(settings, [page_of()], {})

    store = open_store(settings)
    source = store.get("data_source", STORIES_SOURCE) or {}

    assert Outbox(store).deliveries() == []
    assert {stored(column).name for column in source["columns"]} >= {"Status", "Ticket"}
    store.close()
