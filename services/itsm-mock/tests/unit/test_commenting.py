"""Adding comments; a caller's comment on a solved ticket opens it again."""

from typing import Any

import pytest

from switchboard.itsm_mock.domain.model import (
    InvalidRequestError,
    NotFoundError,
    StaleTicketError,
    State,
    StoreBusyError,
)

CALL = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"


@pytest.mark.requirement("ITS-15", "U")
def test_a_comment_is_kept_shown_and_told(desk: Any, clock: Any) -> None:
    ticket = desk.ticket(contact_id=CALL)
    clock.tick(minutes=2)

    added = desk.say(ticket.ticket_id, "On the telephone as well.", contact_id="second-call")

    now = desk.now(ticket.ticket_id)
    assert now.latest_comment.model_dump() == {
        "text": "On the telephone as well.",
        "author": "caller",
        "at": clock(),
    }
    assert (now.comment_count, now.version, now.updated_at) == (1, 2, clock())
    assert added.spoken == "I added that to the ticket."
    (event,) = desk.told("TicketCommented.v1")
    assert event.metadata.correlation_id == CALL
    assert event.data.comment_id == added.comment_id
    assert event.data.contact_id == "second-call"


def test_a_call_that_comments_on_a_ticket_knows_it_from_then_on(desk: Any) -> None:
    ticket = desk.ticket(contact_id=CALL)

    desk.say(ticket.ticket_id, contact_id="second-call")

    assert desk.tickets.of_flow("second-call") == [ticket.ticket_id]


@pytest.mark.requirement("ITS-15", "U")
def test_nobody_comments_on_somebody_elses_ticket(desk: Any) -> None:
    ticket = desk.ticket()

    for caller, number in [("caller-two", ticket.ticket_id), ("caller-two", "INC0000021")]:
        with pytest.raises(NotFoundError):
            desk.say(number, caller=caller)

    assert desk.now(ticket.ticket_id).comment_count == 0


@pytest.mark.requirement("ITS-15", "U")
def test_the_same_words_in_the_same_call_are_one_comment(desk: Any, clock: Any) -> None:
    ticket = desk.ticket()

    first = desk.say(ticket.ticket_id, "Still broken.", contact_id=CALL)
    again = desk.say(ticket.ticket_id, "still broken", contact_id=CALL)
    clock.tick(minutes=11)
    later = desk.say(ticket.ticket_id, "Still broken.", contact_id=CALL)

    assert again.comment_id == first.comment_id != later.comment_id
    assert desk.now(ticket.ticket_id).comment_count == 2


def test_a_key_stands_for_its_comment(desk: Any) -> None:
    ticket = desk.ticket()

    first = desk.say(ticket.ticket_id, "Once.", key="k")
    again = desk.say(ticket.ticket_id, "Once.", key="k")
    with pytest.raises(InvalidRequestError, match="Idempotency-Key"):
        desk.say(ticket.ticket_id, "Twice.", key="k")

    assert again.comment_id == first.comment_id
    assert desk.now(ticket.ticket_id).comment_count == 1


@pytest.mark.requirement("ITS-15", "U")
def test_a_caller_opens_a_solved_ticket_again_by_commenting(desk: Any, clock: Any) -> None:
    ticket = desk.ticket()
    desk.solve(ticket.ticket_id)
    clock.tick(days=4)

    added = desk.say(ticket.ticket_id, "It is back.")

    now = desk.now(ticket.ticket_id)
    assert added.reopened
    assert added.spoken == "I added that, and the ticket is open again."
    assert (now.state, now.close_code, now.resolved_at) == (State.IN_PROGRESS, None, None)
    moved = desk.told("TicketStatusChanged.v1")[-1].data
    assert (moved.previous_state, moved.state, moved.changed_by) == (
        "resolved",
        "in_progress",
        "caller",
    )


@pytest.mark.requirement("ITS-15", "U")
def test_after_five_days_a_comment_is_kept_and_the_ticket_stays_solved(
    desk: Any, clock: Any
) -> None:
    ticket = desk.ticket()
    desk.solve(ticket.ticket_id)
    clock.tick(days=5, seconds=1)

    added = desk.say(ticket.ticket_id, "It is back.")

    assert desk.now(ticket.ticket_id).state is State.RESOLVED
    assert desk.now(ticket.ticket_id).comment_count == 1
    assert not added.reopened
    assert "more than 5 days ago" in added.spoken


def test_a_colleagues_comment_opens_nothing_again(desk: Any) -> None:
    ticket = desk.ticket()
    desk.solve(ticket.ticket_id)

    desk.say(ticket.ticket_id, "We heard nothing more.", caller=None)

    now = desk.now(ticket.ticket_id)
    assert now.state is State.RESOLVED
    assert now.latest_comment.author == "desk"


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_a_comment_on_a_ticket_that_is_over_says_so(desk: Any, state: str) -> None:
    ticket = desk.ticket()
    if state == "closed":
        desk.solve(ticket.ticket_id)
    desk.change(ticket.ticket_id, state=state)

    added = desk.say(ticket.ticket_id)

    assert desk.now(ticket.ticket_id).state == state
    assert added.spoken.endswith("no longer open. A new ticket is needed.")


def test_the_answer_a_ticket_waits_for_starts_the_work_again(desk: Any) -> None:
    ticket = desk.ticket()
    desk.change(ticket.ticket_id, state="in_progress")
    desk.change(ticket.ticket_id, state="on_hold", hold_reason="awaiting_caller")

    added = desk.say(ticket.ticket_id, "It was the red one.")

    assert desk.now(ticket.ticket_id).state is State.IN_PROGRESS
    assert (added.reopened, added.spoken) == (False, "I added that to the ticket.")


def test_a_ticket_that_others_write_on_all_the_time_is_tried_again_later(desk: Any) -> None:
    ticket = desk.ticket()
    desk.solve(ticket.ticket_id)

    def always_stale(*_: Any) -> None:
        raise StaleTicketError("changed")

    desk.tickets.commit = always_stale
    with pytest.raises(StoreBusyError):
        desk.say(ticket.ticket_id)
