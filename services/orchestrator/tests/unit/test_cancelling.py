"""A cancel ends a queued invocation at once, a running one politely, a stubborn one by force."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from switchboard.events.envelope import new_id
from switchboard.orchestrator.domain.lifecycle import requested
from switchboard.orchestrator.domain.model import NotFoundError, StartUnavailableError
from switchboard.orchestrator.domain.ports import Change


def running(world: Any, make: Any) -> str:
    world.agent = "is silent"
    request = make.request()
    world.send(request)
    world.work_off()
    return str(request.data.invocation_id)


def test_an_invocation_that_waits_for_its_first_start_is_cancelled_at_once(
    new_world: Any, make: Any
) -> None:
    world = new_world()
    request = make.request(project_id="proj-late")
    world.send(request)
    world.work_off()

    record, had_ended = world.orchestrator.cancel(request.data.invocation_id)

    assert (record.status, had_ended) == ("cancelled", False)
    assert [end.detail_type for end in world.ends()] == ["InvocationCancelled.v1"]
    world.settle(hours=1)
    assert len(world.ends()) == 1
    assert world.runtimes.starts == []


class Meanwhile:
    """A store that is read, and changed by others before its reader goes on."""

    def __init__(self, store: Any, work: Callable[[], None]) -> None:
        self._store = store
        self._work: Callable[[], None] | None = work

    def get(self, invocation_id: str) -> Any:
        found = self._store.get(invocation_id)
        work, self._work = self._work, None
        if work is not None:
            work()
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.mark.requirement("ING-16", "F")
def test_a_cancel_that_meets_a_start_stops_the_agent_and_charges_what_may_have_run(
    world: Any, make: Any, clock: Any
) -> None:
    """Found by the fault simulation: it was ended as never started, and its agent worked on."""
    world.agent = "is silent"
    request = make.request()
    world.store.commit(Change(requested(request, clock())))
    world.send(request)
    cancel = replace(world.orchestrator.cancel, invocations=Meanwhile(world.store, world.work_off))

    record, had_ended = cancel(request.data.invocation_id)

    assert (record.status, had_ended) == ("running", False)
    assert world.runtimes.cancelled == [record.invocation_id]
    world.settle(hours=1)
    assert [end.detail_type for end in world.ends()] == ["InvocationCancelled.v1"]
    assert world.runtimes.sessions == {}
    assert world.record(record.invocation_id).cost_usd == Decimal("1.00") == world.month().spent


@pytest.mark.requirement("ING-16", "F")
def test_a_running_agent_is_asked_and_its_report_ends_the_invocation_with_its_real_cost(
    world: Any, make: Any
) -> None:
    invocation_id = running(world, make)

    record, had_ended = world.orchestrator.cancel(invocation_id)
    assert (record.status, had_ended) == ("running", False)
    assert world.runtimes.cancelled == [invocation_id]
    world.send(make.failed(invocation_id, cancelled=True))
    world.settle(hours=2)

    (end,) = world.ends()
    assert end.detail_type == "InvocationCancelled.v1"
    assert 0 < end.data.cost_usd < 1
    assert world.runtimes.stopped == []


@pytest.mark.requirement("ING-16", "F")
def test_an_agent_that_does_not_listen_is_stopped_after_the_grace_time(
    world: Any, make: Any, clock: Any
) -> None:
    invocation_id = running(world, make)
    asked = clock()
    world.orchestrator.cancel(invocation_id)

    world.settle(hours=1)

    record = world.record(invocation_id)
    assert record.status == "cancelled"
    waited = record.completed_at - asked
    assert timedelta(seconds=60) <= waited <= timedelta(seconds=80)
    assert world.runtimes.sessions == {}
    assert record.cost_usd == Decimal("1.00") == world.month().spent


@pytest.mark.requirement("ING-16", "F")
def test_the_sweep_finishes_a_cancel_whose_timer_was_lost(world: Any, make: Any) -> None:
    invocation_id = running(world, make)
    world.orchestrator.cancel(invocation_id)
    world.deadlines.timers.clear()

    world.settle(hours=1)

    assert world.record(invocation_id).status == "cancelled"
    assert world.runtimes.sessions == {}


@pytest.mark.requirement("ING-16", "F")
def test_a_cancel_of_an_ended_invocation_changes_nothing(world: Any, make: Any) -> None:
    request = make.request()
    world.send(request)
    world.work_off()
    before = world.record(request.data.invocation_id)

    record, had_ended = world.orchestrator.cancel(request.data.invocation_id)

    assert (record, had_ended) == (before, True)
    assert world.record(request.data.invocation_id) == before


def test_a_repeated_cancel_asks_again_but_does_not_prolong_the_grace_time(
    world: Any, make: Any, clock: Any
) -> None:
    invocation_id = running(world, make)
    world.orchestrator.cancel(invocation_id)
    due = world.record(invocation_id).due_at

    clock.tick(30)
    world.orchestrator.cancel(invocation_id)

    assert world.runtimes.cancelled == [invocation_id] * 2
    assert world.record(invocation_id).due_at == due


def test_a_result_that_was_ready_before_the_cancel_arrived_is_kept(world: Any, make: Any) -> None:
    invocation_id = running(world, make)
    world.orchestrator.cancel(invocation_id)
    world.send(make.completed(invocation_id))

    world.settle(hours=1)

    assert [end.data.status for end in world.ends()] == ["completed"]


def test_a_cancel_between_two_start_attempts_prevents_the_next_one(world: Any, make: Any) -> None:
    world.runtimes.fail_next = [StartUnavailableError("503")]
    request = make.request()
    world.send(request)
    world.work_off()

    world.orchestrator.cancel(request.data.invocation_id)
    world.settle(hours=1)

    (end,) = world.ends()
    assert (end.data.status, end.data.cost_usd) == ("cancelled", 0)
    assert len(world.runtimes.starts) == 1
    assert world.month().committed == 0


@pytest.mark.requirement("ING-16", "F")
def test_a_cancel_while_the_agent_is_starting_reaches_the_agent(world: Any, make: Any) -> None:
    request = make.request()
    invocation_id = request.data.invocation_id
    cancel = world.orchestrator.cancel
    world.runtimes.on_start = lambda run: cancel(invocation_id)
    world.send(request)

    world.work_off()
    assert world.record(invocation_id).status == "running"
    assert world.runtimes.cancelled == [invocation_id]
    world.settle(hours=1)

    assert [end.data.status for end in world.ends()] == ["cancelled"]
    assert world.runtimes.sessions == {}


def test_a_runtime_out_of_reach_does_not_fail_the_cancel(world: Any, make: Any) -> None:
    invocation_id = running(world, make)

    def unreachable(*_: Any) -> None:
        raise StartUnavailableError("503")

    world.runtimes.cancel = unreachable
    record, _ = world.orchestrator.cancel(invocation_id)
    assert record.cancel_requested_at is not None

    world.settle(hours=1)
    assert world.record(invocation_id).status == "cancelled"


def test_a_cancel_of_an_unknown_invocation_says_so(world: Any) -> None:
    with pytest.raises(NotFoundError, match="There is no invocation"):
        world.orchestrator.cancel(new_id())
