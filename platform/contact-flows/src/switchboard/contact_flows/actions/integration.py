"""Actions that call something outside of the flow."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from switchboard.contact_flows.actions.action import (
    Action,
    Filled,
    Number,
    Parameters,
    RefusedError,
    Spec,
)
from switchboard.contact_flows.language import (
    MOST_ASYNCHRONOUS_LAMBDA_SECONDS,
    MOST_LAMBDA_SECONDS,
    NO_MATCHING_ERROR,
)


class ResponseValidation(Parameters):
    """Whether the reply is flat (STRING_MAP) or nested (JSON)."""

    response_type: Literal["STRING_MAP", "JSON"] = "STRING_MAP"


class InvokeLambdaFunction(Action):
    """Call a function; its reply is in $.External."""

    SPEC = Spec(required_errors=(NO_MATCHING_ERROR,))
    type: Literal["InvokeLambdaFunction"] = "InvokeLambdaFunction"
    lambda_function_arn: Filled = Field(alias="LambdaFunctionARN")
    invocation_time_limit_seconds: Annotated[
        Number, Field(ge=1, le=MOST_ASYNCHRONOUS_LAMBDA_SECONDS)
    ]
    invocation_type: Literal["SYNCHRONOUS", "ASYNCHRONOUS"] | None = None
    lambda_invocation_attributes: dict[str, str] = Field(default_factory=dict)
    response_validation: ResponseValidation = Field(default_factory=ResponseValidation)

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        waits = self.invocation_type != "ASYNCHRONOUS"
        if waits and self.invocation_time_limit_seconds > MOST_LAMBDA_SECONDS:
            raise RefusedError(
                "A005", f"a flow waits at most {MOST_LAMBDA_SECONDS} s for a function"
            )
        return self


class CreateWisdomSession(Action):
    """Open an AI session; its ARN is in $.Wisdom.SessionArn until UpdateContactData stores it."""

    SPEC = Spec(required_errors=(NO_MATCHING_ERROR,))
    type: Literal["CreateWisdomSession"] = "CreateWisdomSession"
    wisdom_assistant_arn: Filled
