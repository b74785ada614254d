"""Any delivery any number of times, and a crash between any two steps: one invocation (K-05)."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from switchboard.ingress.adapters.memory import CrashError, CrashPlan
from switchboard.ingress.domain.accept_webhook import Delivery
from switchboard.ingress.domain.make_story import LEASE
from switchboard.ingress.domain.ports import Credentials, SettlementConflictError


def run(step: Callable[[CrashPlan], Any], plan: CrashPlan) -> None:
    """Run in a process that may die; what died is delivered again to a new process."""
    try:
        step(plan)
    except CrashError:
        step(CrashPlan())


def places(step: Callable[[CrashPlan], Any]) -> int:
    plan = CrashPlan()
    step(plan)
    return plan.steps


@pytest.mark.requirement("ING-11", "F")
def test_one_source_event_delivered_often_is_one_invocation(board: Any, make: Any) -> None:
    for _ in range(3):
        board.deliver(make.notion_body())
    (changed,) = board.events("ContentChanged.v1")

    outcomes = {board.worker()(changed) for _ in range(3)}

    assert len(outcomes) == 1
    assert len(board.events("InvocationRequested.v1")) == 1


@pytest.mark.requirement("ING-11", "F")
def test_two_source_events_of_one_edit_are_one_invocation(board: Any, make: Any) -> None:
    first = board.follow()
    board.wait(minutes=5)
    second = board.follow()

    assert (first.code, second.code) == ("INVOCATION_REQUESTED", "DUPLICATE")
    assert second.invocation_id == first.invocation_id
    assert len(board.events("InvocationRequested.v1")) == 1


@pytest.mark.requirement("ING-11", "F")
def test_a_later_edit_with_the_same_trigger_is_a_new_invocation(board: Any, make: Any) -> None:
    board.follow()
    board.show(make.story(last_edited_time="2026-11-20T11:00:00.000Z"))

    assert board.follow().code == "INVOCATION_REQUESTED"
    assert len(board.events("InvocationRequested.v1")) == 2


@pytest.mark.requirement("ING-21", "F")
def test_a_door_that_dies_at_any_step_keeps_the_webhook_once(world: Any, make: Any) -> None:
    raw = json.dumps(make.notion_body()).encode()
    delivery = Delivery(raw, make.sign(raw))
    steps = places(lambda plan: type(world)().door(plan)(delivery))

    for at in range(steps):
        fresh = type(world)()
        run(lambda plan, fresh=fresh: fresh.door(plan)(delivery), CrashPlan(at))
        assert len(fresh.events("ContentChanged.v1")) == 1
    assert steps == 4


@pytest.mark.requirement("ING-11", "F")
@pytest.mark.requirement("ING-21", "F")
@pytest.mark.parametrize("markdown", ["small", "x" * 150_000], ids=["inline", "claim check"])
def test_a_worker_that_dies_at_any_step_asks_for_one_invocation(
    world: Any, make: Any, markdown: str
) -> None:
    def story_of(at: int | None) -> tuple[int, Any]:
        fresh = type(world)()
        fresh.configure()
        fresh.show(make.story(), markdown)
        fresh.deliver(make.notion_body())
        (changed,) = fresh.events("ContentChanged.v1")
        plan = CrashPlan(at)
        run(lambda given: fresh.worker(given)(changed), plan)
        fresh.worker()(changed)
        return plan.steps, fresh

    steps, untouched = story_of(None)
    expected = [event.data for event in untouched.events("InvocationRequested.v1")]

    for at in range(steps):
        _, crashed = story_of(at)
        assert [event.data for event in crashed.events("InvocationRequested.v1")] == expected
        assert crashed.table.claims == untouched.table.claims
        assert set(crashed.table.settled) == set(untouched.table.settled)
    assert steps >= 10


@pytest.mark.requirement("ING-21", "F")
def test_a_refusal_that_dies_at_any_step_is_told_once(world: Any, make: Any) -> None:
    def story_of(at: int | None) -> tuple[int, int]:
        fresh = type(world)()
        fresh.show(make.story())
        fresh.deliver(make.notion_body())
        (changed,) = fresh.events("ContentChanged.v1")
        plan = CrashPlan(at)
        run(lambda given: fresh.worker(given)(changed), plan)
        fresh.worker()(changed)
        return plan.steps, len(fresh.events("TriggerRejected.v1"))

    steps, _ = story_of(None)
    assert [story_of(at)[1] for at in range(steps)] == [1] * steps


@pytest.mark.requirement("ING-21", "F")
def test_a_configuration_that_dies_at_any_step_is_stored_and_told_once(
    world: Any, make: Any
) -> None:
    def story_of(at: int | None) -> tuple[int, int, list[str]]:
        fresh = type(world)()
        fresh.show(make.config())
        fresh.deliver(make.notion_body(make.config_page))
        (changed,) = fresh.events("ContentChanged.v1")
        plan = CrashPlan(at)
        run(lambda given: fresh.worker(given)(changed), plan)
        fresh.worker()(changed)
        return plan.steps, len(fresh.events("ProjectConfigured.v1")), list(fresh.table.projects)

    steps, _, _ = story_of(None)
    assert {story_of(at)[1:] == (1, ["proj-demo"]) for at in range(steps)} == {True}


@pytest.mark.parametrize("order", ["as it is", "webhook first", "told twice"])
def test_a_ticket_whose_worker_dies_at_any_step_becomes_one_story_and_one_invocation(
    world: Any, make: Any, order: str
) -> None:
    """A dead process leaves its lease; the queue's copy comes when that has ended."""

    def story_of(at: int | None) -> tuple[int, Any]:
        fresh = type(world)()
        fresh.configure(**{"Defect Status": make.rich("Generate Code")})
        plan = CrashPlan(at)
        try:
            fresh.desk(plan)(make.ticket())
        except CrashError:
            fresh.now += LEASE + timedelta(seconds=1)
        if order == "webhook first":
            for page in fresh.stories():
                fresh.follow(page_id=page.id, authors=[make.bot], changed_property_ids=[])
        for _ in range(2 if order == "told twice" else 1):
            fresh.desk()(make.ticket())
        (changed,) = [
            event for event in fresh.events("ContentChanged.v1") if event.data.shape == "ticket"
        ]
        fresh.worker()(changed)
        return plan.steps, fresh

    steps, untouched = story_of(None)
    ids = [event.metadata.id for event in untouched.events("StoryCreated.v1")]
    invocations = [e.data.invocation_id for e in untouched.events("InvocationRequested.v1")]

    for at in range(steps):
        _, crashed = story_of(at)
        assert len(crashed.stories()) == 1
        assert [event.metadata.id for event in crashed.events("StoryCreated.v1")] == ids
        (requested,) = crashed.events("InvocationRequested.v1")
        assert requested.metadata.correlation_id == make.call
        assert [requested.data.invocation_id] == invocations
        assert set(crashed.table.origins) == {crashed.stories()[0].id}
    assert steps == 12


