"""Page objects of Notion -> the domain's pages (Notion API 2026-03-11, page and its values)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from switchboard.ingress.domain.model import Page, Property, notion_id


def page_from(value: dict[str, Any]) -> Page:
    """Read a page object.

    Notion lists at most 25 entries of a people, relation or rich text value here; more than that
    is cut, which no property of ours needs.
    """
    properties = {
        name: Property(unquote(item.get("id", "")), item.get("type", ""), _plain(item))
        for name, item in value.get("properties", {}).items()
    }
    title = next((item.value for item in properties.values() if item.type == "title"), "")
    parent = value.get("parent", {})
    above = parent.get("page_id")
    return Page(
        id=notion_id(value["id"]),
        title=title.strip(),
        url=value.get("url"),
        parent_ids=_parents(parent),
        created_time=datetime.fromisoformat(value["created_time"]),
        last_edited_time=datetime.fromisoformat(value["last_edited_time"]),
        properties=properties,
        in_trash=bool(value.get("in_trash") or value.get("archived")),
        parent_page_id=notion_id(above) if above else None,
        parent_kind=str(parent.get("type", "")),
    )


def _parents(parent: dict[str, Any]) -> tuple[str, ...]:
    """Data source first, then database: both occur, alone or together."""
    found = (parent.get("data_source_id"), parent.get("database_id"))
    return tuple(notion_id(item) for item in found if item)


def _text(items: Any) -> str:
    return "".join(item.get("plain_text", "") for item in items or [])


def _name(option: Any) -> str | None:
    return option.get("name") if option else None


def _people(people: Any) -> dict[str, Any]:
    """Named as people: a bare list of ids means related pages to those who read a snapshot."""
    named = [{"id": person["id"], "name": person.get("name")} for person in people or []]
    return {"people": named}


def _date(value: Any) -> dict[str, Any] | None:
    return {"start": value.get("start"), "end": value.get("end")} if value else None


def _computed(value: Any) -> Any:
    """Formulas hold their value under their own type."""
    return value.get(value.get("type")) if value else None


_READ: dict[str, Callable[[Any], Any]] = {
    "title": _text,
    "rich_text": _text,
    "status": _name,
    "select": _name,
    "multi_select": lambda options: [option["name"] for option in options or []],
    "people": _people,
    "relation": lambda pages: [notion_id(page["id"]) for page in pages or []],
    "date": _date,
    "formula": _computed,
    "unique_id": lambda value: f"{value.get('prefix') or ''}{value.get('number')}" if value else "",
    "files": lambda files: [item.get("name") for item in files or []],
}
_AS_IT_IS = ("number", "checkbox", "url", "email", "phone_number", "created_time")


def _plain(item: dict[str, Any]) -> Any:
    kind = item.get("type", "")
    if kind in _READ:
        return _READ[kind](item.get(kind))
    return item.get(kind) if kind in _AS_IT_IS else None
