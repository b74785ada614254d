"""Parameters of an API call as CloudFormation hands them over: typed again, and fit for a log.

CloudFormation passes every number and boolean of a custom resource's properties as a string; the
API's own model (botocore) says which ones it wants back.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

SECRET = re.compile(r"(secret|token|password|apikey|credential)(?!.*(id|arn|name)$)", re.IGNORECASE)
"""Parameter names whose values never reach a log or a reason; an id or ARN is no secret."""
LEAST_SECRET_LENGTH = 4
"""Shorter values are part of ordinary words; hiding them would only garble the message."""
_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "boolean": lambda text: text == "true",
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
}


def typed(value: Any, shape: Any) -> Any:
    """The value as `shape` (a botocore shape) wants it; what does not fit is left as it is."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        members = shape.members
        return {
            name: typed(item, members[name]) if name in members else item
            for name, item in value.items()
        }
    if kind == "map" and isinstance(value, Mapping):
        return {name: typed(item, shape.value) for name, item in value.items()}
    if kind == "list" and isinstance(value, list):
        return [typed(item, shape.member) for item in value]
    if kind in _FROM_TEXT and isinstance(value, str):
        return _read(value, _FROM_TEXT[kind])
    return value


def _read(text: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(text)
    except ValueError:
        return text


def without_secrets(message: str, parameters: Any) -> str:
    """The message without any value of a parameter that is called a secret, key or token."""
    for value in _secrets(parameters, named_so=False):
        if len(value) >= LEAST_SECRET_LENGTH:
            message = message.replace(value, "***")
    return message


def _secrets(value: Any, *, named_so: bool) -> list[str]:
    if isinstance(value, Mapping):
        return [
            secret
            for name, item in value.items()
            for secret in _secrets(item, named_so=named_so or bool(SECRET.search(str(name))))
        ]
    if isinstance(value, list):
        return [secret for item in value for secret in _secrets(item, named_so=named_so)]
    return [value] if named_so and isinstance(value, str) else []
