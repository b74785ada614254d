"""What each action does when the emitted flow runs."""

from collections.abc import Callable
from typing import Any

import pytest

from switchboard.contact_flows.actions.branching import (
    CheckHoursOfOperation,
    CheckMetricData,
    Compare,
    DistributeByPercentage,
    Loop,
    Wait,
)
from switchboard.contact_flows.actions.contact_data import (
    FlowAttribute,
    UpdateContactAttributes,
    UpdateContactData,
    UpdateContactTextToSpeechVoice,
    UpdateFlowAttributes,
)
from switchboard.contact_flows.actions.integration import (
    CreateWisdomSession,
    InvokeLambdaFunction,
    ResponseValidation,
)
from switchboard.contact_flows.actions.routing import (
    DisconnectParticipant,
)
from switchboard.contact_flows.actions.talk import (
    ConnectParticipantWithLexBot,
    CustomValidation,
    GetParticipantInput,
    InputValidation,
    LexV2Bot,
    MessageParticipant,
)
from switchboard.contact_flows.builder import Flow, When
from switchboard.contact_flows.interpreter import effects
from switchboard.contact_flows.interpreter.effects import (
    AskInput,
    BotEnded,
    Failed,
    InvokeLambda,
    Reply,
)

One = Callable[..., Flow]
MENU = GetParticipantInput(text="Key?", input_time_limit_seconds=5)
STORE = GetParticipantInput(
    text="Number?",
    input_time_limit_seconds=5,
    store_input=True,
    input_validation=InputValidation(custom_validation=CustomValidation(maximum_length=3)),
)
FUNCTION = InvokeLambdaFunction(
    lambda_function_arn="arn:find",
    invocation_time_limit_seconds=4,
    lambda_invocation_attributes={"number": "$.StoredCustomerInput"},
)
BOT = ConnectParticipantWithLexBot(
    text="Yes?", lex_v2_bot=LexV2Bot(alias_arn="arn:bot"), lex_session_attributes={"a": "b"}
)


@pytest.mark.parametrize(
    ("keys", "way"), [("1", "right"), (None, "wrong"), ("", "wrong"), ("7", "other")]
)
def test_a_menu_leads_by_the_key_and_silence_and_other_keys_have_their_own_ways(
    day: Any, keys: str | None, way: str
) -> None:
    flow = Flow("menu")
    flow.add(
        "it",
        MENU,
        when={"1": "right"},
        errors={
            "NoMatchingError": "wrong",
            "InputTimeLimitExceeded": "wrong",
            "NoMatchingCondition": "other",
        },
    )
    for name in ("right", "wrong", "other"):
        flow.add(name, DisconnectParticipant())

    assert day(flow, {AskInput: keys}).action == way
    assert day.of(AskInput) == [AskInput("it", "Key?", 5, 1)]


@pytest.mark.parametrize(
    ("keys", "stored"), [("12345", "123"), ("1#", "1"), (None, "Timeout"), ("", "Timeout")]
)
def test_stored_keys_are_cut_at_the_hash_and_the_maximum_and_silence_is_stored_as_timeout(
    day: Any, one_action: One, keys: str | None, stored: str
) -> None:
    ending = day(one_action(STORE), {AskInput: keys})

    assert ending.action == "right"
    assert ending.contact.stored_input == stored


def test_texts_show_values_of_the_contact_and_never_look_into_what_they_show(
    day: Any, one_action: One
) -> None:
    day.contact.attributes = {"name": "$.ContactId", "list": "x"}
    day.contact.external = {"rows": [{"id": "7"}], "odd-key": "odd"}
    text = (
        "Hi $.Attributes.name, $.External.rows[0].id, $.Attributes['odd key'] $.External.odd-key. "
        "Bye $.CustomerEndpoint.Address."
    )

    day(one_action(MessageParticipant(text=text)))

    assert day.said() == ["Hi $.ContactId, 7, odd. Bye +15555550100."]


def test_nothing_to_say_takes_the_error_branch_or_goes_on_where_there_is_none(
    day: Any, one_action: One
) -> None:
    silent = MessageParticipant(text="$.External.sentence")

    assert day(one_action(silent)).action == "wrong"
    assert day(one_action(silent, on_error=None)).action == "right"


