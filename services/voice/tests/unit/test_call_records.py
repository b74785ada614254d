"""From contact events to one `CallEnded.v1`, whatever order they come in."""

import json
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from switchboard.events.catalogue import MalformedEventError
from switchboard.events.envelope import Event
from switchboard.voice.adapters.contact_events import parse_contact_event
from switchboard.voice.domain.ports import CallFacts, ChangedError

Make = Callable[..., Event[Any]]
Step = Callable[..., dict[str, Any]]
Body = Callable[..., str]
CONTACT = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"


def ended(house: Any) -> dict[str, Any]:
    (event,) = house.published("CallEnded.v1")
    data: dict[str, Any] = event["data"]
    return data


def test_a_call_that_is_over_is_told_once_with_how_it_went(
    house: Any, step: Step, opened: Make, contact_event: Body
) -> None:
    house.ask(step("open_session"))
    house.learn(opened())
    house.ask(step("end_call", outcome="resolved"))

    outcomes = house.follow(
        contact_event("INITIATED"), contact_event("DISCONNECTED", 240), contact_event("COMPLETED")
    )

    assert outcomes == ["noted", "ended", "ended_before"]
    (event,) = house.published("CallEnded.v1")
    assert event["metadata"]["correlation_id"] == CONTACT
    assert event["metadata"]["causation_id"] == "disconnected-1"
    assert event["data"] == {
        "contact_id": CONTACT,
        "caller_id": "+15555550100",
        "outcome": "resolved",
        "talked": True,
        "ticket_ids": ["INC0000013"],
        "disconnect_reason": "CUSTOMER_DISCONNECT",
        "started_at": "2026-02-04T12:00:00Z",
        "ended_at": "2026-02-04T12:04:00Z",
        "seconds": 240.0,
    }


def test_in_every_order_and_each_twice_the_call_ends_once_and_with_the_same_words(
    contact_event: Body, step: Step, request: pytest.FixtureRequest
) -> None:
    house_type = type(request.getfixturevalue("house"))
    bodies = [
        contact_event("INITIATED"),
        contact_event("QUEUED", 100, queueInfo={"enqueueTimestamp": "2026-02-04T12:01:40Z"}),
        contact_event("DISCONNECTED", 240),
        contact_event("COMPLETED", 241),
    ]
    told = set()

    for order in permutations(bodies):
        house = house_type()
        house.ask(step("open_session"))
        house.follow(*order, *reversed(order))
        told.add(json.dumps(ended(house), sort_keys=True))

    assert len(told) == 1


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], "unreached"),
        (["open_session"], "abandoned"),
        (["open_session", "record_escalation"], "escalated"),
        (["open_session", "record_escalation", "closed"], "closed"),
        (["open_session", "record_escalation", "escalated", "queue_full"], "queue_full"),
        (["open_session", "failed"], "failed"),
    ],
)
def test_the_outcome_is_the_flows_last_word_or_what_can_be_known_without_it(
    house: Any, step: Step, contact_event: Body, said: list[str], expected: str
) -> None:
    for word in said:
        named = {"open_session", "record_escalation"}
        house.ask(step(word) if word in named else step("end_call", outcome=word))

    house.follow(contact_event("COMPLETED", 240))

    assert ended(house)["outcome"] == expected


def test_a_caller_who_hung_up_after_the_ticket_was_opened_was_helped(
    house: Any, step: Step, opened: Make, contact_event: Body
) -> None:
    house.ask(step("open_session"))
    house.learn(opened())

    house.follow(contact_event("DISCONNECTED", 240))

    assert ended(house)["outcome"] == "resolved"


def test_a_call_that_a_person_took_was_escalated(house: Any, contact_event: Body) -> None:
    taken = {"connectedToAgentTimestamp": "2026-02-04T12:02:00Z"}

    house.follow(contact_event("DISCONNECTED", 240, agentInfo=taken))

    assert ended(house)["outcome"] == "escalated"


