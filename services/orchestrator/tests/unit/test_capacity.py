"""More invocations than AgentCore can take: they wait, or end with a code; none vanishes."""

from typing import Any

import pytest

from switchboard.orchestrator.domain.model import StartUnavailableError

BUSY = StartUnavailableError("ThrottlingException")


@pytest.mark.requirement("S001-EC-4", "F")
@pytest.mark.parametrize("refusals", [6, 999])
def test_invocations_above_the_capacity_wait_or_end_with_a_code_and_none_is_lost(
    world: Any, make: Any, refusals: int
) -> None:
    world.runtimes.fail_next = [BUSY] * refusals
    requests = [make.request(invocation_id=f"01KGM6{number:020d}") for number in range(5)]
    for request in requests:
        world.send(request)

    world.settle()

    records = [world.record(request.data.invocation_id) for request in requests]
    assert all(record.ended for record in records)
    ends = {record.status for record in records}
    assert ends == ({"completed"} if refusals < 10 else {"failed"})
    assert all(record.error.code for record in records if record.status == "failed")
    told = [*world.told("InvocationCompleted.v1"), *world.told("InvocationFailed.v1")]
    assert {event.data.invocation_id for event in told} == {
        request.data.invocation_id for request in requests
    }