def test_markup_is_not_spoken_and_a_recording_is_named(day: Any, one_action: One) -> None:
    day(one_action(MessageParticipant(ssml="<speak>One <break/>two</speak>")))
    day(one_action(MessageParticipant(prompt_id="arn:prompt/p")))

    assert [(said.text, said.prompt_id) for said in day.of(effects.Say)] == [
        ("One two", ""),
        ("", "arn:prompt/p"),
    ]


def test_the_bot_leaves_its_intent_slots_and_session_attributes_behind(
    day: Any, one_action: One
) -> None:
    ended = BotEnded("Order", {"Tool": "Complete"}, {"size": "large"})

    ending = day(one_action(BOT), {effects.ConnectBot: ended})

    assert ending.action == "right"
    assert ending.contact.lex == {
        "IntentName": "Order",
        "SessionAttributes": {"a": "b", "Tool": "Complete"},
        "Slots": {"size": "large"},
    }
    assert day.of(effects.ConnectBot) == [effects.ConnectBot("it", "arn:bot", "Yes?", {"a": "b"})]


def test_a_silent_bot_ends_in_its_fallback_intent_and_a_failed_one_forgets_the_last(
    day: Any, one_action: One
) -> None:
    assert day(one_action(BOT)).contact.lex["IntentName"] == "FallbackIntent"

    ending = day(one_action(BOT), {effects.ConnectBot: Failed(reason="not built")})

    assert ending.action == "wrong"
    assert ending.contact.lex == {}


def test_intents_lead_where_the_flow_says_and_others_have_no_condition(
    day: Any, one_action: One
) -> None:
    flow = one_action(BOT, when={"Order": "right"})

    assert day(flow, {effects.ConnectBot: BotEnded("order")}).action == "right"
    assert day(flow, {effects.ConnectBot: BotEnded("Complain")}).action == "wrong"


def test_a_function_gets_the_event_of_connect_with_resolved_parameters(
    day: Any, one_action: One
) -> None:
    day.contact.stored_input = "17"
    day.contact.attributes = {"a": "b"}

    day(one_action(FUNCTION), {InvokeLambda: Reply({"found": True, "count": 3})})

    (call,) = day.of(InvokeLambda)
    assert (call.function_arn, call.seconds) == ("arn:find", 4)
    assert call.event["Name"] == "ContactFlowEvent"
    assert call.event["Details"]["Parameters"] == {"number": "17"}
    data = call.event["Details"]["ContactData"]
    assert data["CustomerEndpoint"] == {"Address": "+15555550100", "Type": "TELEPHONE_NUMBER"}
    assert data["Attributes"] == {"a": "b"}
    assert data["Queue"] is None
    assert day.contact.external == {"found": "True", "count": "3"}


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"a": "b"}, seconds=4.1),
        Reply({"a": "x" * 32_768}),
        Reply({"a": {"b": "c"}}),
        Reply({"a": None}),
        Reply("text"),
        Failed(reason="it raised"),
    ],
)
def test_a_reply_too_late_too_large_or_not_flat_takes_the_error_branch_and_leaves_nothing(
    day: Any, one_action: One, reply: Any
) -> None:
    day.contact.external = {"from": "an earlier function"}

    ending = day(one_action(FUNCTION), {InvokeLambda: reply})

    assert ending.action == "wrong"
    assert ending.contact.external == {}


def test_a_nested_reply_is_taken_where_the_flow_announced_json(day: Any, one_action: One) -> None:
    nested = InvokeLambdaFunction(
        lambda_function_arn="arn",
        invocation_time_limit_seconds=4,
        response_validation=ResponseValidation(response_type="JSON"),
    )

    ending = day(one_action(nested), {InvokeLambda: Reply({"a": {"b": [1]}})})

    assert ending.action == "right"
    assert ending.contact.external == {"a": {"b": [1]}}


def test_attributes_are_written_up_to_32_kilobytes_and_not_at_all_beyond(
    day: Any, one_action: One
) -> None:
    day.contact.attributes = {"kept": "x" * 20_000}
    day.contact.external = {"long": "y" * 20_000}
    write = UpdateContactAttributes(attributes={"more": "$.External.long"})

    ending = day(one_action(write))

    assert ending.action == "wrong"
    assert set(ending.contact.attributes) == {"kept"}


