"""Which agent follows which, and under which id."""

from collections.abc import Callable
from typing import Any

import pytest
from ulid import ULID

from switchboard.completion.domain.chain import (
    AGENT_TYPES,
    MAX_HANDED,
    ChainBrokenError,
    handed_on,
    next_steps,
)
from switchboard.completion.domain.derived_ids import derived_ulid
from switchboard.completion.domain.model import Project
from switchboard.completion.domain.ports import ContentsUnavailableError
from switchboard.completion.domain.show_result import COMPLETION_VALUES
from switchboard.events.envelope import Event
from switchboard.events.values import Artifact

PARENT = "01KGM2T5D0J8Z6Q4XW9R3V7B1C"
STORY = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"
PROTOTYPE_URL = "https://prototypes.example.com/01KGM2T5D0J8Z6Q4XW9R3V7B1C/index.html"
A, B = (
    Artifact(type="prototype", url=f"https://p.example.com/{name}", title=name) for name in "AB"
)
NOTES = Artifact(type="notion_page", url="https://notion.example/notes", title="Notes")
Make = Callable[..., Event[Any]]
MakeProject = Callable[..., Project]


def following(project: Project, event: Event[Any]) -> list[str]:
    return [step.agent_type for step in next_steps(project, event.data, ())]


@pytest.mark.parametrize(
    ("template", "agent", "follower"),
    [
        ("story-to-code", "code", []),
        ("story-to-mock-to-deck", "mock", ["demo_deck"]),
        ("story-to-mock-to-deck", "demo_deck", []),
        ("story-to-mock-to-deck", "code", []),
        ("story-to-mock-to-deck", "a_b_test", ["demo_deck"]),
        ("story-to-mock-to-deck", "insight", []),
        ("story-to-code", "a_b_test", []),
        ("story-to-spec-to-code", "a_b_test", []),
        ("story-to-spec-to-code", "code", []),
        ("story-to-spec-to-code", "spec", ["code"]),
    ],
)
def test_each_template_has_its_followers(
    project: MakeProject, ended: Make, template: str, agent: str, follower: list[str]
) -> None:
    event = ended(agent_type=agent)

    assert following(project(agent_chain_template=template), event) == follower


def test_a_custom_chain_follows_its_own_steps(project: MakeProject, ended: Make) -> None:
    custom = project(agent_chain_template="custom", chain_steps=["spec", "mock", "review"])

    assert following(custom, ended()) == ["review"]
    assert following(custom, ended(agent_type="review")) == []


def test_only_a_completed_run_is_followed(project: MakeProject, ended: Make) -> None:
    assert following(project(), ended("failed")) == []
    assert following(project(), ended("cancelled")) == []


def test_an_unknown_template_breaks_the_chain_and_the_known_ones_are_named(
    project: MakeProject, ended: Make
) -> None:
    with pytest.raises(ChainBrokenError, match="'sideways' is unknown; there are story-to-code"):
        following(project(agent_chain_template="sideways"), ended())


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (["mock", "paint"], "unknown steps: paint; there are code, mock"),
        (["mock", ""], "unknown steps: ; there are"),
        (["mock", "mock"], "repeats a step, mock, and would never end: mock, mock"),
        (["mock", "spec", "mock"], "repeats a step, mock, and"),
        (["demo_deck", "insight"], "insight cannot follow another step: people must have given"),
    ],
)
def test_a_step_that_cannot_be_in_a_chain_is_named(
    project: MakeProject, ended: Make, steps: list[str], words: str
) -> None:
    with pytest.raises(ChainBrokenError, match=words):
        following(project(agent_chain_template="custom", chain_steps=steps), ended())


def test_the_agents_are_those_that_have_a_completion_value() -> None:
    assert set(AGENT_TYPES) == set(COMPLETION_VALUES)


def test_each_variant_of_an_ab_test_gets_its_own_deck(project: MakeProject, ended: Make) -> None:
    custom = project(agent_chain_template="custom", chain_steps=["a_b_test", "demo_deck"])

    steps = next_steps(custom, ended(agent_type="a_b_test").data, [A, B, NOTES])

    assert [[one.title for one in step.artifacts] for step in steps] == [
        ["A", "Notes"],
        ["B", "Notes"],
    ]
    assert [step.variant for step in steps] == ["A", "B"]
    assert len({step.invocation_id for step in steps}) == 2


