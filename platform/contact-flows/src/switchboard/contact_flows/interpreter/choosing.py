"""Actions that choose the way, and the functions they ask."""

import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from switchboard.contact_flows.interpreter.effects import (
    CheckHours,
    CheckMetric,
    Failed,
    InvokeLambda,
    Reply,
    Wait,
)
from switchboard.contact_flows.interpreter.step import Onward, Result, Step, Turn, ask
from switchboard.contact_flows.language import MOST_REPLY_BYTES


def compare(turn: Turn) -> Step:
    """Branch on a value."""
    yield from ()
    return Result(turn.text("ComparisonValue"))


def check_hours_of_operation(turn: Turn) -> Step:
    """Open unless the driver says otherwise."""
    queue = turn.contact.queue.get("ARN", "")
    answer = yield from ask(CheckHours(turn.name, turn.text("HoursOfOperationId"), queue), bool)
    return answer if isinstance(answer, Failed) else Result("False" if answer is False else "True")


def check_metric_data(turn: Turn) -> Step:
    """One agent, one contact, one second unless the driver says otherwise."""
    queue = turn.text("QueueId") or turn.contact.queue.get("ARN", "")
    answer = yield from ask(CheckMetric(turn.name, turn.text("MetricType"), queue), float, int)
    return answer if isinstance(answer, Failed) else Result(str(1 if answer is None else answer))


def loop(turn: Turn) -> Step:
    """Count; when done, begin anew should the flow come back."""
    yield from ()
    count = turn.text("LoopCount")
    limit = int(count) if count.isdigit() else 0
    gone = turn.loops.get(turn.name, 0)
    done = gone >= limit
    turn.loops[turn.name] = 0 if done else gone + 1
    return Result("DoneLooping" if done else "ContinueLooping")


def wait(turn: Turn) -> Step:
    """The time is up unless the driver says who came back."""
    answer = yield from ask(Wait(turn.name, turn.seconds("TimeLimitSeconds")), str)
    if isinstance(answer, Failed):
        return answer
    events = {operand for _, operands in turn.action.conditions for operand in operands}
    return Result(answer if answer in events else "WaitCompleted")


def distribute_by_percentage(turn: Turn) -> Step:
    """A number below 100 that belongs to the contact: the same call goes the same way again."""
    yield from ()
    return Result(str(zlib.crc32(turn.contact.contact_id.encode()) % 100))


def invoke_lambda_function(turn: Turn) -> Step:
    """The reply is in $.External; it must be in time, small and of the announced form."""
    contact = turn.contact
    given = turn.parameters.get("LambdaInvocationAttributes")
    effect = InvokeLambda(
        turn.name,
        turn.text("LambdaFunctionARN"),
        contact.lambda_event(given if isinstance(given, Mapping) else {}),
        turn.seconds("InvocationTimeLimitSeconds", 3),
        turn.text("InvocationType") == "ASYNCHRONOUS",
    )
    contact.external = {}
    answer = yield from ask(effect, Reply)
    if isinstance(answer, Failed):
        return answer
    reply = answer or Reply({})
    if effect.asynchronous:
        return Onward()
    flaw = _flaw(reply, effect.seconds, _response_type(turn))
    if flaw:
        return Failed(reason=flaw)
    contact.external = {name: _value(value) for name, value in reply.payload.items()}
    return Onward()


def _response_type(turn: Turn) -> str:
    validation = turn.parameters.get("ResponseValidation")
    given = validation.get("ResponseType") if isinstance(validation, Mapping) else None
    return str(given or "STRING_MAP")


def _flaw(reply: Reply, seconds: float, response_type: str) -> str:
    if reply.seconds > seconds:
        return f"the function took {reply.seconds} s; the flow waits {seconds} s"
    if not isinstance(reply.payload, Mapping):
        return "the reply is no object"
    if len(json.dumps(reply.payload, ensure_ascii=False, default=str).encode()) > MOST_REPLY_BYTES:
        return f"the reply has more than {MOST_REPLY_BYTES} bytes"
    flat = all(isinstance(item, str | int | float | bool) for item in reply.payload.values())
    if response_type == "STRING_MAP" and not flat:
        return "the reply is not flat (STRING_MAP)"
    return ""


def _value(value: Any) -> Any:
    return value if isinstance(value, Mapping | list) else str(value)


def matches(value: str, operator: str, operand: str) -> bool:
    """One condition, as Connect compares: texts without regard to case."""
    test = _TESTS.get(operator)
    return test is not None and test(value.lower(), operand.lower())


def _numbers(test: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def compared(value: str, operand: str) -> bool:
        try:
            return test(float(value), float(operand))
        except ValueError:
            return False

    return compared


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "Equals": lambda value, operand: value == operand,
    "TextContains": lambda value, operand: operand in value,
    "TextStartsWith": str.startswith,
    "TextEndsWith": str.endswith,
    "NumberGreaterThan": _numbers(lambda value, operand: value > operand),
    "NumberGreaterOrEqualTo": _numbers(lambda value, operand: value >= operand),
    "NumberLessThan": _numbers(lambda value, operand: value < operand),
    "NumberLessOrEqualTo": _numbers(lambda value, operand: value <= operand),
}