def test_flow_attributes_contact_data_and_voice_can_be_read_afterwards(
    day: Any, one_action: One
) -> None:
    wrote = UpdateFlowAttributes(flow_attributes={"prompt": FlowAttribute(value="Hi")})
    session = CreateWisdomSession(wisdom_assistant_arn="arn:aws:wisdom:::assistant/a")
    bound = UpdateContactData(wisdom_session_arn="$.Wisdom.SessionArn")
    voice = UpdateContactTextToSpeechVoice(text_to_speech_voice="KATIE")

    for action in (wrote, session, bound, voice):
        assert day(one_action(action), {effects.CreateSession: "arn:session"}).action == "right"

    assert day.contact.flow_attributes == {"prompt": "Hi"}
    assert day.contact.data == {"WisdomSessionArn": "arn:session"}
    assert day.contact.voice == {"TextToSpeechVoice": "KATIE"}
    assert day.contact.view()["Wisdom"] == {"SessionArn": "arn:session"}


@pytest.mark.parametrize(
    ("operator", "operand", "matches"),
    [
        ("Equals", "GOLD", True),
        ("Equals", "$.Attributes.same", True),
        ("Equals", "silver", False),
        ("TextContains", "ol", True),
        ("TextStartsWith", "go", True),
        ("TextEndsWith", "go", False),
        ("NumberGreaterThan", "1", False),
    ],
)
def test_texts_are_compared_without_regard_to_case(
    day: Any, one_action: One, operator: str, operand: str, matches: bool
) -> None:
    day.contact.attributes = {"kind": "Gold", "same": "gold"}
    compare = Compare(comparison_value="$.Attributes.kind")
    flow = one_action(compare, then=None, when=[When(operator, operand, "right")])

    assert day(flow).action == ("right" if matches else "wrong")


@pytest.mark.parametrize(
    ("operator", "operand", "matches"),
    [
        ("NumberGreaterThan", "4", True),
        ("NumberGreaterOrEqualTo", "5", True),
        ("NumberLessThan", "5", False),
        ("NumberLessOrEqualTo", "5.0", True),
    ],
)
def test_metrics_are_compared_as_numbers(
    day: Any, one_action: One, operator: str, operand: str, matches: bool
) -> None:
    check = CheckMetricData(metric_type="NumberOfContactsInQueue")
    flow = one_action(check, when=[When(operator, operand, "right")])

    ending = day(flow, {effects.CheckMetric: 5.0})

    assert ending.action == ("right" if matches else "wrong")


@pytest.mark.parametrize(("answer", "way"), [(True, "right"), (None, "right"), (False, "wrong")])
def test_hours_lead_by_open_and_closed(
    day: Any, one_action: One, answer: bool | None, way: str
) -> None:
    flow = one_action(
        CheckHoursOfOperation(hours_of_operation_id="h"), when={"True": "right", "False": "wrong"}
    )

    assert day(flow, {effects.CheckHours: answer}).action == way


def test_a_loop_goes_round_as_often_as_it_says_and_begins_anew_when_it_comes_back(
    day: Any,
) -> None:
    flow = Flow("rounds")
    flow.add("outer", Loop(loop_count=2), when={"ContinueLooping": "inner", "DoneLooping": "end"})
    flow.add("inner", Loop(loop_count=3), when={"ContinueLooping": "say", "DoneLooping": "outer"})
    flow.add("say", MessageParticipant(text="x"), then="inner")
    flow.add("end", DisconnectParticipant())

    day(flow)

    assert day.said() == ["x"] * 6


def test_a_wait_ends_by_time_or_by_what_the_flow_waits_for(day: Any, one_action: One) -> None:
    flow = one_action(
        Wait(time_limit_seconds=60), when={"WaitCompleted": "wrong", "CustomerReturned": "right"}
    )

    assert day(flow).action == "wrong"
    assert day(flow, {effects.Wait: "CustomerReturned"}).action == "right"
    assert day(flow, {effects.Wait: "something else"}).action == "wrong"


def test_the_same_contact_is_distributed_the_same_way_again(day: Any, one_action: One) -> None:
    flow = one_action(DistributeByPercentage(), when=[When("NumberLessThan", "50", "right")])

    assert len({day(flow).action for _ in range(5)}) == 1
