"""Values of page properties: checked on the way in, shown on the way out.

Notion API 2026-03-11, page property values. What is stored is small: option ids, user ids, page
ids; names and colours are looked up when shown, so a renamed option is renamed everywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.local.notion import rich_text
from switchboard.local.notion.errors import failed, invalid
from switchboard.local.notion.ids import encoded, normal
from switchboard.local.notion.schema import COMPUTED, Property

Value = Any

MAX_URL = 2000


@dataclass(frozen=True)
class Lookups:
    """What a value may refer to; each raises NotionError for an unknown id."""

    name_of: rich_text.NameOf
    user: Callable[[str], dict[str, Any]]
    require_page: Callable[[str], None]


@dataclass(frozen=True)
class Parsed:
    """A stored value, and the column again when it got a new option."""

    value: Value
    column: Property


def parse(column: Property, given: object, known: Lookups) -> Parsed:
    """Check one value.

    Raises:
        NotionError: of the wrong type, unknown status option, too long, refers to nothing.
    """
    sent = _unwrapped(column, given)
    if column.kind in ("select", "status"):
        return _parse_option(column, sent)
    if column.kind == "multi_select":
        return _parse_options(column, sent)
    return Parsed(_PARSERS[column.kind](column, sent, known), column)


def _unwrapped(column: Property, given: object) -> object:
    if column.kind in COMPUTED:
        raise invalid(f"{column.name} is a computed property and cannot be set.")
    if column.kind in ("title", "rich_text") and isinstance(given, list):
        return given
    if not isinstance(given, dict) or column.kind not in given:
        raise invalid(f"{column.name} is expected to be {column.kind}.")
    return given[column.kind]


def _path(column: Property) -> str:
    return f"properties.{column.name}.{column.kind}"


def _parse_option(column: Property, sent: object) -> Parsed:
    if sent is None:
        return Parsed(default(column), column)
    key = _option_key(column, sent)
    option = column.option(key)
    if option is not None:
        return Parsed(option["id"], column)
    if column.kind == "status":
        raise invalid(f'Invalid status option. Status option "{key}" does not exist".')
    grown = column.with_option(key)
    return Parsed(grown.options[-1]["id"], grown)


def _parse_options(column: Property, sent: object) -> Parsed:
    if not isinstance(sent, list):
        raise failed(_path(column), "be an array", sent)
    chosen: list[str] = []
    for item in sent:
        option = column.option(key := _option_key(column, item))
        if option is None:
            column = column.with_option(key)
            option = column.options[-1]
        chosen.append(option["id"])
    return Parsed(list(dict.fromkeys(chosen)), column)


def _option_key(column: Property, sent: object) -> str:
    key = (sent.get("name") or sent.get("id")) if isinstance(sent, dict) else None
    if not isinstance(key, str):
        raise failed(f"{_path(column)}.name", "be defined", "undefined")
    return key


def _parse_rich_text(column: Property, sent: object, known: Lookups) -> Value:
    return rich_text.complete(sent, _path(column), known.name_of)


def _parse_number(column: Property, sent: object, _known: Lookups) -> Value:
    if sent is not None and (isinstance(sent, bool) or not isinstance(sent, int | float)):
        raise failed(_path(column), "be a number or `null`", sent)
    return sent


def _parse_text(column: Property, sent: object, _known: Lookups) -> Value:
    if sent is None or sent == "":
        return None
    if not isinstance(sent, str):
        raise failed(_path(column), "be a string or `null`", sent)
    if len(sent) > MAX_URL:
        raise failed(f"{_path(column)}.length", f"be ≤ `{MAX_URL}`", len(sent))
    return sent


def _parse_checkbox(column: Property, sent: object, _known: Lookups) -> Value:
    if not isinstance(sent, bool):
        raise failed(_path(column), "be a boolean", sent)
    return sent


def _ids(column: Property, sent: object) -> list[str]:
    if not isinstance(sent, list) or not all(isinstance(item, dict) for item in sent):
        raise failed(_path(column), "be an array of objects", sent)
    return [normal(item.get("id"), "id") for item in sent]


def _parse_people(column: Property, sent: object, known: Lookups) -> Value:
    chosen = _ids(column, sent)
    for user_id in chosen:
        known.user(user_id)
    return chosen


def _parse_relation(column: Property, sent: object, known: Lookups) -> Value:
    chosen = _ids(column, sent)
    for page_id in chosen:
        known.require_page(page_id)
    return chosen


def _parse_date(column: Property, sent: object, _known: Lookups) -> Value:
    if sent is None:
        return None
    if not isinstance(sent, dict) or not isinstance(sent.get("start"), str):
        raise failed(f"{_path(column)}.start", "be defined", "undefined")
    for edge in ("start", "end"):
        try:
            datetime.fromisoformat(sent.get(edge) or sent["start"])
        except ValueError:
            raise failed(
                f"{_path(column)}.{edge}", "be a valid ISO 8601 date", sent[edge]
            ) from None
    return {edge: sent.get(edge) for edge in ("start", "end", "time_zone")}


def _parse_files(column: Property, sent: object, _known: Lookups) -> Value:
    if not isinstance(sent, list):
        raise failed(_path(column), "be an array", sent)
    return sent


_PARSERS: dict[str, Callable[[Property, object, Lookups], Value]] = {
    "title": _parse_rich_text,
    "rich_text": _parse_rich_text,
    "number": _parse_number,
    "url": _parse_text,
    "email": _parse_text,
    "phone_number": _parse_text,
    "checkbox": _parse_checkbox,
    "people": _parse_people,
    "relation": _parse_relation,
    "date": _parse_date,
    "files": _parse_files,
}


def default(column: Property) -> Value:
    """The value of a property nobody has set; a status starts at its first option."""
    if column.kind == "status" and column.options:
        return column.options[0]["id"]
    if column.kind in ("title", "rich_text", "multi_select", "people", "relation", "files"):
        return []
    return False if column.kind == "checkbox" else None


def shown(column: Property, value: Value, page: dict[str, Any], known: Lookups) -> dict[str, Any]:
    """As the API shows it in a page."""
    wrapper = {"id": encoded(column.raw_id), "type": column.kind}
    if column.kind in COMPUTED:
        return {**wrapper, column.kind: page[column.kind]}
    if column.kind == "relation":
        return {**wrapper, "relation": [{"id": key} for key in value]}
    return {**wrapper, column.kind: _shown(column, value, known)}


def _shown(column: Property, value: Value, known: Lookups) -> Value:
    if column.kind in ("select", "status"):
        return _shown_option(column, value)
    if column.kind == "multi_select":
        return [option for key in value if (option := _shown_option(column, key))]
    if column.kind == "people":
        return [known.user(user_id) for user_id in value]
    return value


def _shown_option(column: Property, key: str | None) -> dict[str, Any] | None:
    option = column.option(key) if key else None
    return option and {name: option[name] for name in ("id", "name", "color")}


def text_of(shown_value: dict[str, Any]) -> str:
    """A shown value as plain text, for tables and for search."""
    value = shown_value[shown_value["type"]]
    if isinstance(value, list):
        return (
            ", ".join(_word(item) for item in value)
            if shown_value["type"]
            not in (
                "title",
                "rich_text",
            )
            else rich_text.plain(value)
        )
    return "" if value is None else _word(value)


def _word(value: Value) -> str:
    if isinstance(value, dict):
        return str(value.get("name") or value.get("start") or value.get("id") or "")
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value)
