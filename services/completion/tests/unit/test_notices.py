"""A sign of life, refused triggers, and money."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from switchboard.completion.domain.model import Mention
from switchboard.completion.domain.ports import NotThereError, ProjectUnknownError
from switchboard.events.envelope import Event

STORY = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"
DASHBOARD = "1f2e3d4c-5b6a-4798-8f7e-6d5c4b3a2918"
PARENT = "01KGM2T5D0J8Z6Q4XW9R3V7B1C"
OWNER = "b2d0e7a3-4c58-4c7b-8b4f-6e9f3d805c12"
Make = Callable[..., Event[Any]]


def mentioned(comment: Any) -> list[str]:
    return [part.user_id for part in comment.message if isinstance(part, Mention)]


def test_a_request_shows_a_queued_row_and_leaves_the_story_alone(
    world: Any, requested: Make
) -> None:
    story = world.story

    assert world.tell(requested()) == "shown"

    assert world.row(PARENT)["Status"] == "queued"
    assert world.row(PARENT)["Name"] == "mock: Apply discount codes"
    assert world.row(PARENT)["Story"].page_id == STORY
    assert (world.story, world.board.comments) == (story, [])


def test_queued_running_and_completed_are_one_row(
    world: Any, requested: Make, started: Make, ended: Make
) -> None:
    seen = []
    for event in (requested(), started(), ended()):
        world.tell(event)
        seen.append(world.row(PARENT)["Status"])

    assert seen == ["queued", "running", "completed"]
    assert list(world.board.rows) == [(DASHBOARD, PARENT)]


@pytest.mark.parametrize("later", ["started", "ended"])
def test_a_request_that_arrives_after_what_followed_changes_nothing(
    world: Any, requested: Make, later: str, request: pytest.FixtureRequest
) -> None:
    world.tell(request.getfixturevalue(later)())
    row = dict(world.row(PARENT))

    assert world.tell(requested()) == "shown before, or on its way already"

    assert world.row(PARENT) == row


def test_a_request_without_a_project_or_a_dashboard_is_left_to_its_end(
    world: Any, requested: Make
) -> None:
    assert world.tell(requested(project_id="elsewhere")) == "not shown: no such project yet"
    world.board.schemas.clear()

    assert world.tell(requested()) == "shown"

    assert world.board.rows == {}


def test_a_start_shows_a_running_row_and_a_sign_of_life_but_leaves_the_status(
    world: Any, started: Make
) -> None:
    assert world.tell(started()) == "shown"

    assert world.row(PARENT)["Status"] == "running"
    assert world.row(PARENT)["Story"].page_id == STORY
    line = world.story.properties["Last Result"]
    assert line == "Working: mock started 2026-02-04 12:00 UTC"
    assert world.story.status == "Generate Prototype"
    assert world.board.comments == []


def test_the_end_takes_over_the_row_of_the_start(world: Any, started: Make, ended: Make) -> None:
    world.tell(started())
    world.tell(ended())

    assert list(world.board.rows) == [(DASHBOARD, PARENT)]
    assert world.row(PARENT)["Status"] == "completed"


def test_a_start_on_a_page_that_is_gone_is_left_to_the_end_of_the_run(
    world: Any, started: Make
) -> None:
    del world.board.pages[STORY]

    assert world.tell(started()) == "shown"


def test_a_start_without_a_dashboard_still_shows_on_the_story(world: Any, started: Make) -> None:
    world.board.schemas.clear()

    assert world.tell(started()) == "shown"

    assert "Working" in world.story.properties["Last Result"]


def test_a_refused_trigger_is_told_to_who_set_it_with_code_reason_and_remedy(
    world: Any, rejected: Make
) -> None:
    assert world.tell(rejected()) == "told"

    (comment,) = world.board.comments
    assert mentioned(comment) == ["a1c9d6f2-3b47-4b6a-9a3e-5d8e2c7f4b01"]
    assert '"Generate Code" was not started, STORY_EMPTY: The story has no text' in comment.text
    assert "What to do: Describe what is wanted" in comment.text


def test_a_refusal_nobody_asked_for_is_told_to_assignees_then_owners_then_nobody(
    world: Any, rejected: Make
) -> None:
    world.tell(rejected(requested_by=[]))
    world.board.pages[STORY] = replace(world.story, properties={})
    world.tell(rejected(requested_by=[]))
    stranger = rejected(requested_by=[])
    elsewhere = stranger.metadata.model_copy(update={"project_id": "elsewhere"})
    world.tell(stranger.model_copy(update={"metadata": elsewhere}))
    nowhere = rejected(requested_by=[])
    no_project = nowhere.metadata.model_copy(update={"project_id": None})
    world.tell(nowhere.model_copy(update={"metadata": no_project}))

    who = [mentioned(comment) for comment in world.board.comments]
    assert who == [["assignee"], [OWNER], [], []]


def test_a_refusal_on_a_page_that_is_gone_is_told_to_nobody(world: Any, rejected: Make) -> None:
    del world.board.pages[STORY]

    assert world.tell(rejected()) == "told"


def test_owners_hear_of_80_percent_with_limit_spent_and_what_to_do(
    world: Any, budget: Make
) -> None:
    assert world.tell(budget()) == "told"

    (comment,) = world.board.comments
    assert mentioned(comment) == [OWNER]
    assert "2026-02: 80 % reached. $40.12 of $50.00 spent" in comment.text
    assert "$1.00 reserved by work in progress" in comment.text
    assert "New invocations still start" in comment.text
    assert 'raise "Cost Limit Per Month"' in comment.text


def test_owners_hear_at_100_percent_that_new_work_is_blocked(world: Any, budget: Make) -> None:
    world.tell(budget(threshold_percent=100, reserved_usd="0"))

    (comment,) = world.board.comments
    assert "New invocations of this project are blocked." in comment.text
    assert "reserved" not in comment.text


def test_the_same_threshold_reported_twice_is_one_comment(world: Any, budget: Make) -> None:
    world.tell(budget())
    world.tell(budget())

    assert len(world.board.comments) == 1


def test_owners_are_told_on_the_dashboard_row_when_the_story_is_gone(
    world: Any, started: Make, budget: Make
) -> None:
    world.tell(started())
    del world.board.pages[STORY]

    world.tell(budget())

    assert [comment.page_id for comment in world.board.comments] == [f"row-{PARENT}"]


def test_a_warning_that_can_be_written_nowhere_is_an_error(world: Any, budget: Make) -> None:
    del world.board.pages[STORY]

    with pytest.raises(NotThereError):
        world.tell(budget())


def test_a_warning_waits_for_the_configuration_that_names_the_owners(
    world: Any, budget: Make
) -> None:
    with pytest.raises(ProjectUnknownError):
        world.tell(budget(project_id="elsewhere"))
