"""Resources that behave differently: each override is used once, in the order it was given."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from switchboard.contact_flows.interpreter.effects import (
    Answer,
    BotEnded,
    CheckHours,
    ConnectBot,
    Effect,
    Failed,
    InvokeLambda,
    Reply,
    TransferToQueue,
)
from switchboard.contact_flows.test_cases.matching import same_resource
from switchboard.contact_flows.test_cases.model import (
    CaseFormatError,
    ExecutionResult,
    MockedResponse,
    OverriddenAction,
    Substitute,
)


@dataclass(frozen=True)
class Mocked:
    """The answer instead of the resource's."""

    answer: Answer


@dataclass
class Overrides:
    """What is still to be used."""

    _waiting: list[OverriddenAction] = field(default_factory=list)

    def add(self, override: OverriddenAction) -> None:
        """Remember one."""
        self._waiting.append(override)

    def apply(self, effect: Effect) -> Effect | Mocked:
        """The effect with another resource, or the answer it gets instead."""
        for override in self._waiting:
            if _is_for(override, effect):
                self._waiting.remove(override)
                if isinstance(override.strategy, Substitute):
                    return _substituted(effect, override.strategy.substitute_arn)
                return Mocked(_mocked(effect, override.strategy.response))
        return effect


def _is_for(override: OverriddenAction, effect: Effect) -> bool:
    parameters = override.action_parameters
    match (override.action_type, effect):
        case ("InvokeLambdaFunction", InvokeLambda(function_arn=arn)):
            return same_resource(str(parameters.get("LambdaFunctionARN")), arn)
        case ("CheckHoursOfOperation", CheckHours(hours_id=hours)):
            return same_resource(str(parameters.get("HoursOfOperationId")), hours)
        case ("ConnectParticipantWithLexBot", ConnectBot(alias_arn=alias)):
            bot = parameters.get("LexV2Bot") or {}
            return same_resource(str(bot.get("AliasArn")), alias)
        case ("TransferContactToQueue", TransferToQueue(queue_arn=queue)):
            return same_resource(str(parameters.get("QueueId")), queue)
    return False


def _substituted(effect: Effect, arn: str) -> Effect:
    match effect:
        case InvokeLambda():
            return replace(effect, function_arn=arn)
        case CheckHours():
            return replace(effect, hours_id=arn)
        case ConnectBot():
            return replace(effect, alias_arn=arn)
        case TransferToQueue():
            return replace(effect, queue_arn=arn)
    return effect


def _mocked(effect: Effect, response: MockedResponse) -> Answer:
    if response.error is not None:
        return Failed(response.error.value, "the test case says so")
    result = response.execution_result
    if result is None:
        raise CaseFormatError("a mocked response has neither ExecutionResult nor Error")
    return _RESULTS.get(type(effect), _nothing)(result)


def _reply(result: ExecutionResult) -> Answer:
    return Reply(_loaded(result), result.delay_seconds)


def _bot(result: ExecutionResult) -> Answer:
    """The data of a bot are what `$.Lex` then shows; AWS does not say which form it wants."""
    data = _loaded(result)
    return BotEnded(
        str(data.get("IntentName", "")), data.get("SessionAttributes", {}), data.get("Slots", {})
    )


def _hours(result: ExecutionResult) -> Answer:
    return result.value == "InHours"


def _nothing(result: ExecutionResult) -> Answer:  # noqa: ARG001 - the action simply succeeds
    return None


_RESULTS: dict[type[Effect], Callable[[ExecutionResult], Answer]] = {
    InvokeLambda: _reply,
    ConnectBot: _bot,
    CheckHours: _hours,
}


def _loaded(result: ExecutionResult) -> dict[str, Any]:
    try:
        data = json.loads(result.loaded_data or result.value or "{}")
    except ValueError as error:
        raise CaseFormatError(f"mocked data are not JSON: {error}") from error
    if not isinstance(data, dict):
        raise CaseFormatError("mocked data are no JSON object")
    return data
