"""The workspace every local run starts with."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.notion import shapes
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.notion.events import Outbox
from switchboard.local.notion.ids import property_id
from switchboard.local.notion.seed import (
    PROJECT_PAGE,
    PROJECTS_SOURCE,
    STATUSES,
    STORIES_SOURCE,
    Workspace,
    open_store,
    seed_workspace,
)
from switchboard.local.notion.state import NotionState
from switchboard.local.settings import LocalSettings


def test_seeding_again_changes_nothing(tmp_path: Path) -> None:
    settings = LocalSettings(home=tmp_path)

    first = seed_workspace(settings)
    second = seed_workspace(settings)

    assert first == second == Workspace.read(settings.folder.notion_workspace)
    assert stat.S_IMODE(settings.folder.notion_workspace.stat().st_mode) == 0o600
    assert json.loads(settings.folder.notion_workspace.read_text())["project_id"] == "proj-demo"


def test_the_project_page_carries_the_configuration(
    board: LocalWorkspace, workspace: Workspace
) -> None:
    properties = board.page(workspace.project_page_id)["properties"]

    assert properties["Name"]["title"][0]["plain_text"] == "proj-demo"
    assert properties["GitHub Repo"]["rich_text"][0]["plain_text"] == "acme/storefront"
    assert properties["Branch Strategy"]["select"]["name"] == "feature-branch"
    assert properties["Chain"]["select"]["name"] == "story-to-code"
    assert properties["Cost Limit Per Invocation"]["number"] == 2
    assert properties["Cost Limit Per Month"]["number"] == 50
    assert properties["Owners"]["people"][0]["name"] == "Owen Owner"
    assert properties["Defect Status"]["rich_text"][0]["plain_text"] == "Generate Code"


def older(settings: LocalSettings, *, renamed: dict[str, str]) -> None:
    """Make the workspace what an earlier release had made: two columns and a value less."""
    store = open_store(settings)
    for source_id, lacking in ((STORIES_SOURCE, "Ticket"), (PROJECTS_SOURCE, "Defect Status")):
        source = store.get("data_source", source_id)
        assert source is not None
        kept = [column for column in source["columns"] if column["name"] != lacking]
        source["columns"] = [{**c, "name": renamed.get(c["name"], c["name"])} for c in kept]
        store.put("data_source", source_id, source, source["database_id"])
    project = store.get("page", PROJECT_PAGE)
    assert project is not None
    parent = project["parent"]
    lost = property_id(PROJECTS_SOURCE, "Defect Status")
    values = {key: value for key, value in project["values"].items() if key != lost}
    store.put("page", PROJECT_PAGE, {**project, "values": values}, str(parent[parent["type"]]))
    store.close()


def test_a_workspace_of_an_earlier_release_gets_the_new_columns_and_keeps_the_rest(
    tmp_path: Path,
) -> None:
    settings = LocalSettings(home=tmp_path)
    seed_workspace(settings)
    older(settings, renamed={"Artifacts": "Links"})

    seed_workspace(settings)

    store = open_store(settings)
    state = NotionState(store, Outbox(store), settings.notion_url)
    names = [column.name for column in state.columns(STORIES_SOURCE)]
    assert names[-1] == "Ticket"
    assert names.count("Links") == 1
    assert "Artifacts" not in names
    assert "Defect Status" in [column.name for column in state.columns(PROJECTS_SOURCE)]
    page = shapes.page(state, state.page(PROJECT_PAGE))
    assert page["properties"]["Defect Status"]["rich_text"] == []
    store.close()


def test_the_stories_have_every_status(notion: Any, workspace: Workspace) -> None:
    source = notion.data_sources.retrieve(workspace.stories_data_source_id)

    options = source["properties"]["Status"]["status"]["options"]
    assert tuple(option["name"] for option in options) == STATUSES


def test_the_client_names_what_is_missing_before_the_seed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        LocalWorkspace.of(LocalSettings(home=tmp_path))
