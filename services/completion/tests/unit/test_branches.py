"""A chain as people see it: what is handed on, and what a failed step says about its branch."""

from collections.abc import Callable
from typing import Any

import pytest

from switchboard.completion.domain.model import Project
from switchboard.events.envelope import Event
from switchboard.events.invocation import InvocationRequestedV1
from switchboard.events.values import Artifact

PARENT = "01KGM2T5D0J8Z6Q4XW9R3V7B1C"
CALLS = 16
"""At least the port calls of one delivery in the middle of a chain."""
Make = Callable[..., Event[Any]]
TRIGGERS = {
    "Generate Spec": "spec",
    "Generate Prototype": "mock",
    "Generate Demo Deck": "demo_deck",
    "Generate A/B Variants": "a_b_test",
}
SPEC = Artifact(
    type="notion_page",
    url="https://notion.example/spec",
    title="Specification",
    metadata={"page_id": "p", "parent_page_id": None, "page_type": "spec"},
)


def prototype(title: str) -> Artifact:
    url = f"https://prototypes.example.com/{title}/index.html"
    metadata = {"s3_key": title, "cloudfront_url": url, "expiry_days": 7}
    return Artifact(type="prototype", url=url, title=title, metadata=metadata)


@pytest.fixture
def chain(world: Any, project: Callable[..., Project]) -> Callable[..., None]:
    """Give the project a chain of these steps."""

    def configure(*steps: str, **changes: Any) -> None:
        later = project().updated_at.replace(year=2027)
        fields = {"agent_chain_template": "custom", "chain_steps": steps, "trigger_map": TRIGGERS}
        world.projects.put(project(**{**fields, "updated_at": later, **changes}))

    return configure


def requests(world: Any) -> list[InvocationRequestedV1]:
    found: list[InvocationRequestedV1] = world.published("InvocationRequested.v1")
    return found


def step(world: Any, ended: Make, request: InvocationRequestedV1, **changes: Any) -> Event[Any]:
    """The end of the step that a request asked for."""
    event = ended(
        changes.pop("status", "completed"),
        invocation_id=request.invocation_id,
        agent_type=request.agent_type,
        parent_invocation_id=request.parent_invocation_id,
        trigger_value=request.trigger_value,
        origin="chain",
        **changes,
    )
    world.tell(event)
    return event


@pytest.mark.requirement("CMP-08", "F")
def test_the_third_step_gets_the_work_of_the_second_and_of_the_first(
    world: Any, ended: Make, chain: Callable[..., None]
) -> None:
    chain("spec", "mock", "demo_deck", "code")
    world.tell(ended(agent_type="spec", output_artifacts=[SPEC]))
    step(world, ended, requests(world)[0], output_artifacts=[prototype("P")])

    second, third = requests(world)
    step(world, ended, third, output_artifacts=[])

    assert [one.title for one in second.parent_artifacts] == ["Specification"]
    assert [one.title for one in third.parent_artifacts] == ["P", "Specification"]
    fourth = requests(world)[2]
    assert (fourth.agent_type, fourth.parent_artifacts) == ("code", third.parent_artifacts)
    assert fourth.parent_invocation_id == third.invocation_id


def test_each_variants_deck_is_told_on_the_page_with_its_variant(
    world: Any, ended: Make, chain: Callable[..., None]
) -> None:
    chain("a_b_test", "demo_deck")

    world.tell(
        ended(agent_type="a_b_test", output_artifacts=[prototype("Calm"), prototype("Bold")])
    )

    calm, bold = requests(world)
    text = world.board.comments[0].text
    assert f'Next: demo_deck for "Calm" (invocation {calm.invocation_id})' in text
    assert f'Next: demo_deck for "Bold" (invocation {bold.invocation_id})' in text
    assert [one.title for one in bold.parent_artifacts] == ["Bold"]


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_step_that_did_not_complete_says_where_it_stood_what_waits_and_how_to_go_on(
    world: Any, ended: Make, chain: Callable[..., None], status: str
) -> None:
    chain("spec", "mock", "demo_deck")

    world.tell(ended(status, agent_type="mock"))

    text = world.board.comments[0].text
    assert (
        "mock is step 2 of 3 of the chain spec → mock → demo_deck. Not started: demo_deck." in text
    )
    assert 'To go on: Set Status to "Generate Prototype" to repeat mock' in text
    assert 'Or: Set Status to "Generate Demo Deck" to go on with demo_deck without it.' in text
    assert requests(world) == []


