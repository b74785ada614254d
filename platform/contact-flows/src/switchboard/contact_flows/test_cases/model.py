"""Connect's Testing language as models; what is not understood is refused, never skipped.

Sources: AWS developer guide "Testing language" (observations, events, actions). Where its pages
contradict each other, the form that others report to have been accepted by CreateTestCase counts:
version 2019-10-30; no Usage (the server's default is exactly once); MatchingCriteria is an object
inside Properties; an utterance carries `Value`; Assert has no ActionType and no `Exists`; mocked
hours are refused, hours are substituted. Not run on AWS.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

VERSION = "2019-10-30"
Operator = Literal[
    "Equals",
    "TextContains",
    "TextStartsWith",
    "TextEndsWith",
    "NumberGreaterThan",
    "NumberGreaterOrEqualTo",
    "NumberLessThan",
    "NumberLessOrEqualTo",
]
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


class CaseFormatError(ValueError):
    """This is no test case that could be run; the message says what is wrong."""


class Part(BaseModel):
    """A part of a test case: PascalCase on the wire."""

    model_config = ConfigDict(
        alias_generator=to_pascal, populate_by_name=True, extra="forbid", frozen=True
    )


class Criteria(Part):
    """How an expected text is compared."""

    type: Literal["Similarity", "Inclusion"]


class Message(Part):
    """What the caller should hear."""

    text: str
    matching_criteria: Criteria


class StartedAction(Part):
    """Which action should start, with which of its parameters."""

    action_type: str
    action_parameters: dict[str, Any] = Field(default_factory=dict)


class Initiated(Part):
    """The test begins."""

    identifier: str
    type: Literal["TestInitiated"]
    actor: Literal["System"]
    properties: dict[str, Any] = Field(default_factory=dict)


class MessageReceived(Part):
    """Something is said to the caller."""

    identifier: str
    type: Literal["MessageReceived"]
    actor: Literal["System"]
    properties: Message


class FlowActionStarted(Part):
    """An action of the flow starts."""

    identifier: str
    type: Literal["FlowActionStarted"]
    actor: Literal["System"]
    properties: StartedAction


Event = Annotated[Initiated | MessageReceived | FlowActionStarted, Field(discriminator="type")]


class Keys(Part):
    """Keys the caller presses; `#` ends the input."""

    value: str


class Words(Part):
    """What the caller says."""

    value: str
    language_code: str = "en-US"


class PressKeys(Part):
    """The caller presses keys."""

    type: Literal["DtmfInput"]
    properties: Keys


class Speak(Part):
    """The caller says something."""

    type: Literal["Utterance"]
    properties: Words


class HangUp(Part):
    """The caller hangs up."""

    type: Literal["Disconnect"]


class Instruction(Part):
    """What the caller does."""

    action_type: Literal["SendInstruction"]
    actor: Literal["Customer"]
    instruction: Annotated[PressKeys | Speak | HangUp, Field(discriminator="type")]


class SendInstruction(Part):
    """Let the caller do something."""

    identifier: str
    type: Literal["SendInstruction"]
    parameters: Instruction
    transitions: dict[str, Any] = Field(default_factory=dict)


class ExecutionResult(Part):
    """A mocked result: `LoadedData` (functions, bots: JSON as text) or `Value` (hours)."""

    loaded_data: str | None = None
    value: str | None = None
    delay_seconds: float = 0


class MockedError(Part):
    """A mocked failure."""

    value: str
    delay_seconds: float = 0


class MockedResponse(Part):
    """What the resource answers instead."""

    type: Literal["ExecutionResult", "Error"]
    execution_result: ExecutionResult | None = None
    error: MockedError | None = None


class Mock(Part):
    """The resource is not asked at all."""

    type: Literal["MockResponse"]
    response: MockedResponse


class Substitute(Part):
    """Another resource is asked."""

    type: Literal["SubstituteResource"]
    substitute_arn: str


class OverriddenAction(Part):
    """Which resource behaves differently, the next time it is used."""

    action_type: Literal[
        "InvokeLambdaFunction",
        "CheckHoursOfOperation",
        "ConnectParticipantWithLexBot",
        "TransferContactToQueue",
    ]
    action_parameters: dict[str, Any]
    strategy: Annotated[Mock | Substitute, Field(discriminator="type")]


class Behavior(Part):
    """The behaviour that is overridden."""

    type: Literal["FlowAction"]
    properties: OverriddenAction


class Override(Part):
    """Parameters of an override."""

    action_type: Literal["OverrideSystemBehavior"]
    behavior: Behavior


class OverrideSystemBehavior(Part):
    """Let a resource behave differently, once; several for one resource are used in order."""

    identifier: str
    type: Literal["OverrideSystemBehavior"]
    parameters: Override
    transitions: dict[str, Any] = Field(default_factory=dict)


class Assertion(Part):
    """What must hold of the contact at this moment."""

    namespace: Annotated[str, Field(pattern=r"^\$\.")]
    operator: Operator
    operand: str


class Assert(Part):
    """Check the contact."""

    identifier: str
    type: Literal["Assert"]
    parameters: Assertion
    transitions: dict[str, Any] = Field(default_factory=dict)


class Command(Part):
    """What is done with the test itself."""

    type: Literal["EndTest"]


class Control(Part):
    """Parameters of a test control."""

    action_type: Literal["TestControl"]
    command: Command


class Controlling(Part):
    """End the test; a simulated contact must not reach a person."""

    identifier: str
    type: Literal["TestControl"]
    parameters: Control
    transitions: dict[str, Any] = Field(default_factory=dict)


CaseAction = Annotated[
    SendInstruction | OverrideSystemBehavior | Assert | Controlling, Field(discriminator="type")
]


class NextObservations(Part):
    """What is waited for afterwards."""

    next_observations: list[str] = Field(default_factory=list)


class Observation(Part):
    """One thing to be seen, once, and what is done then."""

    identifier: str
    event: Event
    actions: list[CaseAction] = Field(default_factory=list)
    transitions: NextObservations = Field(default_factory=NextObservations)


class ConnectTestCase(Part):
    """A whole test case."""

    version: Literal["2019-10-30"]
    metadata: dict[str, Any] = Field(default_factory=dict)
    observations: Annotated[list[Observation], Field(min_length=1)]

    def first(self) -> list[Observation]:
        """The observations that nothing leads to: they are waited for from the start."""
        led_to = {name for seen in self.observations for name in seen.transitions.next_observations}
        return [seen for seen in self.observations if seen.identifier not in led_to]

    def called(self, identifier: str) -> Observation:
        """One observation by its identifier."""
        return next(seen for seen in self.observations if seen.identifier == identifier)


def bound(content: str, values: Mapping[str, str]) -> str:
    """Put values in place of `${name}`, as CloudFormation's Fn::Sub does at deployment.

    Raises:
        CaseFormatError: a name has no value.
    """
    unknown = sorted(set(_PLACEHOLDER.findall(content)) - set(values))
    if unknown:
        known = ", ".join(sorted(values)) or "none"
        raise CaseFormatError(f"no value for {', '.join(unknown)}; there are: {known}")
    return _PLACEHOLDER.sub(lambda match: values[match[1]], content)


def read_case(content: str, values: Mapping[str, str] | None = None) -> ConnectTestCase:
    """Read a test case, its placeholders bound.

    Raises:
        CaseFormatError: it is not understood in every part.
    """
    try:
        case = ConnectTestCase.model_validate_json(bound(content, values or {}))
    except ValidationError as error:
        places = [f"{'.'.join(map(str, e['loc'])) or 'text'}: {e['msg']}" for e in error.errors()]
        raise CaseFormatError(f"not a test case: {'; '.join(places)}") from error
    names = [seen.identifier for seen in case.observations]
    led_to = [n for seen in case.observations for n in seen.transitions.next_observations]
    twice = sorted({name for name in names if names.count(name) > 1})
    lost = sorted(set(led_to) - set(names))
    if twice or lost:
        flaws = [f"{name} is there twice" for name in twice]
        flaws += [f"{name} is led to, but not there" for name in lost]
        raise CaseFormatError(f"not a test case: {'; '.join(flaws)}")
    return case
