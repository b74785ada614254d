"""Flows as typed Python."""

import json

import pytest

from switchboard.contact_flows.actions.branching import CheckHoursOfOperation, Compare, Loop
from switchboard.contact_flows.actions.contact_data import UpdateContactAttributes
from switchboard.contact_flows.actions.routing import DisconnectParticipant
from switchboard.contact_flows.actions.table import Uninterpreted
from switchboard.contact_flows.actions.talk import GetParticipantInput, MessageParticipant
from switchboard.contact_flows.builder import Flow, FlowError, When
from switchboard.contact_flows.linter.lint import lint


def menu() -> Flow:
    flow = Flow("menu", "Two keys.")
    flow.add("hello", MessageParticipant(text="Hello."), then="tries")
    flow.add("tries", Loop(loop_count=2), when={"ContinueLooping": "ask", "DoneLooping": "end"})
    flow.add(
        "ask",
        GetParticipantInput(text="One or two?", input_time_limit_seconds=5),
        when={"1": "end"},
        on_error="tries",
    )
    flow.add("end", DisconnectParticipant())
    return flow


def test_a_flow_is_emitted_in_the_flow_language_and_lints_clean() -> None:
    document = json.loads(menu().to_json())

    assert document["Version"] == "2019-10-30"
    assert document["StartAction"] == "hello"
    assert document["Actions"][2] == {
        "Identifier": "ask",
        "Type": "GetParticipantInput",
        "Parameters": {
            "Text": "One or two?",
            "InputTimeLimitSeconds": "5",
            "StoreInput": "False",
        },
        "Transitions": {
            "NextAction": "tries",
            "Errors": [
                {"ErrorType": "NoMatchingError", "NextAction": "tries"},
                {"ErrorType": "NoMatchingCondition", "NextAction": "tries"},
                {"ErrorType": "InputTimeLimitExceeded", "NextAction": "tries"},
            ],
            "Conditions": [
                {"Condition": {"Operator": "Equals", "Operands": ["1"]}, "NextAction": "end"}
            ],
        },
    }
    assert lint(document) == []


def test_the_same_flow_gives_the_same_bytes() -> None:
    assert menu().to_json() == menu().to_json()


def test_the_designer_gets_a_place_for_every_action_and_none_twice() -> None:
    places = json.loads(menu().to_json())["Metadata"]["ActionMetadata"]

    assert list(places) == ["hello", "tries", "ask", "end"]
    assert len({tuple(place["position"].values()) for place in places.values()}) == 4
    assert places["hello"]["position"]["x"] < places["ask"]["position"]["x"]


def test_a_loop_gets_the_next_action_that_the_api_demands() -> None:
    loop = menu().document()["Actions"][1]

    assert loop["Transitions"]["NextAction"] == "end"


def test_a_flow_with_errors_cannot_be_emitted_and_says_what_to_do() -> None:
    flow = Flow("broken")
    flow.add("open", CheckHoursOfOperation(), when={"True": "nowhere"})

    with pytest.raises(FlowError, match="Add the branch") as raised:
        flow.to_json()

    assert {found.code for found in raised.value.findings} == {"T001", "T003", "T008", "G002"}


def test_an_identifier_is_refused_when_it_is_taken_or_impossible() -> None:
    flow = menu()

    with pytest.raises(FlowError, match="already has an action 'end'"):
        flow.add("end", DisconnectParticipant())
    with pytest.raises(FlowError, match="no identifier"):
        flow.add("what (now)", DisconnectParticipant())


def test_single_errors_and_other_operators_can_be_named() -> None:
    flow = Flow("compare")
    flow.add(
        "it",
        Compare(comparison_value="$.Attributes.age"),
        when=[When("NumberLessThan", "18", "end")],
        errors={"NoMatchingCondition": "end"},
    )
    flow.add("end", DisconnectParticipant())

    (condition,) = json.loads(flow.to_json())["Actions"][0]["Transitions"]["Conditions"]

    assert condition["Condition"] == {"Operator": "NumberLessThan", "Operands": ["18"]}


def test_a_type_without_typed_parameters_can_still_be_used() -> None:
    flow = Flow("task")
    flow.add("it", Uninterpreted(type="CreateTask", parameters={"Name": "x"}), then="end")
    flow.add("end", DisconnectParticipant())

    with pytest.raises(FlowError, match="T001"):
        flow.to_json()


def test_on_error_of_a_type_with_only_optional_errors_takes_the_first() -> None:
    flow = Flow("attributes")
    flow.add("it", MessageParticipant(text="a"), then="end", on_error="end")
    flow.add("end", UpdateContactAttributes(attributes={}), then="bye", on_error="bye")
    flow.add("bye", DisconnectParticipant())

    errors = json.loads(flow.to_json())["Actions"][0]["Transitions"]["Errors"]

    assert errors == [{"ErrorType": "NoMatchingError", "NextAction": "end"}]
