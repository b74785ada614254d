"""What a call leaves behind: the hand-off to a person, and callers who hung up."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

CALL = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"


def only_ticket(desk: Any) -> Any:
    (ticket,) = desk.tickets.tickets.values()
    return ticket


def test_a_hand_off_is_noted_on_the_ticket_of_the_call(desk: Any, make: Any) -> None:
    ticket = desk.ticket(contact_id=CALL)

    desk.receive(make.escalated())

    (note,) = desk.texts(ticket.ticket_id, "work_note")
    assert note.startswith("Handed to a person (asked_for_person): Laptop does not start since")
    assert note.endswith("Wanted: hardware. Mood: neutral.")
    assert len(desk.tickets.tickets) == 1


def test_a_hand_off_is_noted_on_the_newest_ticket_of_the_call(
    desk: Any, make: Any, clock: Any
) -> None:
    desk.ticket(contact_id=CALL)
    clock.tick(seconds=5)
    newest = desk.ticket(contact_id=CALL, issue_description="And the printer.")

    desk.receive(make.escalated())

    assert desk.texts(newest.ticket_id, "work_note")


def test_a_hand_off_is_noted_on_the_ticket_it_names(desk: Any, make: Any) -> None:
    named = desk.ticket()
    desk.ticket(contact_id=CALL)

    desk.receive(make.escalated(ticket_id="inc 000 001 3"))

    assert desk.texts(named.ticket_id, "work_note")


@pytest.mark.parametrize("named", ["INC0000013", "INC0000021", "INC9999999", "the red one"])
def test_a_hand_off_that_names_a_ticket_the_caller_does_not_have_opens_one(
    desk: Any, make: Any, named: str
) -> None:
    theirs = desk.ticket(caller_id="caller-two")

    desk.receive(make.escalated(ticket_id=named))

    assert desk.texts(theirs.ticket_id, "work_note") == []
    assert len(desk.tickets.tickets) == 2


def test_a_hand_off_without_a_ticket_opens_one_from_its_summary(desk: Any, make: Any) -> None:
    escalated = make.escalated()

    desk.receive(escalated)

    ticket = only_ticket(desk)
    assert ticket.issue_description == "Laptop does not start since this morning."
    assert (ticket.category, ticket.contact_type, ticket.contact_id) == ("hardware", "phone", CALL)
    assert ticket.correlation_id == CALL
    assert desk.texts(ticket.ticket_id, "work_note")
    (created,) = desk.told("TicketCreated.v1")
    assert created.metadata.causation_id == escalated.metadata.id


@pytest.mark.parametrize(
    ("intent", "summary", "category"),
    [
        ("software defect", "It is wrong.", "software_defect"),
        ("password reset", "Cannot get in.", "access"),
        (None, "The VPN is gone.", "network"),
        (None, "", "inquiry"),
    ],
)
def test_the_category_of_a_hand_off_follows_from_intent_and_summary(
    desk: Any, make: Any, intent: str | None, summary: str, category: str
) -> None:
    desk.receive(make.escalated(intent=intent, summary=summary))

    assert only_ticket(desk).category == category
    assert only_ticket(desk).issue_description


def test_a_withheld_number_is_a_caller_too(desk: Any, make: Any) -> None:
    desk.receive(make.escalated(caller_id=""))

    assert only_ticket(desk).caller_id == "anonymous"


def test_a_caller_who_hung_up_without_a_ticket_gets_one(desk: Any, make: Any) -> None:
    desk.receive(make.ended())

    ticket = only_ticket(desk)
    assert ticket.short_description == "Caller hung up before the desk could help"
    assert "lasted 42 seconds" in ticket.issue_description
    assert (ticket.category, ticket.caller_id) == ("inquiry", "+15555550100")


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "resolved"},
        {"outcome": "escalated"},
        {"outcome": "closed"},
        {"talked": False},
        {"ticket_ids": ["INC0000013"]},
    ],
)
def test_a_call_that_needs_no_follow_up_leaves_nothing(
    desk: Any, make: Any, changes: dict[str, Any]
) -> None:
    assert desk.receive(make.ended(**changes))

    assert not desk.tickets.tickets


@pytest.mark.parametrize("how", ["opened", "commented", "escalated"])
def test_a_caller_who_hung_up_after_a_ticket_was_touched_needs_no_other(
    desk: Any, make: Any, how: str
) -> None:
    ticket = desk.ticket(contact_id=CALL if how == "opened" else None)
    if how == "commented":
        desk.say(ticket.ticket_id, contact_id=CALL)
    if how == "escalated":
        desk.receive(make.escalated(ticket_id=ticket.ticket_id))

    desk.receive(make.ended())

    assert len(desk.tickets.tickets) == 1


def test_whatever_the_order_and_number_of_deliveries_a_call_gets_one_ticket(
    new_desk: Callable[[], Any], make: Any
) -> None:
    escalated, ended = make.escalated(), make.ended()

    for order in itertools.permutations([escalated, ended, escalated, ended]):
        desk = new_desk()
        assert desk.receive(*order)
        ticket = only_ticket(desk)
        assert len(desk.texts(ticket.ticket_id, "work_note")) == 1


def test_two_hand_offs_that_race_open_one_ticket(desk: Any, make: Any) -> None:
    first, second = make.escalated(), make.escalated()
    of_flow = desk.tickets.of_flow

    def nothing_yet_while_the_other_opens(flow_id: str) -> list[str]:
        desk.tickets.of_flow = of_flow
        desk.receive(first)
        return []

    desk.tickets.of_flow = nothing_yet_while_the_other_opens
    assert desk.receive(second)

    assert len(desk.texts(only_ticket(desk).ticket_id, "work_note")) == 2


def test_a_number_that_is_taken_does_not_lose_the_hand_off(desk: Any, make: Any) -> None:
    desk.ticket(caller_id="caller-two")
    desk.numbers.given = 0

    assert desk.receive(make.escalated())

    assert len(desk.tickets.tickets) == 2
