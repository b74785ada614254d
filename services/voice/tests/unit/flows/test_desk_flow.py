"""The way of a call through the desk."""

import json
from typing import Any

import pytest

from switchboard.contact_flows.document import FlowDocument
from switchboard.contact_flows.interpreter.effects import HANG_UP, BotEnded, Failed, Reply
from switchboard.contact_flows.linter.graph import reachable
from switchboard.contact_flows.linter.lint import lint
from switchboard.voice.flows import texts
from switchboard.voice.flows.desk import DeskAddresses, desk_flow

COMPLETE = BotEnded("AmazonQinConnect", {"Tool": "Complete"})
ESCALATE = BotEnded(
    "AmazonQinConnect",
    {
        "Tool": "Escalate",
        "escalationReason": "not_resolved",
        "escalationSummary": "The printer is on fire again.",
        "customerIntent": "printer",
        "sentiment": "negative",
        "ticketNumber": "INC0000013",
    },
)
PROMISE = "call you back"


def test_the_flow_lints_clean_and_is_the_same_at_every_emission(addresses: DeskAddresses) -> None:
    content = desk_flow(addresses).to_json()

    assert lint(content) == []
    assert content == desk_flow(addresses).to_json()


def test_nobody_is_recorded_without_having_been_asked(addresses: DeskAddresses) -> None:
    types = {action["Type"] for action in json.loads(desk_flow(addresses).to_json())["Actions"]}

    assert not {name for name in types if "Recording" in name}


def test_the_session_is_created_and_bound_before_the_assistant_speaks(line: Any) -> None:
    line.ring(assistant=COMPLETE)

    assert line.started() == [
        "logging", "voice", "caller", "session", "bind", "open", "greeting",
        "assistant", "tool", "resolved", "end-call", "goodbye", "end",
    ]  # fmt: skip
    assert line.called("open_session") == [
        {
            "step": "open_session",
            "callerId": "+15555550100",
            "sessionArn": line.contact.wisdom_session,
        }
    ]
    assert line.contact.data["WisdomSessionArn"] == line.contact.wisdom_session
    assert line.called("end_call") == [{"step": "end_call", "outcome": "resolved"}]


def test_silence_is_asked_about_twice_in_other_words_than_the_greeting(line: Any) -> None:
    line.ring(assistant=None, keypad=HANG_UP)

    assert line.said() == [
        "Hello, this is the I T service desk.",
        texts.NOTHING_HEARD,
        texts.NOTHING_HEARD,
        texts.KEYPAD,
    ]


def test_what_is_not_understood_is_asked_for_in_other_words(line: Any) -> None:
    line.ring(assistant=[BotEnded("AmazonQinConnect"), None, COMPLETE])

    assert line.said()[1:3] == [texts.NOT_UNDERSTOOD, texts.NOTHING_HEARD]


def test_whoever_presses_nothing_is_asked_twice_and_gets_a_person(line: Any) -> None:
    ending = line.ring(assistant=None, keypad=None)

    assert line.said().count(texts.KEYPAD) == 2
    assert ending.outcome == "queued"
    (recorded,) = line.called("record_escalation")
    assert recorded["reason"] == "silence"
    assert recorded["summary"] == texts.UNHEARD_SUMMARY


@pytest.mark.parametrize(
    "answers",
    [
        {"assistant": BotEnded("AmazonQinConnect", {"Tool": "Escalate"})},
        {"assistant": None, "keypad": "0"},
        {"assistant": None, "keypad": "1"},
        {"assistant": None, "keypad": "2", "number": "0"},
        {"session": Failed(reason="no assistant"), "keypad": "1"},
        {"assistant": Failed(reason="not built"), "keypad": "0"},
    ],
)
def test_a_person_can_be_had_at_every_turn(line: Any, answers: dict[str, Any]) -> None:
    ending = line.ring(**answers)

    assert ending.outcome == "queued"
    assert len(line.called("record_escalation")) == 1
    assert line.said()[-1] == texts.PUT_THROUGH


def test_the_hand_off_travels_to_the_function_and_stays_with_the_contact(line: Any) -> None:
    ending = line.ring(assistant=ESCALATE)

    assert line.called("record_escalation") == [
        {
            "step": "record_escalation",
            "reason": "not_resolved",
            "summary": "The printer is on fire again.",
            "intent": "printer",
            "sentiment": "negative",
            "ticketNumber": "INC0000013",
            "callerId": "+15555550100",
        }
    ]
    assert ending.contact.attributes["escalationSummary"] == "The printer is on fire again."
    assert ending.contact.queue["Name"] == "people"


@pytest.mark.parametrize(
    ("world", "text", "outcome"),
    [
        ({"hours": False}, texts.CLOSED, "closed"),
        ({"transfer": Failed("QueueAtCapacity")}, texts.FULL, "queue_full"),
        ({"transfer": Failed()}, texts.NOT_PUT_THROUGH, "failed"),
    ],
)
def test_when_no_person_can_be_had_the_call_back_is_the_one_that_was_noted(
    line: Any, world: dict[str, Any], text: str, outcome: str
) -> None:
    line.ring(assistant=ESCALATE, **world)

    heard = text.replace("$.External.sentence", "I have noted it. A colleague will call you back.")
    assert line.said()[-2:] == [heard, texts.GOODBYE]
    assert line.called("end_call") == [{"step": "end_call", "outcome": outcome}]


