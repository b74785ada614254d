"""Whatever completion tells belongs to the flow of what it was told."""

from collections.abc import Callable
from typing import Any

import pytest

from switchboard.completion.domain.chain import ChainBrokenError
from switchboard.completion.domain.ports import BoardUnavailableError
from switchboard.events.envelope import Event

Make = Callable[..., Event[Any]]


def told_in(world: Any) -> dict[str, str]:
    """What completion told, and in which flow."""
    return {
        event.detail_type: event.metadata.correlation_id
        for event in world.deliveries.published.values()
    }


def test_a_delivery_and_the_next_step_of_its_chain_stay_in_the_flow(
    world: Any, ended: Make
) -> None:
    event = ended()
    world.tell(event)

    flow = event.metadata.correlation_id
    assert flow != event.data.invocation_id
    assert told_in(world) == {"InvocationDelivered.v1": flow, "InvocationRequested.v1": flow}


def test_a_result_whose_page_is_gone_is_told_in_the_flow(world: Any, ended: Make) -> None:
    del world.board.pages[world.story.page_id]
    event = ended()

    world.tell(event)

    assert told_in(world) == {"DeliveryFailed.v1": event.metadata.correlation_id}


@pytest.mark.parametrize("error", [ChainBrokenError("unknown"), BoardUnavailableError("503")])
def test_a_delivery_that_is_given_up_is_told_in_the_flow(
    world: Any, ended: Make, error: Exception
) -> None:
    event = ended()

    world.give_up(event, error)

    assert told_in(world) == {"DeliveryFailed.v1": event.metadata.correlation_id}
