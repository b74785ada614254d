"""A flow that began before its invocation, with a call, keeps the call's id to every end."""

from typing import Any

import pytest

CALL = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"


def asked(world: Any, make: Any, **changes: Any) -> str:
    """Ask for an invocation in the flow of a call."""
    data = make.request(**changes).data
    world.send(make.event(data, "ingress", CALL))
    world.work_off()
    return str(data.invocation_id)


def told_in(world: Any) -> dict[str, str]:
    """What was told, and in which flow."""
    return {event.detail_type: event.metadata.correlation_id for event in world.store.outbox}


def test_a_finished_run_is_told_in_the_flow_of_the_call(world: Any, make: Any) -> None:
    invocation_id = asked(world, make)

    assert told_in(world) == {"InvocationStarted.v1": CALL, "InvocationCompleted.v1": CALL}
    assert world.record(invocation_id).correlation_id == CALL != invocation_id
    (start,) = world.runtimes.starts
    assert start.payload["correlation_id"] == CALL


def test_an_agent_s_report_cannot_move_an_invocation_into_another_flow(
    world: Any, make: Any
) -> None:
    world.agent = "is silent"
    invocation_id = asked(world, make)

    world.send(make.event(make.completed(invocation_id).data, "agents", "another flow"))
    world.work_off()

    assert told_in(world)["InvocationCompleted.v1"] == CALL


def test_a_deadline_ends_the_run_in_the_flow_of_the_call(world: Any, make: Any) -> None:
    world.agent = "is silent"
    asked(world, make)
    assert {flow.correlation_id for _, flow in world.deadlines.timers.values()} == {CALL}

    world.settle(hours=3)

    assert told_in(world) == {"InvocationStarted.v1": CALL, "InvocationFailed.v1": CALL}


@pytest.mark.parametrize("agent", ["is silent", "obeys a cancel"])
def test_a_cancel_ends_the_run_in_the_flow_of_the_call(world: Any, make: Any, agent: str) -> None:
    world.agent = "is silent"
    invocation_id = asked(world, make)

    world.orchestrator.cancel(invocation_id)
    assert {flow.correlation_id for _, flow in world.deadlines.timers.values()} == {CALL}
    if agent == "obeys a cancel":
        world.send(make.failed(invocation_id, cancelled=True))
    world.settle(hours=1)

    assert told_in(world)["InvocationCancelled.v1"] == CALL


def test_a_lost_timer_s_work_is_done_by_the_sweep_in_the_flow_of_the_call(
    world: Any, make: Any
) -> None:
    world.agent = "is silent"
    asked(world, make)
    world.deadlines.timers.clear()

    world.settle(hours=3)

    assert told_in(world)["InvocationFailed.v1"] == CALL


def test_a_refusal_for_money_and_its_notice_are_told_in_the_flow_of_the_call(
    world: Any, make: Any
) -> None:
    small = "proj-small"
    world.configure(project_id=small, cost_limit_per_invocation=2, cost_limit_per_month=2)

    for _ in range(2):
        asked(world, make, project_id=small)

    assert set(told_in(world).values()) == {CALL}
    assert "BudgetThresholdReached.v1" in told_in(world)
    assert "InvocationFailed.v1" in told_in(world)