@pytest.mark.parametrize(
    "record",
    [
        Failed(reason="it raised"),
        Reply({"recorded": "true", "sentence": "x"}, seconds=6.1),
        Reply({"recorded": "false", "sentence": "A colleague will call you back."}),
        Reply({}),
    ],
)
@pytest.mark.parametrize(
    "world",
    [
        {"hours_unnoted": False},
        {"transfer_unnoted": Failed("QueueAtCapacity")},
        {"transfer_unnoted": Failed()},
    ],
)
def test_what_could_not_be_noted_is_not_promised(
    line: Any, record: Any, world: dict[str, Any]
) -> None:
    line.ring(assistant=ESCALATE, record=record, **world)

    assert not [text for text in line.said() if PROMISE in text or "have noted" in text]
    assert texts.CALL_AGAIN in line.said()[-2]
    assert line.called("end_call") == [{"step": "end_call", "outcome": "failed"}]


def test_no_way_leads_to_a_promise_except_the_one_where_it_was_recorded(
    flow: FlowDocument,
) -> None:
    """By the graph, whatever the functions answer: without that one branch nobody gets there."""
    promising = {
        action.identifier
        for action in flow.actions
        if "External.sentence" in str(action.parameters.get("Text")) and action.identifier != "tell"
    }

    def onward(action: Any) -> tuple[str, ...]:
        if action.identifier != "recorded":
            return tuple(action.targets)
        return tuple(edge.target for edge in action.edges if edge.kind != "condition")

    assert promising == {"closed", "full", "failed"}
    assert not promising & reachable(flow, [flow.start], onward)
    assert flow.by_identifier["recorded"].target("condition", "true") == "hours"


def test_own_texts_promise_neither_a_call_back_nor_a_ticket() -> None:
    own = {name: text for name, text in vars(texts).items() if name.isupper()}

    assert not [name for name, text in own.items() if PROMISE in text]
    assert not [name for name, text in own.items() if "is open" in text or "ticket will" in text]


def test_spoken_texts_are_short_and_plain() -> None:
    spoken = [
        text for name, text in vars(texts).items() if name.isupper() and "SUMMARY" not in name
    ]

    for text in spoken:
        assert text.count(".") + text.count("?") <= 4, text
        assert len(text.split()) <= 25, text
        assert not set("*_#<>[]{}") & set(text), text


def test_a_number_from_the_keypad_is_seven_digits_without_letters(line: Any) -> None:
    line.ring(assistant=None, keypad="2", number="00000139")

    (asked,) = [e for e in line.effects if type(e).__name__ == "AskInput" and e.store]
    assert asked.maximum == 7
    assert line.called("ticket_status") == [{"step": "ticket_status", "number": "0000013"}]
    assert "Somebody is working on it." in line.said()


def test_a_number_that_is_not_found_and_one_that_is_not_entered_each_cost_a_try(
    line: Any,
) -> None:
    missing = Reply({"found": "false", "sentence": "I cannot find that ticket."})

    ending = line.ring(assistant=None, keypad="2", number=["9999999", None], look_up=missing)

    assert len(line.called("ticket_status")) == 1
    assert line.said().count(texts.KEYPAD) == 2
    assert ending.outcome == "queued"


def test_a_look_up_that_fails_is_said_and_handed_on_with_the_number(line: Any) -> None:
    line.ring(assistant=None, keypad="2", number="0000013", look_up=Failed())

    assert texts.LOOK_UP_DOWN in line.said()
    (recorded,) = line.called("record_escalation")
    assert recorded["reason"] == "not_resolved"
    assert "ticket 0000013" in recorded["summary"]


@pytest.mark.parametrize("broken", ["session", "assistant"])
def test_without_the_assistant_the_keypad_serves(line: Any, broken: str) -> None:
    line.ring(**{broken: Failed(), "keypad": "1"})

    assert texts.ASSISTANT_DOWN in line.said()
    (recorded,) = line.called("record_escalation")
    assert recorded["reason"] == "asked_for_person"
    assert texts.ASSISTANT_DOWN_SUMMARY in recorded["summary"]


def test_who_waits_for_the_assistant_in_vain_is_handed_on_as_agent_down(line: Any) -> None:
    line.ring(assistant=Failed(), keypad=None)

    assert line.called("record_escalation")[0]["reason"] == "agent_down"


def test_without_the_session_function_the_caller_is_greeted_all_the_same(line: Any) -> None:
    line.ring(open=Failed(), assistant=COMPLETE)

    assert line.said()[0] == texts.GREETING


def test_the_assistant_answers_at_any_hour(line: Any) -> None:
    line.ring(hours=False, assistant=COMPLETE)

    assert "hours" not in line.started()


def test_functions_are_waited_for_4_and_6_seconds(flow: FlowDocument) -> None:
    waits = {
        action.identifier: action.parameters["InvocationTimeLimitSeconds"]
        for action in flow.actions
        if action.type == "InvokeLambdaFunction"
    }

    assert waits == {"open": "4", "look-up": "6", "record": "6", "end-call": "4"}