@pytest.mark.requirement("ING-21", "F")
def test_a_handshake_that_dies_at_any_step_stores_its_token(world: Any) -> None:
    delivery = Delivery(b'{"verification_token": "secret_new_subscription"}')

    def armed() -> Any:
        fresh = type(world)()
        fresh.vault.credentials = Credentials(None, "kept", fresh.now + timedelta(minutes=10))
        return fresh

    steps = places(lambda plan: armed().door(plan)(delivery))
    for at in range(steps):
        fresh = armed()
        run(lambda plan, fresh=fresh: fresh.door(plan)(delivery), CrashPlan(at))
        assert fresh.vault.credentials == Credentials("secret_new_subscription", "kept", None)
    assert steps == 6


def test_a_newer_body_on_redelivery_never_overwrites_the_one_an_event_points_to(
    board: Any, make: Any
) -> None:
    board.show(make.story(), "x" * 150_000)
    board.deliver(make.notion_body())
    (changed,) = board.events("ContentChanged.v1")
    board.worker()(changed)
    board.show(make.story(), "y" * 150_000)

    board.worker()(changed)

    (event,) = board.events("InvocationRequested.v1")
    assert board.bodies.objects[event.data.page_snapshot.content_ref.key] == "x" * 150_000


def test_two_readers_of_one_configuration_cannot_overwrite_each_other(
    board: Any, make: Any
) -> None:
    board.show(make.config(**{"GitHub Repo": make.rich("acme/new")}))
    slow = board.worker()
    stale = board.table.projects["proj-demo"]

    class Meanwhile:
        """Hands out what was read, then lets another process store a newer version."""

        def get(self, project_id: str) -> Any:
            board.configure()
            return stale

        def holding(self, keys: Any) -> Any:
            return stale

    object.__setattr__(slow.sync, "projects", Meanwhile())
    board.deliver(make.notion_body(make.config_page))
    (changed,) = [
        event
        for event in board.events("ContentChanged.v1")
        if event.data.page_id == make.config_page
    ]

    with pytest.raises(SettlementConflictError):
        slow(changed)


@pytest.mark.requirement("ING-11", "F")
def test_a_second_event_of_one_edit_starts_nothing_although_our_own_write_came_between(
    board: Any, make: Any
) -> None:
    edited_at = board.now
    first = board.follow(changed_property_ids=[], occurred_at=edited_at)
    board.show(make.story(last_edited_time="2026-11-20T11:07:00.000Z"))

    second = board.follow(occurred_at=edited_at)

    assert second.code == "DUPLICATE"
    assert second.invocation_id == first.invocation_id
    assert len(board.events("InvocationRequested.v1")) == 1


def test_an_empty_story_is_refused_once_for_one_edit(board: Any, make: Any) -> None:
    story = make.story()
    story["properties"]["Acceptance Criteria"] = {"id": "ac", **make.rich("  ")}
    board.show(story, markdown="")
    edited_at = board.now
    board.follow(changed_property_ids=[], occurred_at=edited_at)

    board.follow(occurred_at=edited_at)

    assert len(board.events("TriggerRejected.v1")) == 1


@dataclass(frozen=True)
class Meanwhile:
    """Origins that are asked while another worker does its whole work."""

    work: Callable[[], Any]

    def of_page(self, page_id: str) -> None:
        self.work()


@pytest.mark.requirement("ING-21", "F")
@pytest.mark.parametrize("refused", ["no project", "an invalid configuration"])
def test_two_source_events_of_one_edit_are_one_refusal_also_when_handled_at_once(
    world: Any, make: Any, refused: str
) -> None:
    """Found by the fault simulation: both had looked before either had written."""
    page = make.story() if refused == "no project" else make.config(Chain=make.rich("none"))
    world.show(page)
    for number in (1, 2):
        world.deliver(make.notion_body(page["id"], id=f"event-{number}"))
    first, second = world.events("ContentChanged.v1")

    world.wait(minutes=1)
    replace(world.worker(), origins=Meanwhile(lambda: world.worker()(second)))(first)
    world.worker()(second)

    told = world.events("TriggerRejected.v1")
    assert told
    assert len({event.metadata.id for event in told}) == 1
