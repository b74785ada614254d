"""What people at the desk do with a ticket."""

from typing import Any

import pytest
from pydantic import ValidationError

from switchboard.itsm_mock.domain.lifecycle import TRANSITIONS
from switchboard.itsm_mock.domain.model import InvalidRequestError, State
from switchboard.itsm_mock.domain.requests import NewWorkNote, TicketChange

NEEDS = {
    State.ON_HOLD: {"hold_reason": "awaiting_vendor"},
    State.RESOLVED: {"close_code": "solved", "close_notes": "Done."},
}


def in_state(desk: Any, state: State) -> str:
    """A ticket that was moved to this state."""
    ticket_id: str = desk.ticket().ticket_id
    stored = desk.tickets.tickets[ticket_id]
    solved = desk.clock() if state in {State.RESOLVED, State.CLOSED} else None
    moved = stored.model_copy(update={"state": state, "resolved_at": solved})
    desk.tickets.tickets[ticket_id] = moved
    return ticket_id


@pytest.mark.requirement("ITS-15", "U")
@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("after", list(State))
def test_a_ticket_moves_along_its_life_and_in_no_other_way(
    desk: Any, before: State, after: State
) -> None:
    ticket_id = in_state(desk, before)
    fields = {"state": after} | NEEDS.get(after, {})

    if after in TRANSITIONS[before] or after is before:
        assert desk.change(ticket_id, **fields).state is after
    else:
        with pytest.raises(InvalidRequestError) as refusal:
            desk.change(ticket_id, **fields)
        assert refusal.value.info.code == "TRANSITION_REFUSED"


def test_a_move_is_told_with_the_sentence_for_the_caller(desk: Any, clock: Any) -> None:
    ticket = desk.ticket()
    desk.change(ticket.ticket_id, state="in_progress", changed_by="pat")

    (event,) = desk.told("TicketStatusChanged.v1")
    assert event.metadata.correlation_id == ticket.correlation_id
    assert (event.data.previous_state, event.data.state) == ("new", "in_progress")
    assert (event.data.spoken, event.data.changed_by) == ("Somebody is working on it.", "pat")


def test_a_change_that_moves_nothing_is_told_to_nobody(desk: Any) -> None:
    ticket = desk.ticket(category="inquiry")

    changed = desk.change(ticket.ticket_id, category="network", impact=1, urgency=1)

    assert (changed.assignment_group, changed.priority) == ("network-operations", 1)
    assert len(desk.tickets.outbox) == 1


def test_a_ticket_solved_long_ago_is_not_opened_again(desk: Any, clock: Any) -> None:
    ticket = desk.ticket()
    desk.solve(ticket.ticket_id)
    clock.tick(days=6)

    with pytest.raises(InvalidRequestError, match="more than 5 days ago"):
        desk.change(ticket.ticket_id, state="in_progress")


@pytest.mark.requirement("ITS-15", "U")
def test_a_change_decided_on_an_older_version_is_refused_with_the_remedy(desk: Any) -> None:
    ticket = desk.ticket()
    desk.say(ticket.ticket_id)

    with pytest.raises(InvalidRequestError) as refusal:
        desk.change_ticket(ticket.ticket_id, ticket.version, TicketChange(impact=1))

    assert refusal.value.info.code == "TICKET_CHANGED"
    assert "Read the ticket again" in refusal.value.info.remediation
    assert desk.now(ticket.ticket_id).impact == ticket.impact


def test_a_change_that_races_with_another_after_the_look_is_refused_too(desk: Any) -> None:
    ticket = desk.ticket()
    get = desk.tickets.get

    def get_and_lose_the_race(ticket_id: str) -> Any:
        found = get(ticket_id)
        desk.tickets.tickets[ticket_id] = found.model_copy(update={"version": found.version + 1})
        return found

    desk.tickets.get = get_and_lose_the_race
    with pytest.raises(InvalidRequestError, match="changed by somebody else"):
        desk.change_ticket(ticket.ticket_id, ticket.version, TicketChange(impact=1))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"changed_by": "pat"},
        {"state": "on_hold"},
        {"hold_reason": "awaiting_vendor"},
        {"state": "resolved"},
        {"state": "resolved", "close_code": "solved"},
        {"close_notes": "Done."},
        {"priority": 1},
    ],
)
def test_a_change_that_says_too_little_or_too_much_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        TicketChange.model_validate(fields)


@pytest.mark.requirement("ITS-15", "U")
def test_a_work_note_stays_inside(desk: Any) -> None:
    ticket = desk.ticket()
    note = NewWorkNote(note="Called the supplier.", author="pat")

    noted = desk.change_ticket.note(ticket.ticket_id, note)

    assert desk.texts(ticket.ticket_id, "work_note") == ["Called the supplier."]
    assert (noted.version, noted.comment_count, noted.latest_comment) == (2, 0, None)
    assert [event.detail_type for event in desk.tickets.outbox] == ["TicketCreated.v1"]
