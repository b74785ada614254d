"""The process may die before or after any call to the outside: nothing is lost or done twice."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from switchboard.orchestrator.domain.model import StartUnavailableError

MAX_CALLS = 100


def check(world: Any) -> None:
    """What must hold when everything has come to rest."""
    record = next(iter(world.store.records.values()))
    receipts = sum((end.data.receipt.total_usd for end in world.ends()), Decimal(0))
    month = world.month()
    assert record.ended
    assert len(world.ends()) == 1
    assert len(world.told("InvocationStarted.v1")) <= 1
    assert len(world.runtimes.starts) <= 3
    assert len({run.session_id for run in world.runtimes.starts}) <= 1
    assert (month.reserved, month.committed) == (0, month.spent)
    assert month.spent == receipts
    assert world.buried == []


def crashing_everywhere(new_world: Any, faults: Any, story: Any, **options: Any) -> int:
    """Play the story with a crash at each call in turn; return how many crashes there were."""
    crashes = 0
    for after in (False, True):
        for at in range(1, MAX_CALLS):
            world = new_world(faults=faults(at=at, after=after), **options)
            story(world)
            check(world)
            if not world.faults.happened:
                break
            crashes += 1
        else:
            raise AssertionError("the story has more calls than this test tries")
    return crashes


@pytest.mark.requirement("ING-21", "F")
@pytest.mark.parametrize("copies", [1, 2])
@pytest.mark.parametrize("agent", ["completes", "fails", "is silent"])
def test_a_crash_between_any_two_steps_still_ends_exactly_once(
    new_world: Any, faults: Any, make: Any, agent: str, copies: int
) -> None:
    def story(world: Any) -> None:
        world.agent = agent
        world.send(make.request())
        world.settle(hours=3)

    assert crashing_everywhere(new_world, faults, story, copies=copies) > 10


@pytest.mark.requirement("ING-21", "F")
def test_a_crash_while_refusing_still_refuses_exactly_once(
    new_world: Any, faults: Any, make: Any
) -> None:
    def story(world: Any) -> None:
        world.configure(
            cost_limit_per_month=Decimal("0.50"), updated_at=world.clock().replace(day=5)
        )
        world.send(make.request())
        world.settle(hours=1)
        assert len(world.told("BudgetThresholdReached.v1")) == 1
        assert world.runtimes.starts == []

    assert crashing_everywhere(new_world, faults, story) >= 6


@pytest.mark.requirement("ING-16", "F")
@pytest.mark.parametrize("agent", ["is silent", "completes"])
def test_a_crash_while_cancelling_still_ends_exactly_once_and_stops_the_session(
    new_world: Any, faults: Any, crash: Any, make: Any, agent: str
) -> None:
    def story(world: Any) -> None:
        world.agent = agent
        request = make.request()
        world.send(request)
        world.work()
        for _ in range(2):  # a person whose request failed asks once more
            try:
                if request.data.invocation_id in world.store.records:
                    world.orchestrator.cancel(request.data.invocation_id)
                break
            except crash:
                continue
        world.settle(hours=3)
        if agent == "is silent":
            assert world.runtimes.sessions == {}

    assert crashing_everywhere(new_world, faults, story) > 10


@pytest.mark.requirement("ING-16", "F")
def test_a_crash_after_stopping_an_agent_that_started_unseen_still_charges_it(
    new_world: Any, faults: Any, crash: Any, make: Any
) -> None:
    """Found by the fault simulation: the next try found no session and charged nothing."""

    def story(world: Any) -> None:
        world.agent = "is silent"
        world.runtimes.fail_next = [StartUnavailableError("the answer was lost")]
        request = make.request()
        world.send(request)
        world.work()
        if not world.runtimes.starts:
            world.settle(hours=3)  # the process died before the start: nothing ran unseen
            return
        (run,) = world.runtimes.starts
        world.runtimes.sessions[run.session_id] = run
        with suppress(crash):
            world.orchestrator.cancel(request.data.invocation_id)
        world.settle(hours=3)
        assert world.runtimes.sessions == {}
        assert world.month().spent == Decimal("1.00")

    assert crashing_everywhere(new_world, faults, story) > 10
