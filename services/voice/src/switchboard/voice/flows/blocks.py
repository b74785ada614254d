"""Actions as the desk writes them, so that the flow reads as a way and not as parameters."""

from switchboard.contact_flows.actions.contact_data import (
    FlowAttribute,
    UpdateContactAttributes,
    UpdateFlowAttributes,
)
from switchboard.contact_flows.actions.integration import InvokeLambdaFunction


def function(arn: str, step: str, seconds: int, **given: str) -> InvokeLambdaFunction:
    """One step of the desk's function; it answers a flat map."""
    return InvokeLambdaFunction(
        lambda_function_arn=arn,
        invocation_time_limit_seconds=seconds,
        lambda_invocation_attributes={"step": step, **given},
    )


def flow_attributes(**values: str) -> UpdateFlowAttributes:
    """Values that live as long as the call is in the flow."""
    return UpdateFlowAttributes(
        flow_attributes={name: FlowAttribute(value=value) for name, value in values.items()}
    )


def reason(reason: str, summary: str) -> UpdateContactAttributes:
    """Why a person is wanted, for the hand-off."""
    return UpdateContactAttributes(
        attributes={"escalationReason": reason, "escalationSummary": summary}
    )