@pytest.mark.parametrize(("seconds", "expected"), [(19, False), (20, True), (200, True)])
def test_a_caller_has_talked_after_twenty_seconds_with_the_agent(
    house: Any,
    step: Step,
    contact_event: Body,
    turn: Callable[[float], None],
    seconds: int,
    expected: bool,
) -> None:
    turn(240 - seconds)
    house.ask(step("open_session"))

    house.follow(contact_event("DISCONNECTED", 240))

    assert ended(house)["talked"] is expected


def test_who_never_reached_the_agent_has_not_talked(house: Any, contact_event: Body) -> None:
    house.follow(contact_event("DISCONNECTED", 240))

    assert (ended(house)["talked"], ended(house)["outcome"]) == (False, "unreached")


def test_an_end_without_its_time_takes_the_events_own(house: Any, contact_event: Body) -> None:
    house.follow(contact_event("COMPLETED", 90, disconnectTimestamp=None))

    assert (ended(house)["ended_at"], ended(house)["seconds"]) == ("2026-02-04T12:01:30Z", 90.0)


@pytest.mark.parametrize(
    "changes", [{"channel": "CHAT"}, {"initiationMethod": "OUTBOUND"}, {"channel": "TASK"}]
)
def test_what_is_no_call_to_the_desk_leaves_no_record(
    house: Any, contact_event: Body, changes: dict[str, str]
) -> None:
    outcomes = house.follow(contact_event("COMPLETED", 240, **changes))

    assert outcomes == ["not_a_call"]
    assert house.published("CallEnded.v1") == []


def test_kinds_that_connect_may_add_one_day_are_noted(house: Any, contact_event: Body) -> None:
    assert house.follow(contact_event("TELEPORTED")) == ["noted"]


def test_what_is_learned_while_the_record_closes_is_in_the_event(
    house: Any, contact_event: Body
) -> None:
    late = ["INC0000013"]
    house.calls.before_end = lambda: [house.calls.opened_in(CONTACT, late.pop()) for _ in late[:1]]

    house.follow(contact_event("DISCONNECTED", 240))

    assert ended(house)["ticket_ids"] == ["INC0000013"]


def test_a_record_that_keeps_changing_is_left_for_a_later_try(
    house: Any, contact_event: Body
) -> None:
    facts = CallFacts()
    house.calls.before_end = lambda: house.calls.learn(CONTACT, facts)

    with pytest.raises(ChangedError):
        house.follow(contact_event("DISCONNECTED", 240))

    house.calls.before_end = lambda: None
    assert house.follow(contact_event("DISCONNECTED", 240)) == ["ended"]


def test_the_flows_word_after_the_end_changes_nothing(
    house: Any, step: Step, contact_event: Body
) -> None:
    house.follow(contact_event("DISCONNECTED", 240))

    house.ask(step("end_call", outcome="failed"))

    assert house.calls.get(CONTACT).outcome == "unreached"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda m: m["detail"].pop("contactId"), "detail.contactId: Field required"),
        (lambda m: m["detail"].update(contactId=""), "detail.contactId"),
        (lambda m: m["detail"].update(disconnectTimestamp="yesterday"), "disconnectTimestamp"),
        (lambda m: m.update({"detail-type": "Contact Lens"}), "detail-type is not"),
        (lambda m: m.pop("time"), "time: Field required"),
        (lambda m: m["detail"].update(customerEndpoint="+15555550100"), "customerEndpoint"),
    ],
)
def test_a_contact_event_that_makes_no_sense_says_where_and_shows_no_value(
    contact_event: Body, change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    message = json.loads(contact_event("DISCONNECTED"))
    change(message)

    with pytest.raises(MalformedEventError, match=reason) as refused:
        parse_contact_event(json.dumps(message))

    assert "5555" not in str(refused.value)
    assert "5555" not in str(refused.value.__cause__)
