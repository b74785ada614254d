"""IAM's own way to match actions, resources and conditions (User Guide, policy elements).

Only Allow is judged here. A resource of a call may hold `*` or `?` where the request did not tell
more; then the grant has to lie inside it.
"""

import functools
import re
from collections.abc import Mapping
from typing import Any

KNOWN_KEYS = {"aws:viaawsservice", "aws:resourceaccount", "iam:passedtoservice"}
"""Condition keys whose values are known of every call they apply to; lower case."""
IF_EXISTS = "IfExists"
_LIKE = {"StringLike", "ArnLike", "ArnEquals"}
_EQUAL = {"StringEquals", "Bool"}


@functools.cache
def _compiled(pattern: str) -> "re.Pattern[str]":
    text = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(text, re.DOTALL)


def like(pattern: str, text: str) -> bool:
    """Whether `text` is meant by `pattern`: `*` is any text, `?` any character."""
    return _compiled(pattern).fullmatch(text) is not None


def same_action(pattern: str, action: str) -> bool:
    """Whether an action is meant by a grant's; case does not matter."""
    return like(pattern.lower(), action.lower())


def same_resource(pattern: str, resource: str) -> bool:
    """Whether a resource is meant by a grant's; an unknown one (empty) may be any."""
    return not resource or like(pattern, resource) or _inside(pattern, resource)


def _inside(pattern: str, resource: str) -> bool:
    return ("*" in resource or "?" in resource) and like(resource, pattern)


def met(condition: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    """Whether a condition holds; what cannot be judged here holds (see `not_judged`)."""
    known = {key.lower(): value for key, value in context.items()}
    return all(
        _holds(operator, key.lower(), values, known)
        for operator, keys in condition.items()
        for key, values in keys.items()
        if _judged(operator, key)
    )


def not_judged(condition: Mapping[str, Any]) -> list[str]:
    """The keys of a condition of which nothing is known here."""
    return [
        key for operator, keys in condition.items() for key in keys if not _judged(operator, key)
    ]


def _judged(operator: str, key: str) -> bool:
    return key.lower() in KNOWN_KEYS and operator.removesuffix(IF_EXISTS) in _LIKE | _EQUAL


def _holds(operator: str, key: str, values: Any, context: Mapping[str, str]) -> bool:
    if key not in context:
        return operator.endswith(IF_EXISTS)
    wanted = [str(value) for value in (values if isinstance(values, list) else [values])]
    if operator.removesuffix(IF_EXISTS) in _LIKE:
        return any(like(value, context[key]) for value in wanted)
    return context[key] in wanted
