"""The same questions to the state in memory and to the one in DynamoDB."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from switchboard.events.call import CallEndedV1, CallEscalatedV1
from switchboard.events.envelope import Event, new_event
from switchboard.voice.adapters.dynamodb_calls import DynamoCalls
from switchboard.voice.adapters.dynamodb_tickets import DynamoTickets
from switchboard.voice.adapters.memory import MemoryCalls, MemoryTickets
from switchboard.voice.adapters.patience import at_once
from switchboard.voice.domain.model import Call, Ticket, TicketNote, TicketState
from switchboard.voice.domain.ports import (
    CallFacts,
    Calls,
    ChangedError,
    Moment,
    Tickets,
    UnavailableError,
)

NOON = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)
CALLER = "+15555550100"
REVIEW = TicketState("on_hold", "A fix is ready and in review.", NOON)


@dataclass
class Side:
    """State of one kind, and what was published."""

    tickets: Tickets
    calls: Calls
    published: Callable[[], list[str]]


@pytest.fixture(params=["memory", "dynamodb"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "memory":
        calls = MemoryCalls()
        return Side(MemoryTickets(), calls, lambda: [e.metadata.id for e in calls.published])
    table = request.getfixturevalue("table")

    def published() -> list[str]:
        rows = [row for row in table.scan()["Items"] if row["sk"] == "OUTBOX"]
        return sorted(json.loads(row["detail"])["metadata"]["id"] for row in rows)

    state = DynamoCalls(table, at_once, lambda: NOON)
    return Side(DynamoTickets(table, at_once), state, published)


def escalation(event_id: str = "E1") -> Event[CallEscalatedV1]:
    data = CallEscalatedV1(
        contact_id="c", caller_id=CALLER, reason="silence", summary="nothing", escalated_at=NOON
    )
    return new_event(data, service="voice", correlation_id="c", event_id=event_id)


def ending(event_id: str = "X1") -> Event[CallEndedV1]:
    data = CallEndedV1(
        contact_id="c",
        caller_id=CALLER,
        outcome="resolved",
        talked=True,
        started_at=NOON,
        ended_at=NOON,
        seconds=0,
    )
    return new_event(data, service="voice", correlation_id="c", event_id=event_id)


def test_a_ticket_is_found_by_its_caller_only(side: Side) -> None:
    side.tickets.opened(Ticket("INC0000013", CALLER, "Discount code", NOON))

    assert side.tickets.find(CALLER, "INC0000013") == Ticket(
        "INC0000013", CALLER, "Discount code", NOON
    )
    assert side.tickets.find("caller-two", "INC0000013") is None
    assert side.tickets.of("caller-two") == ()


def test_tickets_come_with_the_highest_number_first(side: Side) -> None:
    for number in ("INC0000021", "INC0000037", "INC0000013"):
        side.tickets.opened(Ticket(number, CALLER, "x", NOON))

    found = [ticket.ticket_id for ticket in side.tickets.of(CALLER)]

    assert found == ["INC0000037", "INC0000021", "INC0000013"]


def test_an_older_state_never_replaces_a_newer_one(side: Side) -> None:
    kept = [
        side.tickets.moved(CALLER, "INC0000013", REVIEW, Moment(NOON, "02")),
        side.tickets.moved(CALLER, "INC0000013", TicketState("new", "", NOON), Moment(NOON, "01")),
        side.tickets.moved(CALLER, "INC0000013", REVIEW, Moment(NOON, "02")),
    ]

    ticket = side.tickets.find(CALLER, "INC0000013")
    assert kept == [True, False, False]
    assert ticket is not None
    assert ticket.state == REVIEW


def test_the_newest_comment_is_noted_beside_the_state(side: Side) -> None:
    later = NOON + timedelta(seconds=1)
    side.tickets.moved(CALLER, "INC0000013", REVIEW, Moment(NOON, "01"))

    kept = [
        side.tickets.noted(CALLER, "INC0000013", TicketNote("desk", later), Moment(later, "02")),
        side.tickets.noted(CALLER, "INC0000013", TicketNote("caller", NOON), Moment(NOON, "03")),
    ]

    ticket = side.tickets.find(CALLER, "INC0000013")
    assert kept == [True, False]
    assert ticket is not None
    assert (ticket.state, ticket.note) == (REVIEW, TicketNote("desk", later))


def test_a_record_keeps_the_first_word_on_each_fact(side: Side) -> None:
    later = NOON + timedelta(seconds=5)
    side.calls.learn("c", CallFacts(agent_at=NOON), "A@1")

    call = side.calls.learn("c", CallFacts(agent_at=later, caller_id=CALLER), "B@2")

    assert (call.agent_at, call.caller_id) == (NOON, CALLER)
    assert side.calls.get("c") == call
    assert side.calls.get("other") == Call("other")


def test_a_withheld_number_gives_way_to_a_known_one(side: Side) -> None:
    side.calls.learn("c", CallFacts(caller_id="anonymous"))

    assert side.calls.learn("c", CallFacts(caller_id=CALLER)).caller_id == CALLER


def test_a_call_is_escalated_once(side: Side) -> None:
    first = side.calls.escalate("c", CALLER, "silence", escalation("E1"))
    second = side.calls.escalate("c", CALLER, "no_match", escalation("E2"))

    call = side.calls.get("c")
    assert (first, second) == (True, False)
    assert side.published() == ["E1"]
    assert (call.escalation, call.caller_id) == ("silence", CALLER)


def test_a_record_is_closed_once_and_then_keeps_its_outcome(side: Side) -> None:
    side.calls.note_outcome("c", "failed")
    side.calls.note_outcome("c", "resolved")
    call = side.calls.get("c")

    first = side.calls.end(call, "resolved", ending("X1"))
    side.calls.note_outcome("c", "failed")
    second = side.calls.end(side.calls.get("c"), "resolved", ending("X2"))

    closed = side.calls.get("c")
    assert (call.outcome, first, second) == ("resolved", True, False)
    assert side.published() == ["X1"]
    assert (closed.is_over, closed.outcome) == (True, "resolved")


def test_a_record_that_changed_since_it_was_read_is_not_closed(side: Side) -> None:
    call = side.calls.learn("c", CallFacts(caller_id=CALLER))
    side.calls.opened_in("c", "INC0000013")
    side.calls.opened_in("c", "INC0000013")

    with pytest.raises(ChangedError):
        side.calls.end(call, "resolved", ending())

    assert side.published() == []
    assert side.calls.get("c").ticket_ids == {"INC0000013"}


def test_a_contact_event_seen_twice_is_on_the_record_once(table: Any) -> None:
    calls = DynamoCalls(table, at_once, lambda: NOON)
    for key in ("QUEUED@1", "QUEUED@1", "DISCONNECTED@2"):
        calls.learn("c", CallFacts(), key)

    row = table.get_item(Key={"pk": "CALL#c", "sk": "RECORD"})["Item"]

    assert row["inputs"] == {"QUEUED@1", "DISCONNECTED@2"}


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "Op"),
        EndpointConnectionError(endpoint_url="http://x"),
    ],
)
def test_a_table_that_does_not_answer_is_unavailable_to_the_domain(
    table: Any, error: Exception
) -> None:
    def fail(_: Callable[[], Any]) -> Any:
        raise error

    tickets, calls = DynamoTickets(table, fail), DynamoCalls(table, fail, lambda: NOON)
    acts: list[Callable[[], object]] = [
        lambda: tickets.of(CALLER),
        lambda: tickets.find(CALLER, "INC0000013"),
        lambda: tickets.moved(CALLER, "INC0000013", REVIEW, Moment(NOON, "1")),
        lambda: calls.get("c"),
        lambda: calls.learn("c", CallFacts()),
        lambda: calls.opened_in("c", "INC0000013"),
        lambda: calls.note_outcome("c", "failed"),
        lambda: calls.escalate("c", CALLER, "silence", escalation()),
    ]

    for act in acts:
        with pytest.raises(UnavailableError):
            act()
