"""A process may die after any call: each schedule of one fault, then the message comes again."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from switchboard.completion.domain.chain import ChainError
from switchboard.completion.domain.model import Page
from switchboard.completion.domain.one_at_a_time import PATIENCE
from switchboard.completion.domain.ports import BoardUnavailableError, BusyError
from switchboard.events.envelope import Event

STORY = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"
DASHBOARD = "1f2e3d4c-5b6a-4798-8f7e-6d5c4b3a2918"
PARENT = "01KGM2T5D0J8Z6Q4XW9R3V7B1C"
CALLS = 14
"""More than the port calls of one delivery; the last test here says so."""
Make = Callable[..., Event[Any]]


def delivered_once(world: Any) -> None:
    assert [key for key in world.board.rows if key[0] == DASHBOARD] == [(DASHBOARD, PARENT)]
    assert world.row(PARENT)["Status"] == "completed"
    assert len(world.board.comments) == 1
    assert world.story.status == "Prototype Ready"
    assert len(world.published("InvocationRequested.v1")) == 1
    assert len(world.published("InvocationDelivered.v1")) == 1
    assert world.published("DeliveryFailed.v1") == []


@pytest.mark.requirement("CMP-10", "F")
@pytest.mark.requirement("CMP-08", "F")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(CALLS))
def test_a_crash_at_any_call_leaves_one_row_one_comment_and_one_next_request(
    world: Any, ended: Make, at: int, when: str
) -> None:
    event = ended()

    world.tell_and_die(event, at, when)
    world.tell_until_done(event)

    delivered_once(world)


@pytest.mark.requirement("CMP-10", "F")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(1, CALLS))
def test_an_error_at_any_call_can_be_tried_again_without_waiting_for_the_claim(
    world: Any, ended: Make, at: int, when: str
) -> None:
    event = ended()
    error = BoardUnavailableError("lost answer")
    world.fate = replace(world.fate, at=at, when=when, error=error)

    with suppress(BoardUnavailableError, ChainError):
        world.tell(event)
    world.now += timedelta(seconds=30)
    # Losing the answer of the claim itself leaves a claim without a holder: it must run out.
    if world.fate.calls[-1] == "claim":
        world.now += timedelta(seconds=131)
    world.fate = type(world.fate)()
    world.tell(event)

    delivered_once(world)


@pytest.mark.requirement("CMP-10", "F")
@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_a_second_copy_of_a_terminal_event_changes_nothing(
    world: Any, ended: Make, status: str
) -> None:
    event = ended(status)
    world.tell(event)
    before = (dict(world.board.pages), list(world.board.comments), dict(world.board.rows))
    events = list(world.deliveries.published)

    assert world.tell(event) == "delivered before"

    assert (world.board.pages, world.board.comments, world.board.rows) == before
    assert list(world.deliveries.published) == events


@pytest.mark.requirement("CMP-10", "F")
@pytest.mark.parametrize("make", ["requested", "started", "rejected", "budget"])
def test_a_second_copy_of_any_other_event_changes_nothing(
    world: Any, make: str, request: pytest.FixtureRequest
) -> None:
    event = request.getfixturevalue(make)()
    world.tell(event)
    before = (dict(world.board.pages), list(world.board.comments), dict(world.board.rows))

    world.tell(event)

    assert (world.board.pages, world.board.comments, world.board.rows) == before


@pytest.mark.requirement("CMP-10", "F")
@pytest.mark.parametrize("make", ["rejected", "budget"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(5))
def test_a_crash_while_telling_people_leaves_one_comment(
    world: Any, request: pytest.FixtureRequest, make: str, when: str, at: int
) -> None:
    event = request.getfixturevalue(make)()

    world.tell_and_die(event, at, when)
    world.tell_until_done(event)

    assert len(world.board.comments) == 1


@pytest.mark.requirement("CMP-10", "F")
def test_a_start_that_comes_after_the_end_changes_nothing(
    world: Any, started: Make, ended: Make
) -> None:
    world.tell(ended())

    assert world.tell(started()) == "shown before, or ended already"

    delivered_once(world)
    assert "Working" not in world.story.properties["Last Result"]


@pytest.mark.requirement("CMP-10", "F")
def test_a_start_that_comes_while_the_end_is_being_retried_changes_nothing(
    world: Any, started: Make, ended: Make
) -> None:
    event = ended()
    world.fate = replace(world.fate, at=3, when="after", error=BoardUnavailableError("503"))
    with pytest.raises(BoardUnavailableError):
        world.tell(event)
    world.fate = type(world.fate)()

    world.tell(started())

    assert world.row(PARENT)["Status"] == "completed"
    world.tell(event)
    delivered_once(world)


@pytest.mark.requirement("CMP-10", "F")
def test_two_copies_at_the_same_time_take_turns(world: Any, ended: Make) -> None:
    event = ended()
    refused: list[type[Exception]] = []
    write = world.board.write

    def write_while_a_copy_arrives(page: Page, values: Any) -> None:
        with pytest.raises(BusyError) as busy:
            world.tell(event)
        refused.append(busy.type)
        write(page, values)

    world.board.write = write_while_a_copy_arrives
    world.tell(event)

    assert refused == [BusyError]
    assert len(world.waits) == PATIENCE
    delivered_once(world)


def test_one_delivery_makes_fewer_calls_than_the_schedules_cover(world: Any, ended: Make) -> None:
    world.tell(ended())

    assert len(world.fate.calls) <= CALLS
    assert world.fate.calls[-1] == "finish"
