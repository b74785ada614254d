"""Objects as the API shows them (checked against the types of the official JavaScript client)."""

from typing import Any

from switchboard.local.notion import rich_text, values
from switchboard.local.notion.blocks import Block
from switchboard.local.notion.events import WORKSPACE_ID
from switchboard.local.notion.ids import encoded
from switchboard.local.notion.schema import Property, stored
from switchboard.local.notion.state import NotionState
from switchboard.local.standin.documents import Document

Shown = dict[str, Any]


def partial_user(user_id: str) -> Shown:
    """A user where only the id is given."""
    return {"object": "user", "id": user_id}


def page(state: NotionState, body: Document, columns: list[Property] | None = None) -> Shown:
    """A page with all its properties; `columns` are those of its data source, if at hand."""
    looking = {
        **body,
        "created_by": partial_user(body["created_by"]),
        "last_edited_by": partial_user(body["last_edited_by"]),
    }
    known = state.lookups
    shown = {
        column.name: values.shown(
            column, body["values"].get(column.raw_id, values.default(column)), looking, known
        )
        for column in (state.page_columns(body) if columns is None else columns)
    }
    return {
        "object": "page",
        **{key: looking[key] for key in _DATED},
        "cover": body.get("cover"),
        "icon": body.get("icon"),
        "parent": body["parent"],
        **_trash(body),
        "is_archived": body["in_trash"],
        "is_locked": False,
        "properties": shown,
        "url": page_url(state, body["id"]),
        "public_url": None,
    }


_DATED = ("id", "created_time", "last_edited_time", "created_by", "last_edited_by")


def _trash(body: Document) -> Shown:
    return {"in_trash": body["in_trash"], "archived": body["in_trash"]}


def page_url(state: NotionState, page_id: str) -> str:
    """Where a person opens the page."""
    return f"{state.url}/p/{page_id.replace('-', '')}"


def title_of(state: NotionState, body: Document) -> str:
    """The page's title as plain text."""
    column = next(c for c in state.page_columns(body) if c.kind == "title")
    return rich_text.plain(body["values"].get(column.raw_id, []))


def database(state: NotionState, body: Document) -> Shown:
    """A database and the names of its data sources."""
    sources = state.store.list("data_source", body["id"])
    return {
        "object": "database",
        **_source_like(state, body),
        "is_locked": False,
        "archived": body["in_trash"],
        "data_sources": [
            {"id": source["id"], "name": rich_text.plain(source["title"])} for source in sources
        ],
    }


def data_source(state: NotionState, body: Document) -> Shown:
    """A data source with its schema."""
    parent = state.database(body["database_id"])
    columns = [stored(column) for column in body["columns"]]
    return {
        "object": "data_source",
        **_source_like(state, {**body, "parent": parent["parent"], "is_inline": False}),
        "parent": {"type": "database_id", "database_id": body["database_id"]},
        "database_parent": parent["parent"],
        "archived": body["in_trash"],
        "created_by": partial_user(body["created_by"]),
        "last_edited_by": partial_user(body["last_edited_by"]),
        "properties": {column.name: column.shown() for column in columns},
    }


def _source_like(state: NotionState, body: Document) -> Shown:
    return {
        "id": body["id"],
        "title": body["title"],
        "description": body.get("description", []),
        "parent": body["parent"],
        "is_inline": body["is_inline"],
        "in_trash": body["in_trash"],
        "created_time": body["created_time"],
        "last_edited_time": body["last_edited_time"],
        "icon": body.get("icon"),
        "cover": None,
        "url": f"{state.url}/d/{body['id'].replace('-', '')}",
        "public_url": None,
    }


def block(page_body: Document, body: Block) -> Shown:
    """A block directly on a page."""
    kind = body["type"]
    content = {key: value for key, value in body[kind].items() if key != "children"}
    return {
        "object": "block",
        "id": body["id"],
        "parent": {"type": "page_id", "page_id": page_body["id"]},
        "created_time": page_body["created_time"],
        "last_edited_time": page_body["last_edited_time"],
        "created_by": partial_user(page_body["created_by"]),
        "last_edited_by": partial_user(page_body["last_edited_by"]),
        "has_children": bool(body.get("children")) or kind == "child_page",
        **_trash({"in_trash": False}),
        "type": kind,
        kind: content,
    }


def comment(state: NotionState, body: Document) -> Shown:
    """A comment with its author's name."""
    author = state.user(body["created_by"])
    return {
        "object": "comment",
        "id": body["id"],
        "parent": {"type": "page_id", "page_id": body["page_id"]},
        "discussion_id": body["discussion_id"],
        "created_time": body["created_time"],
        "last_edited_time": body["last_edited_time"],
        "created_by": partial_user(body["created_by"]),
        "rich_text": body["rich_text"],
        "display_name": {
            "type": "integration" if author["type"] == "bot" else "user",
            "resolved_name": author["name"],
        },
    }


def person(user_id: str, name: str, email: str) -> Shown:
    """A member of the workspace."""
    body = {"object": "user", "id": user_id, "type": "person", "name": name, "avatar_url": None}
    return {**body, "person": {"email": email}}


def bot(user_id: str, name: str, workspace_name: str) -> Shown:
    """An integration."""
    body = {"object": "user", "id": user_id, "type": "bot", "name": name, "avatar_url": None}
    owner = {"type": "workspace", "workspace": True}
    limits = {"max_file_upload_size_in_bytes": 5_242_880}
    details = {"owner": owner, "workspace_id": WORKSPACE_ID, "workspace_limits": limits}
    return {**body, "bot": {**details, "workspace_name": workspace_name}}


def listing(kind: str, results: list[Shown], next_cursor: str | None = None) -> Shown:
    """A page of results of one kind."""
    return {
        "object": "list",
        "results": results,
        "next_cursor": next_cursor,
        "has_more": next_cursor is not None,
        "type": kind,
        kind: {},
    }


def property_item(state: NotionState, body: Document, raw_id: str) -> Shown | None:
    """One property of a page, as `GET /v1/pages/{id}/properties/{id}` shows it."""
    shown = page(state, body)["properties"].values()
    found = next((item for item in shown if item["id"] == encoded(raw_id)), None)
    if found is None:
        return None
    kind = found["type"]
    if kind not in ("title", "rich_text", "people", "relation"):
        return {"object": "property_item", **found}
    items = [
        {"object": "property_item", "id": found["id"], "type": kind, kind: item}
        for item in found[kind]
    ]
    described = {"id": found["id"], "type": kind, kind: {}, "next_url": None}
    return {**listing("property_item", items), "property_item": described}
