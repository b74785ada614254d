"""Opening tickets."""

from typing import Any

import pytest
from pydantic import ValidationError

from switchboard.itsm_mock.domain.model import InvalidRequestError, State, StoreBusyError

CALL = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"


@pytest.mark.requirement("ITS-15", "U")
def test_two_fields_are_enough_and_the_rest_follows(desk: Any, clock: Any) -> None:
    said = "The checkout ignores my discount code. It worked last week!"

    ticket = desk.ticket(issue_description=said)

    assert ticket.ticket_id == "INC0000013"
    assert ticket.short_description == "The checkout ignores my discount code."
    assert (ticket.category, ticket.assignment_group) == ("software_defect", "software-engineering")
    assert (ticket.impact, ticket.urgency, ticket.priority) == (2, 2, 3)
    assert (ticket.state, ticket.contact_type, ticket.version) == (State.NEW, "self_service", 1)
    assert ticket.created_at == ticket.updated_at == clock()


def test_what_is_said_about_a_ticket_is_taken_as_it_is(desk: Any) -> None:
    ticket = desk.ticket(category="access", impact=1, urgency=3, short_description="No entry")

    assert (ticket.category, ticket.assignment_group) == ("access", "identity-and-access")
    assert (ticket.priority, ticket.short_description) == (3, "No entry")


@pytest.mark.requirement("ITS-15", "U")
def test_a_new_ticket_is_told_to_others_in_the_flow_of_its_call(desk: Any) -> None:
    ticket = desk.ticket(contact_id=CALL, contact_type="phone")

    (event,) = desk.tickets.outbox
    assert event.detail_type == "TicketCreated.v1"
    assert event.metadata.correlation_id == CALL
    assert event.data.ticket_id == ticket.ticket_id
    assert event.data.priority == ticket.priority
    assert desk.tickets.of_flow(CALL) == [ticket.ticket_id]


def test_a_ticket_without_a_call_begins_a_flow_of_its_own(desk: Any) -> None:
    ticket = desk.ticket()

    (event,) = desk.tickets.outbox
    assert event.metadata.correlation_id == event.metadata.id == ticket.correlation_id
    assert desk.tickets.of_flow(event.metadata.id) == [ticket.ticket_id]


@pytest.mark.requirement("ITS-15", "U")
def test_the_same_words_in_the_same_call_are_the_same_ticket_for_ten_minutes(
    desk: Any, clock: Any
) -> None:
    first = desk.create(contact_id=CALL, issue_description="My code is ignored.")

    clock.tick(minutes=9)
    again = desk.create(contact_id=CALL, issue_description="  my CODE is ignored")
    clock.tick(minutes=2)
    later = desk.create(contact_id=CALL, issue_description="My code is ignored.")

    assert again.ticket == first.ticket
    assert (first.is_new, again.is_new, later.is_new) == (True, False, True)
    assert len(desk.told("TicketCreated.v1")) == 2


def test_other_words_another_call_or_another_caller_make_another_ticket(desk: Any) -> None:
    said = {"contact_id": CALL, "issue_description": "My code is ignored."}
    opened = [
        desk.create(**said | {"issue_description": "The printer is broken."}),
        desk.create(**said),
        desk.create(**said | {"contact_id": "another-call"}),
        desk.create(**said | {"caller_id": "caller-two"}),
    ]

    assert len({item.ticket.ticket_id for item in opened}) == 4


def test_without_a_call_nothing_is_taken_for_a_repetition(desk: Any) -> None:
    assert desk.ticket().ticket_id != desk.ticket().ticket_id


@pytest.mark.requirement("ITS-15", "U")
def test_a_key_stands_for_its_ticket_for_a_day(desk: Any, clock: Any) -> None:
    first = desk.create("key-1")

    clock.tick(hours=23)
    again = desk.create("key-1")
    clock.tick(hours=2)
    later = desk.create("key-1")

    assert (again.ticket.ticket_id, again.is_new) == (first.ticket.ticket_id, False)
    assert later.is_new


@pytest.mark.requirement("ITS-15", "U")
def test_a_key_that_stood_for_other_words_is_refused(desk: Any) -> None:
    desk.create("key-1")

    with pytest.raises(InvalidRequestError) as refusal:
        desk.create("key-1", issue_description="Something else.")

    assert refusal.value.info.code == "IDEMPOTENCY_CONFLICT"
    assert len(desk.tickets.tickets) == 1


def test_the_same_key_of_two_callers_is_two_keys(desk: Any) -> None:
    assert desk.create("key-1").is_new
    assert desk.create("key-1", caller_id="caller-two").is_new


def test_a_number_that_is_taken_is_skipped(desk: Any) -> None:
    desk.ticket()
    desk.numbers.given = 0

    assert desk.ticket().ticket_id == "INC0000021"


def test_a_counter_that_was_set_far_back_gives_up_instead_of_trying_for_ever(desk: Any) -> None:
    for _ in range(3):
        desk.ticket()
    desk.numbers.given = 0

    with pytest.raises(StoreBusyError, match="3 numbers"):
        desk.ticket()


@pytest.mark.requirement("ITS-15", "U")
@pytest.mark.parametrize(
    "wrong",
    [
        {"caller_id": ""},
        {"caller_id": "x" * 65},
        {"caller_id": None},
        {"issue_description": " \x00\x07 \n"},
        {"issue_description": "x" * 16_001},
        {"category": "weather"},
        {"impact": 4},
        {"urgency": 0},
        {"contact_type": "pigeon"},
        {"short_description": "x" * 161},
    ],
)
def test_a_field_that_does_not_fit_is_refused(desk: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        desk.create(**wrong)


def test_what_a_model_adds_or_leaves_empty_does_no_harm(desk: Any) -> None:
    ticket = desk.ticket(category="", impact=None, urgency="2", mood="angry", contact_id="")

    assert (ticket.urgency, ticket.contact_id) == (2, None)


def test_a_long_utterance_is_kept_whole(desk: Any) -> None:
    said = "my printer is broken and " * 410

    ticket = desk.ticket(issue_description=said)

    assert ticket.issue_description == said.strip()
    assert len(said) > 10_000
    assert len(ticket.short_description) <= 100
    assert ticket.short_description.endswith("…")


def test_control_characters_never_reach_a_ticket(desk: Any) -> None:
    ticket = desk.ticket(
        caller_id="caller\x00\n two",
        issue_description="\x1b[31mmy\x00 app\u202e\r\ncrashes\x7f",
    )

    assert ticket.caller_id == "caller two"
    assert ticket.issue_description == "[31mmy app \ncrashes"
