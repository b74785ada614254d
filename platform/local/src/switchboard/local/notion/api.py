"""The HTTP side of the API: authentication, version, limits, paging, one function per endpoint.

Wire format: Notion API 2026-03-11.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from switchboard.local.notion import content, schema, shapes
from switchboard.local.notion.comments import Comments
from switchboard.local.notion.databases import Databases
from switchboard.local.notion.errors import NotionError, invalid, not_found
from switchboard.local.notion.events import API_VERSION, Actor
from switchboard.local.notion.ids import normal
from switchboard.local.notion.pages import Pages
from switchboard.local.notion.rows import Rows
from switchboard.local.notion.state import NotionState

Answer = dict[str, Any]

MAX_PAYLOAD_BYTES = 500_000
MAX_PAGE_SIZE = 100


@dataclass(frozen=True)
class Call:
    """One authenticated request."""

    state: NotionState
    actor: Actor
    path: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any]

    def id(self, label: str) -> str:
        return normal(self.path[label], label)

    def page_of(self, kind: str, results: list[Answer]) -> Answer:
        """The part of the results that the caller's cursor and page size ask for.

        Raises:
            NotionError: a page size over 100, or a cursor that is none of ours.
        """
        given = {**self.query, **self.body}
        size = _page_size(given.get("page_size"))
        start = 0
        if given.get("start_cursor"):
            ids = [result["id"] for result in results]
            if given["start_cursor"] not in ids:
                raise invalid(f"The start_cursor provided is invalid: {given['start_cursor']}")
            start = ids.index(given["start_cursor"])
        rest = results[start + size :]
        return shapes.listing(kind, results[start : start + size], rest[0]["id"] if rest else None)


def _page_size(given: object) -> int:
    try:
        size = MAX_PAGE_SIZE if given is None else int(str(given))
    except ValueError:
        size = 0
    if not 1 <= size <= MAX_PAGE_SIZE:
        raise invalid(
            f"body failed validation: body.page_size should be ≤ `{MAX_PAGE_SIZE}` and ≥ `1`, "
            f"instead was `{given}`."
        )
    return size


Act = Callable[[Call], Answer]


def endpoint(state: NotionState, act: Act) -> Callable[[Request], Any]:
    """An endpoint that answers errors in Notion's form."""

    async def answer(request: Request) -> Response:
        try:
            raw = await request.body()
            call = _call(state, request, raw)
            return JSONResponse(act(call), headers={"x-notion-request-id": str(uuid4())})
        except NotionError as error:
            return error_response(error)

    return answer


def error_response(error: NotionError, headers: dict[str, str] | None = None) -> Response:
    """The body of every answer that is not a success."""
    request_id = str(uuid4())
    body = {
        "object": "error",
        "status": error.status,
        "code": error.code,
        "message": error.message,
        "request_id": request_id,
    }
    return JSONResponse(body, error.status, {"x-notion-request-id": request_id, **(headers or {})})


def _call(state: NotionState, request: Request, raw: bytes) -> Call:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    actor = state.bot_of(token.strip()) if scheme.lower() == "bearer" else None
    if actor is None:
        raise NotionError(401, "unauthorized", "API token is invalid.")
    version = request.headers.get("notion-version")
    if version is None:
        raise NotionError(
            400,
            "missing_version",
            "Notion-Version header failed validation: Notion-Version header should be defined, "
            "instead was `undefined`.",
        )
    if version != API_VERSION:
        raise invalid(f"Notion-Version header should be `{API_VERSION}`, instead was `{version}`.")
    if len(raw) > MAX_PAYLOAD_BYTES:
        raise invalid(
            f"body failed validation: the payload should be ≤ `{MAX_PAYLOAD_BYTES}` bytes."
        )
    return Call(state, actor, request.path_params, dict(request.query_params), _json(raw))


