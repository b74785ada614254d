"""The workspace every local run starts with."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.notion.seed import STATUSES, Workspace, seed_workspace
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


def test_the_stories_have_every_status(notion: Any, workspace: Workspace) -> None:
    source = notion.data_sources.retrieve(workspace.stories_data_source_id)

    options = source["properties"]["Status"]["status"]["options"]
    assert tuple(option["name"] for option in options) == STATUSES


def test_the_client_names_what_is_missing_before_the_seed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        LocalWorkspace.of(LocalSettings(home=tmp_path))
