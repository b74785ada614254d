"""How a result reaches the board, the people, and the next step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from switchboard.completion.adapters.memory import MemoryProjects
from switchboard.completion.domain.model import Mention, Project
from switchboard.completion.domain.ports import BoardUnavailableError, ProjectUnknownError
from switchboard.events.envelope import Event
from switchboard.events.values import Artifact

STORY = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"
DASHBOARD = "1f2e3d4c-5b6a-4798-8f7e-6d5c4b3a2918"
PARENT = "01KGM2T5D0J8Z6Q4XW9R3V7B1C"
LATER = "01KGM2T5D9J8Z6Q4XW9R3V7B1C"
Make = Callable[..., Event[Any]]
PROTOTYPE_URL = "https://prototypes.example.com/01KGM2T5D0J8Z6Q4XW9R3V7B1C/index.html"


def mentioned(comment: Any) -> list[str]:
    return [part.user_id for part in comment.message if isinstance(part, Mention)]


def test_a_completed_run_is_on_the_dashboard_with_summary_links_and_cost(
    world: Any, ended: Make
) -> None:
    world.tell(ended())

    row = world.row(PARENT)
    assert (row["Status"], row["Agent"]) == ("completed", "mock")
    assert row["Cost USD"] == Decimal("0.0375")
    assert "Three screens" in row["Summary"]
    assert row["Artifacts"] == "prototype: Discount codes, clickable"
    assert (row["Turns"], row["Duration s"]) == (7, Decimal("71.2"))


def test_the_story_gets_its_completion_status_and_the_first_link(world: Any, ended: Make) -> None:
    world.tell(ended())

    assert world.story.status == "Prototype Ready"
    assert world.story.properties["Artifacts"] == PROTOTYPE_URL
    assert "Cost $0.0375 · 7 turns · 1 min 11 s" in world.story.properties["Last Result"]


def test_the_one_comment_mentions_who_asked_and_says_what_it_cost(world: Any, ended: Make) -> None:
    world.tell(ended())

    (comment,) = world.board.comments
    assert mentioned(comment) == ["a1c9d6f2-3b47-4b6a-9a3e-5d8e2c7f4b01"]
    assert "Cost $0.0375 · 7 turns · 1 min 11 s · offline playbook" in comment.text
    assert f"Invocation {PARENT}" in comment.text
    links = [part.link for part in comment.message if getattr(part, "link", None)]
    assert links == [PROTOTYPE_URL]


def test_without_a_requester_the_assignees_are_mentioned_and_without_those_the_owners(
    world: Any, ended: Make
) -> None:
    world.tell(ended(requested_by=[]))
    world.board.pages[STORY] = replace(world.story, properties={"Status": "Generate Prototype"})
    other = "01KGM2T5D0J8Z6Q4XW9R3V7B1D"
    world.tell(ended(requested_by=[], invocation_id=other))

    assert mentioned(world.board.comments[0]) == ["assignee"]
    assert mentioned(world.board.comments[1]) == ["b2d0e7a3-4c58-4c7b-8b4f-6e9f3d805c12"]


def test_a_failed_run_says_code_message_and_remedy_and_asks_for_no_next_step(
    world: Any, ended: Make
) -> None:
    world.tell(ended("failed"))

    (comment,) = world.board.comments
    assert "failed with BUDGET_EXCEEDED: Monthly budget of $50.00" in comment.text
    assert "What to do: Increase cost_limit_per_month" in comment.text
    assert world.story.status == "Failed"
    assert world.row(PARENT)["Status"] == "failed"
    assert world.published("InvocationRequested.v1") == []


def test_a_failure_without_error_details_still_says_what_to_do(world: Any, ended: Make) -> None:
    world.tell(ended("failed", error=None, error_detail="microVM ended"))

    assert "AGENT_ERROR: microVM ended\nWhat to do: " in world.board.comments[0].text


def test_a_cancelled_run_is_shown_as_cancelled(world: Any, ended: Make) -> None:
    world.tell(ended("cancelled"))

    assert world.story.status == "Cancelled"
    assert "mock was cancelled" in world.board.comments[0].text


def test_a_board_without_the_status_keeps_its_status_and_the_comment_says_so(
    world: Any, ended: Make
) -> None:
    world.board.statuses.discard("Failed")

    assert world.tell(ended("failed")) == "delivered"

    assert world.story.status == "Generate Prototype"
    assert "BUDGET_EXCEEDED" in world.story.properties["Last Result"]
    assert 'has the board an option "Failed"?' in world.board.comments[0].text


def test_a_completion_value_that_is_a_trigger_is_never_written(
    world: Any, ended: Make, project: Callable[..., Project]
) -> None:
    later = project().updated_at.replace(year=2027)
    looping = {"Generate Prototype": "mock", "Prototype Ready": "demo_deck"}
    world.projects.put(project(trigger_map=looping, updated_at=later))

    world.tell(ended())

    assert world.story.status == "Generate Prototype"


def test_a_trigger_that_a_person_set_since_is_left_on_the_board(world: Any, ended: Make) -> None:
    properties = {**world.story.properties, "Status": "Generate Demo Deck"}
    world.board.pages[STORY] = replace(world.story, properties=properties)

    world.tell(ended())

    assert world.story.status == "Generate Demo Deck"
    assert "Three screens" in world.story.properties["Last Result"]


def test_the_card_shows_the_newest_run_in_whatever_order_results_come(
    world: Any, ended: Make
) -> None:
    """Found by the fault simulation: an older result that came late was written over a newer."""
    older = ended("failed")
    later = older.data.created_at + timedelta(seconds=1)
    newer = ended(invocation_id=LATER, created_at=later)

    for event in (newer, older, newer):
        world.tell(event)

    assert world.story.status == "Prototype Ready"
    assert world.story.properties["Last Result"].startswith("mock is done")
    assert len(world.board.comments) == 2
    assert [world.row(one)["Status"] for one in (LATER, PARENT)] == ["completed", "failed"]


def test_a_page_without_our_properties_still_gets_the_comment(world: Any, ended: Make) -> None:
    world.board.pages[STORY] = replace(world.story, properties={}, kinds={"Title": "title"})

    world.tell(ended())

    assert world.story.properties == {}
    assert "Discount codes, clickable" in world.board.comments[0].text


def test_a_malformed_artifact_is_shown_with_its_flaw_and_handed_to_nobody(
    world: Any, ended: Make
) -> None:
    bad = Artifact(type="prototype", url="https://prototypes.example.com/x", title="Half a thing")

    world.tell(ended(output_artifacts=[bad]))

    text = world.board.comments[0].text
    assert "malformed (metadata without a usable cloudfront_url, expiry_days, s3_key)" in text
    assert "Artifacts" not in world.story.properties
    (request,) = world.published("InvocationRequested.v1")
    assert request.parent_artifacts == []


def test_a_project_without_a_dashboard_gets_no_row(
    world: Any, ended: Make, project: Callable[..., Project]
) -> None:
    later = project().updated_at.replace(year=2027)
    world.projects.put(project(notion_dashboard_data_source_id=None, updated_at=later))

    assert world.tell(ended()) == "delivered"

    assert world.board.rows == {}


def test_a_delivery_says_which_row_comment_and_next_step_it_made(world: Any, ended: Make) -> None:
    world.tell(ended())

    (delivered,) = world.published("InvocationDelivered.v1")
    (request,) = world.published("InvocationRequested.v1")
    assert delivered.status == "completed"
    assert delivered.dashboard_page_id == f"row-{PARENT}"
    assert delivered.comment_id == "comment-0"
    assert delivered.next_invocation_id == request.invocation_id
    assert f"Next: demo_deck (invocation {request.invocation_id})" in world.board.comments[0].text


def test_events_of_an_unknown_project_wait_for_its_configuration(
    world: Any, ended: Make, started: Make
) -> None:
    for event in (ended(project_id="elsewhere"), started(project_id="elsewhere")):
        with pytest.raises(ProjectUnknownError, match="elsewhere"):
            world.tell(event)

    assert world.board.comments == []


@pytest.mark.requirement("CMP-09", "F")
def test_a_deleted_page_is_given_up_at_once_and_the_dashboard_still_tells_the_end(
    world: Any, ended: Make
) -> None:
    del world.board.pages[STORY]

    assert world.tell(ended()) == "DELIVERY_FAILED"

    (failed,) = world.published("DeliveryFailed.v1")
    assert failed.error.code == "DELIVERY_FAILED"
    assert STORY in failed.error.message
    assert world.row(PARENT)["Status"] == "completed"
    assert "Story" not in world.row(PARENT)
    assert world.published("InvocationDelivered.v1") == []
    assert world.published("InvocationRequested.v1") == []


@pytest.mark.requirement("CMP-09", "F")
def test_a_dashboard_that_is_gone_is_reported_but_keeps_nothing_from_the_story(
    world: Any, ended: Make
) -> None:
    world.board.schemas.clear()

    world.tell(ended())

    (failed,) = world.published("DeliveryFailed.v1")
    assert failed.error.code == "DELIVERY_FAILED"
    assert DASHBOARD in failed.error.message
    assert len(world.board.comments) == 1
    assert len(world.published("InvocationRequested.v1")) == 1
    assert world.published("InvocationDelivered.v1") == []


@pytest.mark.requirement("CMP-09", "F")
def test_a_chain_that_would_never_end_delivers_the_result_and_fails_as_a_chain(
    world: Any, ended: Make, project: Callable[..., Project]
) -> None:
    later = project().updated_at.replace(year=2027)
    loop = ["mock", "demo_deck", "mock"]
    world.projects.put(project(agent_chain_template="custom", chain_steps=loop, updated_at=later))

    assert world.tell(ended()) == "CHAIN_FAILED"

    (failed,) = world.published("DeliveryFailed.v1")
    assert failed.error.code == "CHAIN_FAILED"
    assert "repeats a step" in failed.error.message
    result, chain = world.board.comments
    assert "Three screens" in result.text
    assert "CHAIN_FAILED" in chain.text
    assert world.published("InvocationRequested.v1") == []


@pytest.mark.requirement("CMP-09", "F")
def test_the_last_failed_try_is_published_and_a_later_redrive_still_delivers(
    world: Any, ended: Make
) -> None:
    event = ended()

    world.give_up(event, BoardUnavailableError("PATCH pages: 503"))
    world.give_up(event, BoardUnavailableError("PATCH pages: 503"))

    (failed,) = world.published("DeliveryFailed.v1")
    assert (failed.invocation_id, failed.error.code) == (PARENT, "DELIVERY_FAILED")
    assert "503" in failed.error.message
    assert world.tell(event) == "delivered"
    assert len(world.published("InvocationDelivered.v1")) == 1


def test_giving_up_after_another_copy_has_delivered_says_nothing(world: Any, ended: Make) -> None:
    event = ended()
    world.tell(event)

    world.give_up(event, BoardUnavailableError("late"))

    assert world.published("DeliveryFailed.v1") == []


def test_an_older_configuration_never_replaces_a_newer_one(world: Any, configured: Make) -> None:
    newer = configured(owner_user_ids=["new"]).data.updated_at.replace(year=2027)

    assert world.tell(configured(owner_user_ids=["new"], updated_at=newer)) == "kept"
    assert world.tell(configured(owner_user_ids=["old"])) == "not newer than what is known"

    assert world.projects.get("proj-demo").owner_user_ids == ("new",)


def test_a_project_nobody_knew_is_kept(configured: Make) -> None:
    projects = MemoryProjects()

    assert projects.put(Project.configured(configured().data))

    assert projects.get("proj-demo").trigger_for("mock") == "Generate Prototype"
    assert projects.get("proj-demo").trigger_for("spec") == "chain"
