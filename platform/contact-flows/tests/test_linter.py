"""Every rule of the linter finds what it is for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from switchboard.contact_flows.document import FlowFormatError
from switchboard.contact_flows.linter.finding import RULES
from switchboard.contact_flows.linter.lint import lint

Raw = Callable[..., dict[str, Any]]
END: dict[str, Any] = {"Identifier": "end"}
ANY_ERROR = [{"ErrorType": "NoMatchingError", "NextAction": "end"}]
ALL_ERRORS = [
    {"ErrorType": name, "NextAction": "end"}
    for name in ("NoMatchingError", "NoMatchingCondition", "InputTimeLimitExceeded")
]


def act(kind: str, parameters: dict[str, Any] | None = None, **transitions: Any) -> dict[str, Any]:
    return {
        "Identifier": "it",
        "Type": kind,
        "Parameters": parameters or {},
        "Transitions": {"NextAction": "end", "Errors": ANY_ERROR} | transitions,
    }


def when(operand: str, target: str = "end", operator: str = "Equals") -> dict[str, Any]:
    return {"NextAction": target, "Condition": {"Operator": operator, "Operands": [operand]}}


def say(identifier: str, then: str) -> dict[str, Any]:
    return act("MessageParticipant", {"Text": "a"}, NextAction=then) | {"Identifier": identifier}


FUNCTION = {"LambdaFunctionARN": "arn", "InvocationTimeLimitSeconds": "4"}
MENU = {"Text": "a", "InputTimeLimitSeconds": "5", "StoreInput": "False"}
BOT = {"Text": "a", "LexV2Bot": {"AliasArn": "arn"}}
HOURS = [when("True"), when("False")]
ROUNDS = [when("ContinueLooping"), when("DoneLooping")]
NO_CONDITION = ALL_ERRORS[1:2]
METRIC = {"MetricType": "NumberOfContactsInQueue"}
ASKS_FOR_EVER = [*ALL_ERRORS[:2], {"ErrorType": "InputTimeLimitExceeded", "NextAction": "it"}]


def one(kind: str, parameters: dict[str, Any] | None = None, **ways: Any) -> list[dict[str, Any]]:
    return [act(kind, parameters, **ways), END]


def function(seconds: str) -> list[dict[str, Any]]:
    return one("InvokeLambdaFunction", FUNCTION | {"InvocationTimeLimitSeconds": seconds})


def only(identifier: str, then: str) -> dict[str, Any]:
    return say(identifier, then) | {"Transitions": {"NextAction": then}}


TEXT = {"Text": "a"}
BROKEN: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
    ("F001", [END], {"Version": "1"}),
    ("F002", [END, END], {}),
    ("F003", [END], {"StartAction": "nowhere"}),
    ("F004", [END, *({"Identifier": f"n{n}"} for n in range(250))], {}),
    ("F005", [END], {"Metadata": {"note": "x" * 256_000}}),
    ("A001", [{"Identifier": "what (now)"}], {}),
    ("A001", [{"Identifier": "x" * 51}], {}),
    ("A001", [{"Identifier": "constructor"}], {}),
    ("A002", one("TransferToQueue"), {}),
    ("A003", one("InvokeLambdaFunction", {"InvocationTimeLimitSeconds": "4"}), {}),
    ("A003", one("CreateWisdomSession", {"WisdomAssistantArn": ""}), {}),
    ("A003", one("ConnectParticipantWithLexBot", TEXT, Errors=ALL_ERRORS), {}),
    ("A003", one("TagContact"), {}),
    ("A004", one("MessageParticipant", {"Text": "a", "SSML": "b"}), {}),
    ("A004", one("MessageParticipant", {"Text": ""}), {}),
    ("A005", function("9"), {}),
    ("A005", function("$.Attributes.seconds"), {}),
    ("A006", one("Loop", {"LoopCount": "101"}, Conditions=ROUNDS), {}),
    (
        "A007",
        one("GetParticipantInput", MENU | {"InputTimeLimitSeconds": "181"}, Errors=ALL_ERRORS),
        {},
    ),
    ("A008", one("MessageParticipant", {"Text": "Hello $.Contact.Name."}), {}),
    ("A009", one("UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "On"}, Errors=[]), {}),
    (
        "A009",
        one("Compare", {"ComparisonValue": "a"}, Errors=NO_CONDITION, Conditions=[when("a")]),
        {},
    ),
    ("T001", one("GetParticipantInput", MENU), {}),
    ("T001", one("ConnectParticipantWithLexBot", BOT), {}),
    ("T001", one("TransferContactToQueue"), {}),
    ("T002", one("MessageParticipant", TEXT, Errors=ALL_ERRORS), {}),
    ("T003", one("CheckHoursOfOperation", Conditions=HOURS[:1]), {}),
    ("T003", one("Loop", {"LoopCount": "2"}, Conditions=[when("Looping"), when("Complete")]), {}),
    ("T004", one("Compare", {"ComparisonValue": "$.Channel"}, Errors=NO_CONDITION), {}),
    (
        "T005",
        one("CheckMetricData", METRIC, Conditions=[when("1", operator="TextContains")]),
        {},
    ),
    ("T005", one("MessageParticipant", TEXT, Conditions=[when("1")]), {}),
    ("T006", one("DisconnectParticipant"), {}),
    ("T007", one("MessageParticipant", TEXT, NextAction=None), {}),
    ("T008", one("MessageParticipant", TEXT, NextAction="nowhere"), {}),
    ("T008", one("MessageParticipant", TEXT, Errors=[{"ErrorType": "NoMatchingError"}]), {}),
    ("G001", [END, say("lonely", "end")], {}),
    ("G002", [only("a", "b"), only("b", "a"), END], {}),
    ("G003", [say("a", "b"), say("b", "a"), END], {}),
    ("G004", one("GetParticipantInput", MENU, Errors=ASKS_FOR_EVER), {}),
    ("M001", one("MessageParticipant", TEXT), {"Metadata": {"ActionMetadata": {"end": {}}}}),
]


@pytest.mark.parametrize(("code", "actions", "changes"), BROKEN, ids=lambda value: str(value)[:4])
def test_what_breaks_a_rule_is_found_under_its_code(
    raw: Raw, code: str, actions: list[dict[str, Any]], changes: dict[str, Any]
) -> None:
    found = lint(raw(*actions, **changes))

    assert code in {finding.code for finding in found}, found
    (example,) = [finding for finding in found if finding.code == code][:1]
    assert example.remedy == RULES[code].remedy
    assert example.level == RULES[code].level


def test_every_rule_has_an_example_that_breaks_it() -> None:
    assert {code for code, _, _ in BROKEN} == set(RULES)


def test_exported_flows_that_work_have_no_findings(exported: Path) -> None:
    assert lint(exported.read_text()) == []


def test_a_flow_that_others_interrupt_may_go_round_for_ever(raw: Raw) -> None:
    music = raw(only("a", "b"), only("b", "a"))

    assert {f.code for f in lint(music)} == {"G002", "G003"}
    assert lint(music, "CUSTOMER_HOLD") == []


def test_one_cycle_is_reported_once_with_all_its_actions(raw: Raw) -> None:
    found = lint(raw(say("a", "b"), say("b", "c"), say("c", "a"), END))

    assert [f.message for f in found if f.code == "G003"] == [
        "a -> b -> c go round with neither a Loop nor the caller"
    ]


def test_a_loop_without_its_next_action_is_only_a_warning(raw: Raw) -> None:
    loop = act("Loop", {"LoopCount": "2"}, NextAction=None, Conditions=ROUNDS)

    assert [(f.code, f.level) for f in lint(raw(loop, END))] == [("T007", "warning")]


def test_the_answer_of_describe_contact_flow_is_read_as_the_flow_inside(exported: Path) -> None:
    described = {"ContactFlow": {"Id": "x", "Content": exported.read_text()}}

    assert lint(json.dumps(described)) == lint(exported.read_text())


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        ("not json", "Export the flow again"),
        ("[]", "A flow is an object"),
        ('{"modules": [], "version": "1"}', "export it again"),
        ('{"Observations": []}', "not a flow"),
        ("{}", "it has no Actions"),
    ],
)
def test_what_is_no_flow_is_refused_with_a_remedy(content: str, remedy: str) -> None:
    with pytest.raises(FlowFormatError, match=remedy):
        lint(content)


@pytest.mark.parametrize(
    "wreck",
    [
        {"Actions": [None, 7, "text", {"Identifier": None, "Transitions": []}]},
        {"Actions": [{"Identifier": ["a"], "Type": {}, "Parameters": [], "Transitions": "x"}]},
        {"Actions": [{"Identifier": "a", "Type": "Compare", "Transitions": {"Conditions": [1]}}]},
        {"Actions": [{"Identifier": "a", "Transitions": {"Errors": {"a": 1}}}], "Metadata": 3},
    ],
)
def test_a_wrecked_flow_is_described_and_not_crashed_over(wreck: dict[str, Any]) -> None:
    assert {finding.level for finding in lint(wreck)} >= {"error"}
