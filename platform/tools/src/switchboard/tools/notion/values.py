"""Notion's property objects as plain values, and plain values as property objects."""

from collections.abc import Callable
from typing import Any

from switchboard.tools.errors import InvalidArgumentsError

MAX_TEXT = 2000
"""Characters a rich text item may hold (Notion API, request limits)."""


def plain_text(rich_text: list[dict[str, Any]]) -> str:
    """The text of rich text items."""
    return "".join(
        item.get("plain_text") or item.get("text", {}).get("content", "") for item in rich_text
    )


def rich_text(text: str) -> list[dict[str, Any]]:
    """Rich text items for a text of any length."""
    pieces = [text[start : start + MAX_TEXT] for start in range(0, len(text), MAX_TEXT)]
    return [{"type": "text", "text": {"content": piece}} for piece in pieces]


def _name(value: Any) -> Any:
    return value.get("name") if value else None


def _ids(value: Any) -> list[str]:
    return [item["id"] for item in value]


_READERS: dict[str, Callable[[Any], Any]] = {
    "title": plain_text,
    "rich_text": plain_text,
    "select": _name,
    "status": _name,
    "multi_select": lambda value: [item["name"] for item in value],
    "date": lambda value: value.get("start") if value else None,
    "people": _ids,
    "relation": _ids,
    "unique_id": lambda value: f"{value.get('prefix') or ''}{value.get('number')}",
    "formula": lambda value: value.get(value["type"]),
}


def plain(property_value: dict[str, Any]) -> Any:
    """A property of a page as a plain value; kinds without a plain form stay as they are."""
    kind = property_value["type"]
    value = property_value.get(kind)
    reader = _READERS.get(kind)
    return reader(value) if reader else value


def plain_properties(properties: dict[str, Any]) -> dict[str, Any]:
    """All properties of a page as plain values."""
    return {name: plain(value) for name, value in properties.items()}


def title_of(page: dict[str, Any]) -> str:
    """The title of a page."""
    for value in page.get("properties", {}).values():
        if value.get("type") == "title":
            return plain_text(value["title"])
    return ""


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "title": lambda value: rich_text(str(value)),
    "rich_text": lambda value: rich_text(str(value)),
    "select": lambda value: {"name": str(value)},
    "status": lambda value: {"name": str(value)},
    "multi_select": lambda value: [{"name": str(item)} for item in value],
    "date": lambda value: {"start": str(value)},
    "relation": lambda value: [{"id": str(item)} for item in value],
    "people": lambda value: [{"id": str(item)} for item in value],
}


def property_objects(given: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Property objects of the API for `given`; `schema` maps property names to their definitions.

    Raises:
        InvalidArgumentsError: a property is not in the schema.
    """
    unknown = sorted(set(given) - set(schema))
    if unknown:
        raise InvalidArgumentsError(
            f"No such property: {', '.join(unknown)} (there are: {', '.join(schema)})"
        )
    return {name: _object(value, schema[name]["type"]) for name, value in given.items()}


def _object(value: Any, kind: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value  # already a property object of the API
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {kind: value}
    writer = _WRITERS.get(kind)
    return {kind: writer(value) if writer else value}


def page_title(given: dict[str, Any]) -> str:
    """The title in the properties for a page under a page, which can have no other property.

    Raises:
        InvalidArgumentsError: there is no title, or something besides it.
    """
    if [name.lower() for name in given] not in (["title"], ["name"]):
        raise InvalidArgumentsError("A page under a page has exactly one property, title")
    (value,) = given.values()
    if isinstance(value, dict):
        value = value.get("title", [])
    text = plain_text(value) if isinstance(value, list) else str(value)
    if not text.strip():
        raise InvalidArgumentsError("The title is empty")
    return text


def same_id(one: str, other: str) -> bool:
    """Whether two Notion ids are the same, with or without dashes."""
    return one.replace("-", "").lower() == other.replace("-", "").lower()
