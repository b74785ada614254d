"""Notion and GitHub misbehave; the work arrives all the same, once."""

import subprocess
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from switchboard.local.journey import Journey
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.settings import LocalSettings

Travel = Callable[..., Journey]


@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_a_story_arrives_although_notion_refuses_a_few_times(
    travel: Travel, board: LocalWorkspace, status: int
) -> None:
    board.fail_next(count=2, status=status, retry_after=1, path_contains="/v1/pages/")

    journey = travel(f"Notion says {status}", trigger="Generate Prototype")

    assert journey.terminal_status == "completed", journey.ended
    assert [e["detail-type"] for e in journey.events].count("InvocationRequested.v1") == 1
    assert len(board.comments(journey.page_id)) == 1


def test_a_lost_answer_of_notion_does_not_double_the_comment(
    travel: Travel, board: LocalWorkspace
) -> None:
    board.fail_next(count=1, status=500, path_contains="/v1/comments", lose_answer=True)

    journey = travel("Lost answer", trigger="Generate Prototype")

    assert journey.terminal_status == "completed", journey.ended
    assert len(board.comments(journey.page_id)) == 1


@pytest.mark.requirement("ERR-06", "F")
def test_a_pull_request_is_opened_although_github_fails_once(
    travel: Travel, settings: LocalSettings
) -> None:
    fault = {"count": 1, "status": 502, "path_contains": "/pulls"}
    httpx.post(f"{settings.github_url}/_local/faults", json=fault).raise_for_status()

    journey = travel("GitHub stumbles")

    assert journey.terminal_status == "completed", journey.ended


def test_a_branch_that_exists_already_is_used_and_not_an_error(
    travel: Travel, settings: LocalSettings
) -> None:
    def make_the_branch_first(journey: Journey, event: dict[str, Any]) -> None:
        if event["detail-type"] == "InvocationRequested.v1":
            branch = f"switchboard/{journey.invocation_id.lower()}"
            bare = settings.home / "github/repos/acme/storefront.git"
            subprocess.run(["git", "--git-dir", str(bare), "branch", branch, "main"], check=True)

    journey = travel("Branch exists", on_event=make_the_branch_first)

    assert journey.terminal_status == "completed", journey.ended
    assert len(journey.ended["output_artifacts"]) == 1
