"""Metadata filters of Retrieve (RetrievalFilter of bedrock-agent-runtime API 2023-07-26).

Those that a knowledge base on S3 Vectors takes; `startsWith`, `stringContains` and `listContains`
are refused there, and so here.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from switchboard.local.agentcore.aws_answers import ValidationError

Metadata = Mapping[str, Any]
Matches = Callable[[Metadata], bool]

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "greaterThan": operator.gt,
    "greaterThanOrEquals": operator.ge,
    "lessThan": operator.lt,
    "lessThanOrEquals": operator.le,
}
_ALL: dict[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "notEquals": operator.ne,
    "in": lambda value, wanted: value in wanted,
    "notIn": lambda value, wanted: value not in wanted,
    **_ORDERED,
}
_JOINED = {"andAll": all, "orAll": any}
FEWEST_JOINED = 2


def compiled(given: Any) -> Matches:
    """A filter as a function; no filter matches everything.

    Raises:
        ValidationError: it is none that is served.
    """
    if given is None:
        return lambda _: True
    if not isinstance(given, dict) or len(given) != 1:
        raise ValidationError("a filter has exactly one operator")
    ((name, operand),) = given.items()
    if name in _JOINED:
        if not isinstance(operand, list) or len(operand) < FEWEST_JOINED:
            raise ValidationError(f"{name} joins at least {FEWEST_JOINED} filters")
        parts, joined = [compiled(part) for part in operand], _JOINED[name]
        return lambda metadata: joined(part(metadata) for part in parts)
    if name not in _ALL or not isinstance(operand, dict) or "key" not in operand:
        raise ValidationError(f"the filter {name!r} is not supported by S3 Vectors")
    return _compared(name, operand["key"], operand.get("value"))


def _compared(name: str, key: str, wanted: Any) -> Matches:
    """A document without the attribute matches the negative operators only."""
    compare = _ALL[name]

    def matches(metadata: Metadata) -> bool:
        if key not in metadata:
            return name in ("notEquals", "notIn")
        value = metadata[key]
        if name in _ORDERED and type(value) is not type(wanted):
            return False
        return compare(value, wanted)

    return matches
