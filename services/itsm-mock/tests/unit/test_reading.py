"""Looking tickets up, and what the caller hears."""

from typing import Any

import pytest

from switchboard.itsm_mock.domain.lifecycle import spoken_status
from switchboard.itsm_mock.domain.model import InvalidRequestError, NotFoundError
from switchboard.itsm_mock.domain.ports import Wanted

CALLER = "+15555550100"


@pytest.mark.requirement("ITS-15", "U")
def test_a_ticket_is_found_by_its_number(desk: Any) -> None:
    ticket = desk.ticket()

    assert desk.read.one(ticket.ticket_id, CALLER) == ticket
    assert desk.read.one("inc 0000013", None) == ticket


@pytest.mark.requirement("ITS-15", "U")
def test_somebody_elses_ticket_and_no_ticket_are_the_same_to_a_caller(desk: Any) -> None:
    ticket = desk.ticket()

    with pytest.raises(NotFoundError) as theirs:
        desk.read.one(ticket.ticket_id, "caller-two")
    desk.tickets.tickets.clear()
    with pytest.raises(NotFoundError) as gone:
        desk.read.one(ticket.ticket_id, "caller-two")

    assert theirs.value.info == gone.value.info


@pytest.mark.requirement("ITS-15", "U")
def test_a_list_is_one_callers_newest_first_and_pages(desk: Any, clock: Any) -> None:
    ids = []
    for _ in range(5):
        clock.tick(seconds=1)
        ids.append(desk.ticket().ticket_id)
        desk.ticket(caller_id="caller-two")

    first = desk.read.recent(Wanted(CALLER, 3))
    second = desk.read.recent(Wanted(CALLER, 3, cursor=first.cursor))

    shown = [ticket.ticket_id for ticket in first.tickets + second.tickets]
    assert shown == ids[::-1]
    assert second.cursor is None


def test_a_cursor_is_good_for_its_caller_only(desk: Any) -> None:
    for caller in (CALLER, CALLER, "caller-two"):
        desk.ticket(caller_id=caller)
    cursor = desk.read.recent(Wanted(CALLER, 1)).cursor

    with pytest.raises(InvalidRequestError) as refusal:
        desk.read.recent(Wanted("caller-two", 1, cursor=cursor))

    assert refusal.value.info.code == "INVALID_CURSOR"


@pytest.mark.parametrize(
    ("fields", "spoken"),
    [
        ({}, "We have it, and nobody has started on it yet."),
        ({"state": "in_progress"}, "Somebody is working on it."),
        (
            {"state": "on_hold", "hold_reason": "fix_in_review"},
            "A fix is ready and in review.",
        ),
        (
            {"state": "on_hold", "hold_reason": "awaiting_caller"},
            "We are waiting for an answer from you.",
        ),
        ({"state": "on_hold"}, "It is on hold."),
        ({"state": "closed"}, "It is solved and closed."),
        ({"state": "cancelled"}, "It was cancelled."),
    ],
)
def test_the_caller_hears_one_sentence_about_each_state(
    desk: Any, fields: dict[str, str], spoken: str
) -> None:
    ticket = desk.ticket()

    moved = type(ticket).model_validate(ticket.model_dump() | fields)

    assert spoken_status(moved) == spoken
