"""The shadow's Notion before its first breath: the seeds, the project's rules, the archived page.

It is written while nothing runs and nobody is subscribed, so no webhook tells of it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from switchboard.local.notion.errors import NotionError
from switchboard.local.notion.events import Actor, Outbox
from switchboard.local.notion.pages import Pages
from switchboard.local.notion.schema import Property
from switchboard.local.notion.seed import (
    ADA,
    OWEN,
    PROJECT_PAGE,
    STORIES_SOURCE,
    open_store,
    seed_workspace,
)
from switchboard.local.notion.state import NotionState
from switchboard.local.replay.archive import ArchivedPage
from switchboard.local.replay.refusal import ReplayRefusedError
from switchboard.local.settings import LocalSettings

LONGEST = 2000
"""Characters of one rich text item (Notion's limit)."""
Body = dict[str, Any]


def seed(settings: LocalSettings, pages: Iterable[ArchivedPage], project: Body) -> list[str]:
    """Write the workspace of a shadow that is not running; returns what could not be brought over.

    Raises:
        ReplayRefusedError: the page, or the project's settings, do not fit the seeded workspace.
    """
    store = open_store(settings)
    try:
        seed_workspace(settings, store)
        state = NotionState(store, Outbox(store), settings.notion_url)
        Pages(state).update(PROJECT_PAGE, {"properties": project}, Actor(OWEN, "person"))
        return [note for page in pages for note in _put(state, page)]
    except NotionError as error:
        raise ReplayRefusedError(
            f"the archived page does not fit the seeded workspace: {error}",
            "replay works on pages of the seeded Stories database with its own Status values",
        ) from error
    finally:
        store.close()


def _put(state: NotionState, page: ArchivedPage) -> list[str]:
    columns = {column.name: column for column in state.columns(STORIES_SOURCE)}
    people = {user["id"] for user in state.users()}
    given = {
        name: value
        for name, column in columns.items()
        if (value := _written(column, page.properties.get(name), people)) is not None
    }
    body: Body = {"parent": {"data_source_id": STORIES_SOURCE}, "properties": given}
    if page.markdown:
        body["markdown"] = page.markdown
    Pages(state).create(body, Actor(ADA, "person"), page.page_id)
    lost = sorted(name for name, value in page.properties.items() if value and name not in given)
    return [f"the page's property {name} has no place in the shadow" for name in lost]


def _written(column: Property, value: Any, people: set[str]) -> Body | None:
    """A value of a page snapshot as the API takes it; None when there is nothing to write."""
    if value in (None, "", [], {}):
        return None
    if column.kind == "people":
        named = [{"id": user["id"]} for user in _listed(value) if user.get("id") in people]
        return {"people": named} if named else None
    write = _WRITERS.get(column.kind)
    return {column.kind: write(value)} if write else None


def _listed(value: Any) -> list[Body]:
    found = value.get("people", []) if isinstance(value, Mapping) else []
    return [user for user in found if isinstance(user, dict)]


def _items(text: Any) -> list[Body]:
    content = str(text)
    return [
        {"text": {"content": content[start : start + LONGEST]}}
        for start in range(0, len(content), LONGEST)
    ]


def _named(value: Any) -> Body:
    return {"name": str(value)}


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "title": _items,
    "rich_text": _items,
    "status": _named,
    "select": _named,
    "url": str,
    "number": lambda value: value,
    "checkbox": bool,
}


def writable(properties: Mapping[str, Body]) -> Body:
    """Properties of a page as the API shows them, in the form in which it takes them."""
    found: Body = {}
    for name, shown in properties.items():
        kind = str(shown["type"])
        value = shown.get(kind)
        if kind in ("title", "rich_text"):
            found[name] = {kind: _items("".join(item["plain_text"] for item in value or []))}
        elif kind in ("select", "status"):
            found[name] = {kind: _named(value["name"]) if value else None}
        elif kind == "multi_select":
            found[name] = {kind: [_named(option["name"]) for option in value or []]}
        elif kind == "people":
            found[name] = {kind: [{"id": user["id"]} for user in value or []]}
        elif kind in ("number", "url", "checkbox"):
            found[name] = {kind: value}
    return found
