"""Connect's own test cases, run here."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from switchboard.contact_flows.interpreter.contact import Contact
from switchboard.contact_flows.interpreter.effects import BotEnded, ConnectBot, Failed
from switchboard.contact_flows.test_cases.model import CaseFormatError, read_case
from switchboard.contact_flows.test_cases.report import Report
from switchboard.contact_flows.test_cases.runner import Runner
from switchboard.contact_flows.test_cases.stub_world import BotTurn, StubWorld, World

HOURS, QUEUE = "arn:hours/day", "arn:queue/people"
FIND, BOT = "arn:function/find", "arn:bot/b"
SHOP = (Path(__file__).parent / "flows" / "corner-shop.json").read_text()
Play = Callable[..., Report]


def seen(name: str, event: dict[str, Any], *actions: dict[str, Any], then: str = "") -> Any:
    return {
        "Identifier": name,
        "Event": {"Identifier": f"{name}-event", "Actor": "System"} | event,
        "Actions": [
            {"Identifier": f"{name}-{n}", "Transitions": {}} | action
            for n, action in enumerate(actions)
        ],
        "Transitions": {"NextObservations": [then] if then else []},
    }


def heard(text: str, how: str = "Similarity") -> dict[str, Any]:
    return {
        "Type": "MessageReceived",
        "Properties": {"Text": text, "MatchingCriteria": {"Type": how}},
    }


def started(kind: str, **parameters: Any) -> dict[str, Any]:
    return {
        "Type": "FlowActionStarted",
        "Properties": {"ActionType": kind, "ActionParameters": parameters},
    }


def does(kind: str, **properties: str) -> dict[str, Any]:
    instruction = {"Type": kind} | ({"Properties": properties} if properties else {})
    return {
        "Type": "SendInstruction",
        "Parameters": {
            "ActionType": "SendInstruction",
            "Actor": "Customer",
            "Instruction": instruction,
        },
    }


def override(kind: str, parameters: dict[str, Any], strategy: dict[str, Any]) -> dict[str, Any]:
    properties = {"ActionType": kind, "ActionParameters": parameters, "Strategy": strategy}
    return {
        "Type": "OverrideSystemBehavior",
        "Parameters": {
            "ActionType": "OverrideSystemBehavior",
            "Behavior": {"Type": "FlowAction", "Properties": properties},
        },
    }


def mocked(**result: Any) -> dict[str, Any]:
    kind = "Error" if "Error" in result else "ExecutionResult"
    value = result.get("Error") or result
    return {"Type": "MockResponse", "Response": {"Type": kind, kind: value}}


def checks(path: str, value: str, operator: str = "Equals") -> dict[str, Any]:
    return {
        "Type": "Assert",
        "Parameters": {"Namespace": path, "Operator": operator, "Operand": value},
    }


BEGINS = {"Type": "TestInitiated", "Properties": {}}
LAMBDA = {"LambdaFunctionARN": FIND}
OTHER_FUNCTION = {"Type": "SubstituteResource", "SubstituteArn": "arn:function/other"}
END_TEST = {
    "Type": "TestControl",
    "Parameters": {"ActionType": "TestControl", "Command": {"Type": "EndTest"}},
}


def case(*observations: Any) -> str:
    return json.dumps({"Version": "2019-10-30", "Metadata": {}, "Observations": observations})


@pytest.fixture
def play(contact: Contact) -> Play:
    def run(
        *observations: Any, world: World | None = None, values: Mapping[str, str] | None = None
    ) -> Report:
        day = world or StubWorld(functions={FIND: lambda event: {"stock": "seven"}})
        runner = Runner(SHOP, day, lambda: datetime(2026, 1, 5, tzinfo=UTC), lambda: "id")
        return runner("a case", read_case(case(*observations), values), contact)

    return run


@pytest.mark.requirement("NEW-08", "C")
def test_a_case_of_connect_observes_instructs_asserts_and_ends_here_too(play: Play) -> None:
    report = play(
        seen("begin", BEGINS, then="hello"),
        seen("hello", heard("Welcome to the corner shop"), then="stock"),
        seen("stock", heard("seven apples", "Inclusion"), then="key"),
        seen("key", heard("Person 1, robot 2."), does("DtmfInput", Value="1"), then="go"),
        seen(
            "go",
            started("TransferContactToQueue", QueueId=QUEUE),
            checks("$.Queue.Name", "people"),
            checks("$.External.stock", "SEV", "TextStartsWith"),
            END_TEST,
        ),
    )

    assert report.passed, str(report)
    assert str(report) == "a case: passed, 5 observations, ended by the test"
    assert report.actions[-1] == "go"


def test_what_was_not_heard_is_reported_with_the_closest_and_what_waited_for_it(
    play: Play,
) -> None:
    report = play(
        seen("begin", BEGINS, then="prices"),
        seen("prices", heard("We have seven pears."), then="pay"),
        seen("pay", heard("That is one euro.")),
        seen("other", started("CreateTask")),
    )

    assert not report.passed
    assert report.failures == (
        "prices: never heard 'We have seven pears.'; closest was 'We have seven apples.' (0.75)",
        "pay: never waited for, because prices was not seen",
        "other: CreateTask never started with {}",
    )
    assert "desk: We have seven apples." in str(report)


def test_a_wrong_value_is_reported_with_what_it_was(play: Play) -> None:
    report = play(seen("hello", heard("corner shop", "Inclusion"), checks("$.Channel", "CHAT")))

    assert report.failures == ("hello: $.Channel is 'VOICE'; it should be Equals 'CHAT'",)


@pytest.mark.parametrize(
    ("strategy", "says"),
    [
        (mocked(LoadedData='{"stock": "two"}'), "We have two apples."),
        (mocked(Value='{"stock": "two"}'), "We have two apples."),
        (mocked(LoadedData="{}", DelaySeconds=4), "We do not know what we have."),
        (mocked(Error={"Value": "NoMatchingError"}), "We do not know what we have."),
        (
            {"Type": "SubstituteResource", "SubstituteArn": "arn:function/other"},
            "We have no apples.",
        ),
    ],
)
def test_a_function_can_be_mocked_delayed_failed_and_substituted(
    play: Play, strategy: dict[str, Any], says: str
) -> None:
    world = StubWorld(
        functions={
            FIND: lambda event: {"stock": "seven"},
            "arn:function/other": lambda event: {"stock": "no"},
        }
    )
    overridden = override("InvokeLambdaFunction", LAMBDA, strategy)

    report = play(
        seen("begin", BEGINS, overridden, then="stock"), seen("stock", heard(says)), world=world
    )

    assert report.passed, str(report)


@pytest.mark.parametrize(
    "strategy",
    [
        {"Type": "SubstituteResource", "SubstituteArn": "arn:hours/never"},
        mocked(Value="OutOfHours"),
        mocked(Error={"Value": "NoMatchingError"}),
    ],
)
def test_closed_hours_can_be_substituted_mocked_or_failed(
    play: Play, strategy: dict[str, Any]
) -> None:
    overridden = override("CheckHoursOfOperation", {"HoursOfOperationId": "day"}, strategy)

    report = play(
        seen("begin", BEGINS, overridden, then="shut"),
        seen("shut", heard("We are closed.")),
        world=StubWorld(closed=frozenset({"arn:hours/never"})),
    )

    assert report.passed, str(report)


def test_a_queue_can_be_full_and_an_override_is_used_once(play: Play) -> None:
    full = override(
        "TransferContactToQueue",
        {"QueueId": QUEUE},
        mocked(Error={"Value": "QueueAtCapacity"}),
    )
    once = (
        seen("begin", BEGINS, full, then="key"),
        seen("key", heard("Person 1", "Inclusion"), does("DtmfInput", Value="1"), then="busy"),
        seen("busy", heard("Everybody is busy.")),
    )

    assert play(*once).passed
    assert "busy" in play(*once[1:], world=StubWorld(full=frozenset({QUEUE}))).actions


def test_a_bot_can_be_mocked_and_failed(play: Play) -> None:
    two = seen("key", heard("robot", "Inclusion"), does("DtmfInput", Value="2"), then="end")
    alias = {"LexV2Bot": {"AliasArn": BOT}}
    good = mocked(LoadedData='{"IntentName": "x", "SessionAttributes": {"mood": "good"}}')
    failed = mocked(Error={"Value": "NoMatchingError"})

    for strategy in (good, failed):
        overridden = override("ConnectParticipantWithLexBot", alias, strategy)
        report = play(
            seen("begin", BEGINS, overridden, then="key"),
            two,
            seen("end", started("DisconnectParticipant")),
        )
        assert report.passed, str(report)


def test_a_queue_and_a_bot_can_be_substituted(play: Play) -> None:
    def to(arn: str) -> dict[str, str]:
        return {"Type": "SubstituteResource", "SubstituteArn": arn}

    asked: list[str] = []

    def bot(effect: ConnectBot, said: str | None) -> BotTurn:
        asked.append(effect.alias_arn)
        return BotTurn(ended=BotEnded("x"))

    report = play(
        seen(
            "begin",
            BEGINS,
            override("TransferContactToQueue", {"QueueId": "people"}, to("arn:queue/nobody")),
            override("ConnectParticipantWithLexBot", {"LexV2Bot": {"AliasArn": BOT}}, to("arn:b2")),
            then="key",
        ),
        seen("key", heard("Person 1", "Inclusion"), does("DtmfInput", Value="2"), then="busy"),
        seen("busy", heard("Everybody is busy.")),
        world=StubWorld(bot=bot, full=frozenset({"arn:queue/nobody"})),
    )

    assert report.passed, str(report)
    assert asked == ["arn:b2"]


def test_the_caller_talks_with_a_bot_turn_by_turn_and_keys_reach_it_as_text(play: Play) -> None:
    turns: list[str | None] = []

    def bot(effect: ConnectBot, said: str | None) -> BotTurn:
        turns.append(said)
        if said == "0":
            return BotTurn(("Goodbye.",), BotEnded("x", {"mood": "good"}))
        return BotTurn((f"You said {said}.",))

    report = play(
        seen("key", heard("Person 1", "Inclusion"), does("DtmfInput", Value="2"), then="robot"),
        seen(
            "robot",
            heard("I am a robot."),
            does("Utterance", Value="good day"),
            does("DtmfInput", Value="0"),
            then="echo",
        ),
        seen("echo", heard("You said good day"), then="bye"),
        seen("bye", heard("Goodbye."), then="end"),
        seen("end", started("DisconnectParticipant")),
        world=StubWorld(bot=bot),
    )

    assert report.passed, str(report)
    assert turns == ["good day", "0"]
    assert [line.text for line in report.lines if line.who == "caller"] == ["2", "good day", "0"]


def test_the_caller_can_hang_up_anywhere(play: Play) -> None:
    said = play(seen("hello", heard("Welcome", "Inclusion"), does("Disconnect")))
    asked = play(seen("key", heard("Person 1", "Inclusion"), does("Disconnect")))

    assert said.passed
    assert said.actions == ("hello",)
    assert asked.outcome == "hung_up (the caller hung up)"


def test_who_says_nothing_is_silent_and_words_are_not_heard_at_a_keypad(play: Play) -> None:
    silent = play(seen("end", started("DisconnectParticipant")))
    talking = play(
        seen("key", heard("Person 1", "Inclusion"), does("Utterance", Value="one"), then="end"),
        seen("end", started("DisconnectParticipant")),
    )

    assert silent.passed
    assert talking.passed


def test_a_bot_that_never_ends_is_ended_and_a_world_may_refuse_the_bot(play: Play) -> None:
    class NoBots(StubWorld):
        def __call__(self, effect: Any) -> Any:
            return (
                Failed(reason="down")
                if isinstance(effect, ConnectBot)
                else super().__call__(effect)
            )

    two = seen("key", heard("Person 1", "Inclusion"), does("DtmfInput", Value="2"))

    endless = play(two, world=StubWorld(bot=lambda effect, said: BotTurn(("And?",))))
    refused = play(two, world=NoBots())

    assert endless.actions[-1] == "go"
    assert refused.actions[-1] == "end"


def test_placeholders_are_bound_as_cloudformation_does_and_an_unknown_one_is_named(
    play: Play,
) -> None:
    transfer = seen("go", started("TransferContactToQueue", QueueId="${queue}"))
    key = seen("key", heard("Person 1", "Inclusion"), does("DtmfInput", Value="1"), then="go")

    assert play(key, transfer, values={"queue": QUEUE}).passed
    with pytest.raises(CaseFormatError, match="no value for queue; there are: none"):
        play(key, transfer)


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        ("{", "text: Invalid JSON"),
        ('{"Version": "2025-06-21", "Observations": []}', "Version"),
        (case(), "Observations"),
        (case(seen("a", {"Type": "AgentConnected", "Properties": {}})), "Event"),
        (case(seen("a", heard("x", "Contains"))), "MatchingCriteria"),
        (case(seen("a", BEGINS, checks("$.Channel", "x", "Exists"))), "Operator"),
        (case(seen("a", BEGINS, {"Type": "LogData", "Parameters": {}})), "Actions"),
        (case(seen("a", BEGINS) | {"Usage": {"Type": "EXACTLY"}}), "Usage"),
        (case(seen("a", BEGINS, then="b")), "b is led to, but not there"),
        (case(seen("a", BEGINS), seen("a", BEGINS)), "a is there twice"),
    ],
)
def test_what_is_not_understood_is_refused_and_never_skipped(content: str, flaw: str) -> None:
    with pytest.raises(CaseFormatError, match=flaw):
        read_case(content)


@pytest.mark.parametrize("data", ["no json", "[]"])
def test_mocked_data_that_are_no_object_are_refused(play: Play, data: str) -> None:
    wrong = override("InvokeLambdaFunction", LAMBDA, mocked(LoadedData=data))

    with pytest.raises(CaseFormatError, match="mocked data"):
        play(seen("begin", BEGINS, wrong))
