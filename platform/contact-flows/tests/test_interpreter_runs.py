"""A whole contact: hang-ups, dead ends, circles, and the events it leaves."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from switchboard.contact_flows.actions.contact_data import UpdateContactAttributes
from switchboard.contact_flows.actions.routing import DisconnectParticipant, TransferContactToQueue
from switchboard.contact_flows.actions.talk import GetParticipantInput, MessageParticipant
from switchboard.contact_flows.builder import Flow
from switchboard.contact_flows.document import FlowFormatError
from switchboard.contact_flows.interpreter import effects
from switchboard.contact_flows.interpreter.effects import (
    HANG_UP,
    ActionStarted,
    AgentAnswered,
    AskInput,
    Effect,
    Failed,
)
from switchboard.contact_flows.interpreter.run import drive, interpret
from switchboard.contact_flows.interpreter.step import AnswerError

Raw = Callable[..., dict[str, Any]]


def talk() -> Flow:
    flow = Flow("talk")
    flow.add("note", UpdateContactAttributes(attributes={"a": "b"}), then="hello", on_error="hello")
    flow.add("hello", MessageParticipant(text="Hello."), then="ask")
    flow.add("ask", GetParticipantInput(text="?", input_time_limit_seconds=5), on_error="end")
    flow.add("end", DisconnectParticipant())
    return flow


def queued(day: Any, answer: Any) -> Any:
    flow = Flow("queue")
    flow.add(
        "it",
        TransferContactToQueue(),
        then="end",
        errors={"QueueAtCapacity": "end", "NoMatchingError": "end"},
    )
    flow.add("end", DisconnectParticipant())
    day.contact.target_queue("arn:queue/people")
    return day(flow, {effects.WaitInQueue: answer})


def kinds(day: Any) -> list[str]:
    return [effect.event["detail"]["eventType"] for effect in day.of(effects.ContactEvent)]


def test_a_contact_begins_and_ends_with_the_events_of_connect(day: Any) -> None:
    ending = day(talk())

    assert ending.outcome == "disconnected"
    assert kinds(day) == ["INITIATED", "CONTACT_DATA_UPDATED", "DISCONNECTED", "COMPLETED"]
    assert day.of(effects.Disconnect) == [effects.Disconnect("end", "CONTACT_FLOW_DISCONNECT")]


def test_an_event_has_the_shape_of_eventbridge(day: Any) -> None:
    day(talk())

    event = day.of(effects.ContactEvent)[-1].event
    assert (event["source"], event["detail-type"]) == (
        "aws.connect",
        "Amazon Connect Contact Event",
    )
    assert (event["account"], event["region"]) == ("111122223333", "us-east-1")
    assert event["time"] == "2026-01-05T09:00:00Z"
    assert event["detail"] == {
        "eventType": "COMPLETED",
        "contactId": "contact-1",
        "initialContactId": "contact-1",
        "channel": "VOICE",
        "instanceArn": day.contact.instance_arn,
        "initiationMethod": "INBOUND",
        "initiationTimestamp": "2026-01-05T09:00:00.000Z",
        "connectedToSystemTimestamp": "2026-01-05T09:00:00.000Z",
        "disconnectTimestamp": "2026-01-05T09:00:00.000Z",
        "disconnectReason": "CONTACT_FLOW_DISCONNECT",
        "customerEndpoint": {"address": "+15555550100", "type": "TELEPHONE_NUMBER"},
        "systemEndpoint": {"address": "+15555550100", "type": "TELEPHONE_NUMBER"},
    }


def test_every_event_has_its_own_id(day: Any) -> None:
    day(talk())

    ids = [effect.event["id"] for effect in day.of(effects.ContactEvent)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("position", range(40))
def test_a_caller_may_hang_up_at_any_effect_of_any_flow(
    day: Any, exported: Path, position: int
) -> None:
    seen: list[Effect] = []

    def world(effect: Effect) -> Any:
        seen.append(effect)
        return HANG_UP if len(seen) == position + 1 else None

    run = interpret(
        exported.read_text(),
        day.contact,
        now=lambda: datetime(2026, 1, 5, 9, tzinfo=UTC),
        new_id=lambda: "id",
    )
    ending = drive(run, world)

    ends = [type(effect).__name__ for effect in seen[-3:]]
    assert ends == ["Disconnect", "ContactEvent", "ContactEvent"]
    last = seen[-1]
    assert isinstance(last, effects.ContactEvent)
    if ending.outcome == "hung_up":
        assert last.event["detail"]["disconnectReason"] == "CUSTOMER_DISCONNECT"
        assert len(seen) == position + 4


def test_who_waits_in_the_queue_may_hang_up_be_answered_or_be_left(day: Any) -> None:
    endings = [queued(day, answer) for answer in (HANG_UP, AgentAnswered("arn:agent"), None)]

    assert [ending.outcome for ending in endings] == ["hung_up", "queued", "queued"]
    reasons = [effect.reason for effect in day.of(effects.Disconnect)]
    assert reasons == ["CUSTOMER_DISCONNECT", "AGENT_DISCONNECT", "CONTACT_FLOW_DISCONNECT"]


def test_the_events_of_a_queued_contact_name_queue_and_agent(day: Any) -> None:
    queued(day, AgentAnswered("arn:agent"))

    assert kinds(day) == ["INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"]
    detail = day.of(effects.ContactEvent)[-1].event["detail"]
    assert detail["queueInfo"]["queueArn"] == "arn:queue/people"
    assert detail["agentInfo"]["agentArn"] == "arn:agent"


def test_a_failure_without_a_branch_drops_the_contact_and_says_where(raw: Raw, day: Any) -> None:
    ending = day(raw({"Identifier": "it", "Type": "UpdateContactTargetQueue"}))

    assert ending.outcome == "dropped"
    assert ending.reason == "it failed with NoMatchingError (no queue) and has no branch for it"
    assert day.of(effects.Disconnect)[0].reason == "OTHER"


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ({"Type": "Compare"}, "it has no branch for ''"),
        ({"Type": "UpdateFlowLoggingBehavior"}, "it has no NextAction"),
        (
            {"Type": "UpdateFlowLoggingBehavior", "Transitions": {"NextAction": "x"}},
            "it leads to 'x', which is not an action",
        ),
    ],
)
def test_a_dead_end_drops_the_contact_and_says_why(
    raw: Raw, day: Any, action: dict[str, Any], reason: str
) -> None:
    ending = day(raw({"Identifier": "it"} | action))

    assert (ending.outcome, ending.reason) == ("dropped", reason)


def test_a_flow_that_goes_round_is_ended_with_the_reason(raw: Raw, day: Any) -> None:
    spin = {"Type": "UpdateFlowLoggingBehavior", "Transitions": {"NextAction": "it"}}

    ending = day(raw({"Identifier": "it"} | spin), step_limit=50)

    assert ending.outcome == "spun"
    assert ending.reason == "more than 50 actions: the flow goes round"
    assert kinds(day)[-1] == "COMPLETED"


def test_a_flow_without_a_start_is_dropped_and_what_is_no_flow_is_refused(
    raw: Raw, day: Any
) -> None:
    assert day(raw(StartAction="nowhere")).reason == "StartAction 'nowhere' is not an action"
    with pytest.raises(FlowFormatError):
        day("no json")


def test_an_answer_an_effect_cannot_use_is_the_drivers_error(day: Any) -> None:
    with pytest.raises(AnswerError, match="AskInput wants str, Failed, HANG_UP or None: 7"):
        day(talk(), {AskInput: 7})


def test_every_action_that_starts_is_announced_and_any_may_fail(day: Any) -> None:
    ending = day(talk(), {effects.Say: Failed(reason="no voice")})

    assert [e.action for e in day.of(ActionStarted)] == ["note", "hello", "ask", "end"]
    assert ending.steps == 4
