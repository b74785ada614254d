"""JSONPath references in parameters: resolved once, never again in what they yield."""

import re
from collections.abc import Mapping
from typing import Any

from switchboard.contact_flows.language import JSON_PATH

_PART = re.compile(r"\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]")


def resolve(value: Any, view: Mapping[str, Any]) -> Any:
    """A parameter with its references replaced; a lone reference keeps its type."""
    if isinstance(value, str):
        return _text(value, view)
    if isinstance(value, Mapping):
        return {name: resolve(item, view) for name, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, view) for item in value]
    return value


def look_up(path: str, view: Mapping[str, Any]) -> Any:
    """What the reference points to; empty when there is nothing."""
    found: Any = view
    for part in _PART.finditer(path):
        name, quoted, index = part.groups()
        found = _item(found, int(index)) if index else _member(found, name or quoted)
        if found is None:
            return ""
    return found


def text_of(value: Any) -> str:
    """A value as Connect writes it into a text."""
    return "" if value is None else str(value)


def _text(value: str, view: Mapping[str, Any]) -> Any:
    if JSON_PATH.fullmatch(value):
        return look_up(value, view)
    return JSON_PATH.sub(lambda match: text_of(look_up(match[0], view)), value)


def _member(found: Any, name: str) -> Any:
    return found.get(name) if isinstance(found, Mapping) else None


def _item(found: Any, index: int) -> Any:
    return found[index] if isinstance(found, list) and index < len(found) else None
