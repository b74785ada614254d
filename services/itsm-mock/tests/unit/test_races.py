"""Several hands on one ticket: nothing is lost; who cannot be served now comes again."""

from collections.abc import Callable
from typing import Any

import pytest

from switchboard.itsm_mock.domain.model import AlreadyClaimedError, StaleTicketError, StoreBusyError
from switchboard.itsm_mock.domain.requests import NewWorkNote

CALL = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"


def losing(desk: Any, races: int) -> None:
    """Let somebody else write between look and write, so many times."""
    get, left = desk.tickets.get, [races]

    def get_and_lose(ticket_id: str) -> Any:
        found = get(ticket_id)
        if left[0] > 0:
            left[0] -= 1
            changed = found.model_copy(update={"version": found.version + 1})
            desk.tickets.tickets[ticket_id] = changed
        return found

    desk.tickets.get = get_and_lose


def note(desk: Any, ticket_id: str) -> None:
    desk.change_ticket.note(ticket_id, NewWorkNote(note="Called the supplier."))


def test_a_work_note_is_written_although_others_write_as_well(desk: Any) -> None:
    ticket_id = desk.ticket().ticket_id
    losing(desk, 4)

    note(desk, ticket_id)

    assert desk.texts(ticket_id, "work_note") == ["Called the supplier."]


def test_a_work_note_gives_up_when_others_never_stop(desk: Any) -> None:
    ticket_id = desk.ticket().ticket_id
    losing(desk, 5)

    with pytest.raises(StoreBusyError):
        note(desk, ticket_id)


@pytest.mark.parametrize(("races", "followed"), [(4, True), (5, False)])
def test_an_event_is_followed_or_comes_again(
    desk: Any, make: Any, races: int, followed: bool
) -> None:
    ticket_id = desk.ticket(contact_id=CALL).ticket_id
    losing(desk, races)

    assert desk.receive(make.story(ticket_id)) is followed

    assert len(desk.told("TicketCommented.v1")) == followed


def test_a_solved_ticket_is_opened_again_although_others_write_as_well(desk: Any) -> None:
    ticket_id = desk.ticket().ticket_id
    desk.solve(ticket_id)
    losing(desk, 4)

    assert desk.say(ticket_id).reopened


@pytest.mark.parametrize(
    "act", [lambda desk: desk.create("key"), lambda desk: desk.say("INC0000013", key="k")]
)
def test_a_claim_that_is_not_readable_yet_asks_to_come_again(
    desk: Any, act: Callable[[Any], Any]
) -> None:
    desk.ticket()

    def taken(*_: Any) -> None:
        raise AlreadyClaimedError("taken")

    desk.tickets.commit = desk.tickets.remark = taken
    with pytest.raises(StoreBusyError):
        act(desk)


@pytest.mark.parametrize("kind", ["escalated", "ended"])
def test_a_call_whose_ticket_cannot_be_opened_now_comes_again(
    desk: Any, make: Any, kind: str
) -> None:
    def stale(*_: Any) -> None:
        raise StaleTicketError("the number is taken")

    desk.tickets.commit = stale

    assert not desk.receive(getattr(make, kind)())
    assert desk.hidden == [30]
