"""The one table of action types."""

from typing import Any

import pytest
from pydantic import ValidationError

from switchboard.contact_flows.actions import branching, contact_data, integration, routing, talk
from switchboard.contact_flows.actions.table import TABLE
from switchboard.contact_flows.interpreter.steps import STEPS


def test_every_interpreted_type_of_the_table_has_its_step_and_no_step_is_without_type() -> None:
    interpreted = {name for name, known in TABLE.items() if known.spec.interpreted}

    assert set(STEPS) == interpreted


def test_the_types_that_are_only_known_say_so() -> None:
    uninterpreted = {name for name, known in TABLE.items() if not known.spec.interpreted}

    assert {"ShowView", "GetCustomerProfile", "CreateTask", "CheckVoiceId"} <= uninterpreted


@pytest.mark.parametrize(
    "invented",
    ["Looping", "SetWorkingQueue", "CheckStaffing", "TransferToQueue", "StartMediaStreaming"],
)
def test_types_the_web_uses_but_connect_does_not_know_are_not_in_the_table(invented: str) -> None:
    assert invented not in TABLE


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        (talk.MessageParticipant, {}),
        (talk.MessageParticipant, {"text": "a", "prompt_id": "b"}),
        (talk.GetParticipantInput, {"text": "a", "input_time_limit_seconds": 0}),
        (talk.GetParticipantInput, {"text": "a", "input_time_limit_seconds": 181}),
        (
            talk.GetParticipantInput,
            {"text": "a", "input_time_limit_seconds": 5, "store_input": True},
        ),
        (
            talk.GetParticipantInput,
            {
                "text": "a",
                "input_time_limit_seconds": 5,
                "dtmf_configuration": talk.DtmfConfiguration(),
            },
        ),
        (talk.ConnectParticipantWithLexBot, {"text": "a"}),
        (branching.Loop, {"loop_count": 101}),
        (branching.Loop, {"loop_count": -1}),
        (branching.Compare, {"comparison_value": "Attributes.name"}),
        (branching.CheckMetricData, {"metric_type": "NumberOfAgentsStaffed"}),
        (
            integration.InvokeLambdaFunction,
            {"lambda_function_arn": "arn", "invocation_time_limit_seconds": 9},
        ),
        (
            integration.InvokeLambdaFunction,
            {"lambda_function_arn": "", "invocation_time_limit_seconds": 4},
        ),
        (contact_data.UpdateContactAttributes, {"attributes": {"a": "x" * 32_768}}),
        (contact_data.UpdateContactTargetQueue, {}),
        (contact_data.VoiceAnalyticsModes, {"analytics_modes": ["RealTime", "PostContact"]}),
        (routing.TransferContactToQueue, {"queue_id": "arn"}),
    ],
)
def test_parameters_connect_would_refuse_cannot_be_built(
    model: Any, parameters: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        model(**parameters)


def test_a_function_that_runs_on_alone_may_take_a_minute() -> None:
    action = integration.InvokeLambdaFunction(
        lambda_function_arn="arn",
        invocation_time_limit_seconds=60,
        invocation_type="ASYNCHRONOUS",
    )

    assert action.emitted()["InvocationTimeLimitSeconds"] == "60"


def test_numbers_and_truth_values_are_words_on_the_wire() -> None:
    action = talk.GetParticipantInput(
        text="Number?",
        input_time_limit_seconds=10,
        store_input=True,
        input_validation=talk.InputValidation(
            custom_validation=talk.CustomValidation(maximum_length=7)
        ),
        dtmf_configuration=talk.DtmfConfiguration(),
    )

    assert action.emitted() == {
        "Text": "Number?",
        "InputTimeLimitSeconds": "10",
        "StoreInput": "True",
        "InputValidation": {"CustomValidation": {"MaximumLength": "7"}},
        "DTMFConfiguration": {"DisableCancelKey": "False", "InterdigitTimeLimitSeconds": "5"},
    }


def test_limits_that_connect_resolves_while_running_may_be_references() -> None:
    assert branching.Loop(loop_count="$.Attributes.tries").emitted() == {
        "LoopCount": "$.Attributes.tries"
    }