def test_one_branch_that_fails_names_its_variant_and_leaves_the_other_alone(
    world: Any, ended: Make, chain: Callable[..., None]
) -> None:
    chain("mock", "demo_deck", agent_chain_template="story-to-mock-to-deck")
    world.tell(
        ended(agent_type="a_b_test", output_artifacts=[prototype("Calm"), prototype("Bold")])
    )
    calm, bold = requests(world)

    step(world, ended, calm, status="failed")
    step(world, ended, bold, output_artifacts=[])

    failed, completed = (comment.text for comment in world.board.comments[1:])
    assert 'demo_deck is step 2 of 2 of the chain mock → demo_deck for "Calm".' in failed
    assert "The other variants go on." in failed
    assert "with the variant's link in the page's property Prototype" in failed
    assert "demo_deck is done" in completed
    assert len(world.published("InvocationDelivered.v1")) == 3


def test_a_last_step_that_fails_keeps_nothing_from_starting(
    world: Any, ended: Make, chain: Callable[..., None]
) -> None:
    chain("mock", "demo_deck")

    world.tell(ended("failed", agent_type="demo_deck"))

    text = world.board.comments[0].text
    assert "step 2 of 2" in text
    assert "Not started" not in text
    assert 'To go on: Set Status to "Generate Demo Deck" to repeat demo_deck.' in text


def test_an_agent_without_a_trigger_is_asked_for_by_the_api(
    world: Any, ended: Make, chain: Callable[..., None]
) -> None:
    chain("mock", "review")

    world.tell(ended("failed"))

    assert "Ask for review by POST /invoke" in world.board.comments[0].text


@pytest.mark.parametrize(
    ("steps", "agent"), [(("mock",), "mock"), (("mock", "spec"), "code"), (("x", "mock"), "mock")]
)
def test_outside_of_a_chain_a_failure_says_nothing_of_chains(
    world: Any, ended: Make, chain: Callable[..., None], steps: tuple[str, ...], agent: str
) -> None:
    chain(*steps)

    world.tell(ended("failed", agent_type=agent))

    assert "chain" not in world.board.comments[0].text


def test_a_steps_row_names_the_step_before_it(
    world: Any, ended: Make, started: Make, chain: Callable[..., None]
) -> None:
    world.tell(ended())
    (request,) = requests(world)
    child = request.invocation_id
    world.tell(started(invocation_id=child, agent_type="demo_deck", parent_invocation_id=PARENT))

    assert world.row(child)["Parent"] == PARENT
    assert "Parent" not in world.row(PARENT)
    step(world, ended, request)
    assert (world.row(child)["Status"], world.row(child)["Parent"]) == ("completed", PARENT)


@pytest.mark.requirement("CMP-08", "F")
@pytest.mark.requirement("CMP-10", "F")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(CALLS))
def test_a_crash_in_the_middle_of_a_chain_hands_everything_on_once(
    world: Any, ended: Make, chain: Callable[..., None], at: int, when: str
) -> None:
    chain("spec", "a_b_test", "demo_deck")
    world.tell(ended(agent_type="spec", output_artifacts=[SPEC]))
    (request,) = requests(world)
    event = ended(
        agent_type="a_b_test",
        invocation_id=request.invocation_id,
        parent_invocation_id=PARENT,
        output_artifacts=[prototype("Calm"), prototype("Bold")],
    )

    world.tell_and_die(event, at, when)
    world.tell_until_done(event)

    decks = requests(world)[1:]
    assert [[one.title for one in deck.parent_artifacts] for deck in decks] == [
        ["Calm", "Specification"],
        ["Bold", "Specification"],
    ]
    assert [
        [one.title for one in world.deliveries.handed(deck.invocation_id)] for deck in decks
    ] == [["Calm", "Specification"], ["Bold", "Specification"]]
    assert len(world.board.comments) == 2
    assert len(world.fate.calls) <= CALLS
