"""Filters and sorts of a data source query (Notion API 2026-03-11, filter object)."""

from collections.abc import Callable
from typing import Any

from switchboard.local.notion import rich_text
from switchboard.local.notion.errors import failed, invalid
from switchboard.local.notion.schema import Property, find

Page = dict[str, Any]
Check = Callable[[Any, Any], bool]

_TEXT: dict[str, Check] = {
    "equals": lambda value, wanted: value == wanted,
    "does_not_equal": lambda value, wanted: value != wanted,
    "contains": lambda value, wanted: wanted.lower() in value.lower(),
    "does_not_contain": lambda value, wanted: wanted.lower() not in value.lower(),
    "starts_with": lambda value, wanted: value.lower().startswith(wanted.lower()),
    "ends_with": lambda value, wanted: value.lower().endswith(wanted.lower()),
    "is_empty": lambda value, _wanted: not value,
    "is_not_empty": lambda value, _wanted: bool(value),
}
_NUMBER: dict[str, Check] = {
    "equals": lambda value, wanted: value == wanted,
    "does_not_equal": lambda value, wanted: value != wanted,
    "greater_than": lambda value, wanted: value is not None and value > wanted,
    "less_than": lambda value, wanted: value is not None and value < wanted,
    "greater_than_or_equal_to": lambda value, wanted: value is not None and value >= wanted,
    "less_than_or_equal_to": lambda value, wanted: value is not None and value <= wanted,
    "is_empty": lambda value, _wanted: value is None,
    "is_not_empty": lambda value, _wanted: value is not None,
}
_MANY: dict[str, Check] = {
    "contains": lambda value, wanted: wanted in value,
    "does_not_contain": lambda value, wanted: wanted not in value,
    "is_empty": lambda value, _wanted: not value,
    "is_not_empty": lambda value, _wanted: bool(value),
}
_DATE: dict[str, Check] = {
    "equals": lambda value, wanted: value[: len(wanted)] == wanted,
    "before": lambda value, wanted: bool(value) and value < wanted,
    "after": lambda value, wanted: value > wanted,
    "on_or_before": lambda value, wanted: bool(value) and value[: len(wanted)] <= wanted,
    "on_or_after": lambda value, wanted: value >= wanted,
    "is_empty": lambda value, _wanted: not value,
    "is_not_empty": lambda value, _wanted: bool(value),
}
_CHECKS: dict[str, dict[str, Check]] = {
    **dict.fromkeys(
        ["title", "rich_text", "url", "email", "phone_number", "select", "status"], _TEXT
    ),
    **dict.fromkeys(["multi_select", "people", "relation", "files", "created_by"], _MANY),
    **dict.fromkeys(["date", "created_time", "last_edited_time"], _DATE),
    "number": _NUMBER,
    "checkbox": {name: _TEXT[name] for name in ("equals", "does_not_equal")},
}


def matches(page: Page, wanted: Any, columns: list[Property]) -> bool:
    """Whether a shown page passes the filter.

    Raises:
        NotionError: the filter names a property, a type or a condition that is not there.
    """
    if not wanted:
        return True
    for key, combine in (("and", all), ("or", any)):
        if key in wanted:
            return combine([matches(page, part, columns) for part in wanted[key]])
    if "timestamp" in wanted:
        kind = wanted["timestamp"]
        return _passes(kind, page.get(kind, ""), wanted.get(kind))
    column = find(columns, str(wanted.get("property")))
    if column is None:
        raise invalid(f"Could not find property with name or id: {wanted.get('property')}")
    condition = wanted.get(column.kind)
    if condition is None:
        raise invalid(
            f"database property {column.kind} does not match filter "
            f"{next((k for k in wanted if k not in ('property', 'type')), 'undefined')}"
        )
    return _passes(column.kind, comparable(page["properties"][column.name]), condition)


def _passes(kind: str, value: Any, condition: Any) -> bool:
    checks = _CHECKS.get(kind, {})
    if (
        not isinstance(condition, dict)
        or len(condition) != 1
        or next(iter(condition)) not in checks
    ):
        raise failed(f"filter.{kind}", f"be one of `{', '.join(checks)}`", condition)
    name, wanted = next(iter(condition.items()))
    return checks[name](value, wanted)


def comparable(shown: dict[str, Any]) -> Any:
    """A shown property value as what filters and sorts compare."""
    kind = shown["type"]
    value = shown[kind]
    if kind in ("title", "rich_text"):
        return rich_text.plain(value)
    if isinstance(value, list):
        return [item.get("name") if kind == "multi_select" else item.get("id") for item in value]
    if isinstance(value, dict):
        return value.get("name") or value.get("start") or ""
    return value if value is not None or kind == "number" else ""


def ordered(pages: list[Page], sorts: Any, columns: list[Property]) -> list[Page]:
    """Pages by the first sort, then the next; empty values come last.

    Raises:
        NotionError: a sort names no property and no timestamp.
    """
    for sort in reversed(sorts or []):
        pages = _sorted(pages, sort, columns)
    return pages


def _sorted(pages: list[Page], sort: dict[str, Any], columns: list[Property]) -> list[Page]:
    column = find(columns, str(sort.get("property")))
    stamp = sort.get("timestamp")
    if column is None and stamp not in ("created_time", "last_edited_time"):
        raise invalid(f"Could not find sort property with name or id: {sort.get('property')}")

    def value(page: Page) -> Any:
        return comparable(page["properties"][column.name]) if column else page[str(stamp)]

    filled = [page for page in pages if value(page) not in ("", None, [])]
    empty = [page for page in pages if value(page) in ("", None, [])]
    return sorted(filled, key=value, reverse=sort.get("direction") == "descending") + empty