def test_any_other_step_after_an_ab_test_gets_all_variants_together(
    project: MakeProject, ended: Make
) -> None:
    custom = project(agent_chain_template="custom", chain_steps=["a_b_test", "spec"])

    (step,) = next_steps(custom, ended(agent_type="a_b_test").data, [A, B])

    assert (step.artifacts, step.variant) == ((A, B), "")


def test_a_step_is_handed_the_work_of_all_its_ancestors_the_newest_first_and_nothing_twice(
    project: MakeProject, ended: Make
) -> None:
    custom = project(agent_chain_template="custom", chain_steps=["spec", "mock", "code"])

    (step,) = next_steps(custom, ended().data, [A, NOTES], [B, NOTES])

    assert step.artifacts == (A, NOTES, B)


def test_of_very_many_ancestors_works_the_oldest_are_left_out() -> None:
    old = [Artifact(type="prototype", url=f"https://p.example.com/{n}", title=str(n)) for n in "ab"]
    many = [A.model_copy(update={"url": f"https://p.example.com/{n}"}) for n in range(30)]

    assert handed_on([], many + old) == tuple(many[:MAX_HANDED])
    assert handed_on(many, old) == tuple(many)


def test_a_derived_id_is_a_ulid_that_sorts_after_its_origin_and_never_changes() -> None:
    derived = derived_ulid(PARENT, "demo_deck", "0")

    assert str(ULID.from_str(derived)) == derived
    assert derived > PARENT
    assert derived == derived_ulid(PARENT, "demo_deck", "0")
    assert derived != derived_ulid(PARENT, "demo_deck", "1")


@pytest.mark.requirement("CMP-08", "F")
def test_the_next_step_gets_its_parents_result_and_the_page_as_it_is_now(
    world: Any, ended: Make
) -> None:
    event = ended()
    world.tell(event)

    (published,) = [
        one
        for one in world.deliveries.published.values()
        if one.metadata.service == "completion" and one.detail_type == "InvocationRequested.v1"
    ]
    request = published.data
    assert (request.agent_type, request.origin) == ("demo_deck", "chain")
    assert request.trigger_value == "Generate Demo Deck"
    assert request.parent_invocation_id == PARENT
    assert [artifact.url for artifact in request.parent_artifacts] == [PROTOTYPE_URL]
    assert request.requested_by == event.data.requested_by
    assert request.page_snapshot.title == "Apply discount codes"
    assert request.page_snapshot.content_markdown == "As a shopper I want to enter a code."
    assert request.page_snapshot.properties["Status"] == "Prototype Ready"
    assert published.metadata.correlation_id == event.metadata.correlation_id
    assert published.metadata.causation_id == event.metadata.id


def test_a_large_body_is_left_in_the_bucket_and_carried_as_a_claim_check(
    world: Any, ended: Make
) -> None:
    body = "é" * 60_000
    world.board.bodies[STORY] = body

    world.tell(ended())

    (request,) = world.published("InvocationRequested.v1")
    snapshot = request.page_snapshot
    assert snapshot.content_markdown is None
    assert snapshot.content_ref.key.startswith(f"snapshots/{request.invocation_id}-")
    assert snapshot.content_ref.size_bytes == 120_000
    assert world.contents.texts == {snapshot.content_ref.key: body}


@pytest.mark.requirement("ERR-02", "F")
@pytest.mark.requirement("CMP-09", "F")
def test_a_bucket_that_fails_to_the_end_is_a_failed_chain_not_a_failed_delivery(
    world: Any, ended: Make
) -> None:
    world.board.bodies[STORY] = "x" * 200_000
    world.fate = type(world.fate)(error=ContentsUnavailableError("503"))
    event = ended()
    world.contents.put = _unavailable

    with pytest.raises(RuntimeError, match="could not be read again") as failure:
        world.tell(event)
    world.give_up(event, failure.value)

    (failed,) = world.published("DeliveryFailed.v1")
    assert failed.error.code == "CHAIN_FAILED"
    assert "could not be read again for demo_deck" in failed.error.message
    assert 'Set Status to "Generate Demo Deck"; it takes up' in world.board.comments[-1].text
    assert world.row(PARENT)["Status"] == "completed"


def _unavailable(key: str, text: str) -> None:
    raise ContentsUnavailableError("503")


@pytest.mark.requirement("CMP-09", "F")
def test_properties_too_large_for_an_event_break_the_chain_at_once(world: Any, ended: Make) -> None:
    world.story.properties["Notes"] = "x" * 250_000

    assert world.tell(ended()) == "CHAIN_FAILED"

    assert world.published("InvocationRequested.v1") == []
    assert len(world.published("DeliveryFailed.v1")) == 1