def _json(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise NotionError(400, "invalid_json", "Error parsing JSON body.") from None
    if not isinstance(body, dict):
        raise invalid("body failed validation: body should be an object.")
    return body


def _me(call: Call) -> Answer:
    return call.state.user(call.actor.user_id)


def _users(call: Call) -> Answer:
    return call.page_of("user", call.state.users())


def _user(call: Call) -> Answer:
    return call.state.user(call.id("user_id"))


def _search(call: Call) -> Answer:
    return call.page_of("page_or_data_source", Databases(call.state).search(call.body))


def _create_page(call: Call) -> Answer:
    return shapes.page(call.state, Pages(call.state).create(call.body, call.actor))


def _page(call: Call) -> Answer:
    return shapes.page(call.state, call.state.page(call.id("page_id")))


def _update_page(call: Call) -> Answer:
    page = Pages(call.state).update(call.id("page_id"), call.body, call.actor)
    return shapes.page(call.state, page)


def _property(call: Call) -> Answer:
    page = call.state.page(call.id("page_id"))
    column = schema.find(call.state.page_columns(page), call.path["property_id"])
    item = shapes.property_item(call.state, page, column.raw_id) if column else None
    if item is None:
        raise not_found("property", call.path["property_id"])
    return item


def _markdown(call: Call) -> Answer:
    page_id = call.id("page_id")
    call.state.page(page_id)
    text, unknown = content.markdown_of(call.state.segments(page_id))
    return {
        "object": "page_markdown",
        "id": page_id,
        "markdown": text,
        "truncated": False,
        "unknown_block_ids": unknown,
    }


def _update_markdown(call: Call) -> Answer:
    Pages(call.state).edit_markdown(call.id("page_id"), call.body, call.actor)
    return _markdown(call)


def _children(call: Call) -> Answer:
    page = call.state.page(call.id("block_id"))
    found = content.blocks_of(page["id"], call.state.segments(page["id"]), call.state.name_of)
    return call.page_of("block", [shapes.block(page, block) for block in found])


def _append(call: Call) -> Answer:
    page = call.state.page(call.id("block_id"))
    added = Pages(call.state).append(page["id"], call.body, call.actor)
    return shapes.listing("block", [shapes.block(page, block) for block in added])


def _create_database(call: Call) -> Answer:
    database = Databases(call.state).create(call.body, call.actor)
    return shapes.database(call.state, database)


def _database(call: Call) -> Answer:
    return shapes.database(call.state, call.state.database(call.id("database_id")))


def _update_database(call: Call) -> Answer:
    database = Databases(call.state).update(call.id("database_id"), call.body, call.actor)
    return shapes.database(call.state, database)


def _create_source(call: Call) -> Answer:
    source = Databases(call.state).create_source(call.body, call.actor)
    return shapes.data_source(call.state, source)


def _source(call: Call) -> Answer:
    return shapes.data_source(call.state, call.state.data_source(call.id("data_source_id")))


def _update_source(call: Call) -> Answer:
    source = Databases(call.state).update_source(call.id("data_source_id"), call.body, call.actor)
    return shapes.data_source(call.state, source)


def _query(call: Call) -> Answer:
    rows, source = Rows(call.state), call.id("data_source_id")
    if call.body.get("filter") or call.body.get("sorts"):
        return call.page_of("page_or_data_source", rows.matching(source, call.body))
    size = _page_size(call.body.get("page_size"))
    return rows.portion(source, call.body.get("start_cursor"), size)


def _create_comment(call: Call) -> Answer:
    return shapes.comment(call.state, Comments(call.state).create(call.body, call.actor))


def _comment(call: Call) -> Answer:
    return shapes.comment(call.state, Comments(call.state).one(call.id("comment_id")))


def _comments(call: Call) -> Answer:
    page = call.state.page(normal(call.query.get("block_id"), "block_id"))
    found = call.state.comments_on(page["id"])
    return call.page_of("comment", [shapes.comment(call.state, comment) for comment in found])


ENDPOINTS: list[tuple[str, str, Act]] = [
    ("GET", "/users/me", _me),
    ("GET", "/users", _users),
    ("GET", "/users/{user_id}", _user),
    ("POST", "/search", _search),
    ("POST", "/pages", _create_page),
    ("GET", "/pages/{page_id}", _page),
    ("PATCH", "/pages/{page_id}", _update_page),
    ("GET", "/pages/{page_id}/properties/{property_id}", _property),
    ("GET", "/pages/{page_id}/markdown", _markdown),
    ("PATCH", "/pages/{page_id}/markdown", _update_markdown),
    ("GET", "/blocks/{block_id}/children", _children),
    ("PATCH", "/blocks/{block_id}/children", _append),
    ("POST", "/databases", _create_database),
    ("GET", "/databases/{database_id}", _database),
    ("PATCH", "/databases/{database_id}", _update_database),
    ("POST", "/data_sources", _create_source),
    ("GET", "/data_sources/{data_source_id}", _source),
    ("PATCH", "/data_sources/{data_source_id}", _update_source),
    ("POST", "/data_sources/{data_source_id}/query", _query),
    ("POST", "/comments", _create_comment),
    ("GET", "/comments", _comments),
    ("GET", "/comments/{comment_id}", _comment),
]


def routes(state: NotionState) -> list[Route]:
    """Every endpoint under `/v1`; anything else there is `invalid_request_url`."""

    async def unknown(_request: Request) -> Response:
        return error_response(NotionError(400, "invalid_request_url", "Invalid request URL."))

    known = [
        Route(f"/v1{path}", endpoint(state, act), methods=[method])
        for method, path, act in ENDPOINTS
    ]
    every = ["GET", "POST", "PATCH", "PUT", "DELETE"]
    return [*known, Route("/v1/{rest:path}", unknown, methods=every)]
