"""Between Notion's property and rich text objects and plain values (Notion API 2026-03-11)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from switchboard.completion.domain.model import Mention, Message, StoryLink, Text, Value

MAX_TEXT = 2_000
"""Characters of one rich text item, counted as UTF-16 units as Notion's own clients do."""
MAX_ITEMS = 100
MAX_NAME = 100
"""Characters of the name of a select option."""


def _units(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1  # noqa: PLR2004 - the end of the basic plane


def _pieces(content: str) -> Iterator[str]:
    start = size = 0
    for position, character in enumerate(content):
        size += _units(character)
        if size > MAX_TEXT:
            yield content[start:position]
            start, size = position, _units(character)
    if start < len(content):
        yield content[start:]


def rich_text(message: Message) -> list[dict[str, Any]]:
    """A message as rich text items, each short enough, at most a hundred."""
    items: list[dict[str, Any]] = []
    for part in message:
        if isinstance(part, Mention):
            mention = {"type": "user", "user": {"id": part.user_id}}
            items.append({"type": "mention", "mention": mention})
            continue
        link = {"url": part.link} if part.link else None
        items.extend(
            {"type": "text", "text": {"content": piece, "link": link}}
            for piece in _pieces(part.content.replace("\x00", ""))
        )
    return items[:MAX_ITEMS]


def plain_text(items: list[dict[str, Any]]) -> str:
    """The words of rich text items as Notion returns them."""
    return "".join(item.get("plain_text", "") for item in items)


def _message(value: Value) -> Message:
    return value if isinstance(value, tuple) else (Text(str(value)),)


def _number(value: Value) -> float | None:
    # Notion's numbers are JSON numbers: a dashboard may round, the ledger does not.
    return float(value) if isinstance(value, int | Decimal) else None


def _date(value: Value) -> dict[str, str] | None:
    return {"start": value.isoformat()} if isinstance(value, datetime) else None


def _url(value: Value) -> str | None:
    if isinstance(value, StoryLink):
        return value.url or None  # a request by the API knows no address
    return value if isinstance(value, str) else None


def _relation(value: Value) -> list[dict[str, str]] | None:
    return [{"id": value.page_id}] if isinstance(value, StoryLink) else None


def _option(value: Value) -> dict[str, str] | None:
    # Notion refuses commas in the names of options.
    return {"name": value.replace(",", " ")[:MAX_NAME]} if isinstance(value, str) else None


_ENCODERS: dict[str, Callable[[Value], Any]] = {
    "title": lambda value: rich_text(_message(value)),
    "rich_text": lambda value: rich_text(_message(value)),
    "status": _option,
    "select": _option,
    "number": _number,
    "date": _date,
    "url": _url,
    "relation": _relation,
}


def encode(kinds: Mapping[str, str], values: Mapping[str, Value]) -> dict[str, Any]:
    """The `properties` of a write: what the page has a property for and what fits its type."""
    encoded: dict[str, Any] = {}
    for name, value in values.items():
        kind = kinds.get(name, "")
        content = _ENCODERS[kind](value) if kind in _ENCODERS else None
        if content is not None:
            encoded[name] = {kind: content}
    return encoded


def _named(value: dict[str, Any] | None) -> str | None:
    return value["name"] if value else None


def _computed(value: dict[str, Any] | None) -> Any:
    return value.get(value["type"]) if value else None


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "title": plain_text,
    "rich_text": plain_text,
    "status": _named,
    "select": _named,
    "multi_select": lambda value: [option["name"] for option in value],
    "people": lambda value: [{"id": one["id"], "name": one.get("name")} for one in value],
    "relation": lambda value: [page["id"] for page in value],
    "files": lambda value: [file["name"] for file in value],
    "date": lambda value: {"start": value["start"], "end": value.get("end")} if value else None,
    "formula": _computed,
    "unique_id": lambda value: f"{value.get('prefix') or ''}{value['number']}" if value else "",
}
_AS_IT_IS = frozenset(
    {"number", "url", "email", "phone_number", "checkbox", "created_time", "last_edited_time"}
)


def _plain(item: Mapping[str, Any]) -> Any:
    kind = item["type"]
    if kind in _DECODERS:
        return _DECODERS[kind](item[kind])
    return item[kind] if kind in _AS_IT_IS else None


def decode(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values by property name; None for types nobody reads."""
    return {name: _plain(item) for name, item in properties.items()}


def title_of(properties: Mapping[str, Any]) -> str:
    """The title, whatever its property is called."""
    titles = (item["title"] for item in properties.values() if item["type"] == "title")
    return plain_text(next(titles, []))


def kinds_of(properties: Mapping[str, Any]) -> dict[str, str]:
    """The type of each property."""
    return {name: item["type"] for name, item in properties.items()}
