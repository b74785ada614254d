"""Stories made in Notion (API 2026-03-11: data sources, pages, blocks), through its Python client.

Text goes into blocks, never into Markdown: whatever a caller said stays text there.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from notion_client import Client
from notion_client.errors import HTTPResponseError

from switchboard.events.project import ProjectConfiguredV1
from switchboard.ingress.adapters.notion import NotionConnection
from switchboard.ingress.adapters.notion_pages import page_from
from switchboard.ingress.domain.model import Page
from switchboard.ingress.domain.ports import StoryRefusedError
from switchboard.ingress.domain.story_draft import Part, StoryDraft

TICKET = "Ticket"
STATUS = "Status"
MAX_TEXT = 2_000
"""Characters of one rich text item, counted as UTF-16 units as Notion's own clients do."""
_BLOCKS = {
    "heading": "heading_2",
    "paragraph": "paragraph",
    "quote": "quote",
    "criterion": "to_do",
}

Json = dict[str, Any]


class NotionStories:
    """Pages of a project's stories data source, found by their property Ticket."""

    def __init__(self, connection: NotionConnection) -> None:
        """Work over `connection`."""
        self._connection = connection

    def ensure(self, project: ProjectConfiguredV1, draft: StoryDraft) -> Page:
        """Query for the ticket, else POST /v1/pages.

        Both are retried together: a page whose creation was answered too late is found by the next
        try. (Notion's index may lag behind for a moment; the queue's retries come much later.)
        """
        return self._connection.call(lambda client: _ensured(client, project, draft))


def _ensured(client: Client, project: ProjectConfiguredV1, draft: StoryDraft) -> Page:
    try:
        source_id = project.notion_data_source_id or _first_source(client, project)
        columns: Any = client.data_sources.retrieve(source_id)
        status = _status_column(columns["properties"], draft)
        wanted = {"property": TICKET, "rich_text": {"equals": draft.ticket_id}}
        found: Any = client.data_sources.query(source_id, filter=wanted, page_size=1)
        if found["results"]:
            return page_from(found["results"][0])
        made: Any = client.pages.create(
            parent={"type": "data_source_id", "data_source_id": source_id},
            properties={
                "title": {"title": _text(draft.title)},
                TICKET: {"rich_text": _text(draft.ticket_id)},
                status["name"]: {status["type"]: {"name": draft.status}},
            },
            children=[_block(part) for part in draft.body],
        )
        return page_from(made)
    except HTTPResponseError as error:
        if error.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
            raise StoryRefusedError(
                f"Notion answered {error.status} for the stories of {project.project_id}: {error}",
                "Check Stories Database and Stories Data Source on the configuration page and "
                "that both are shared with the integration, then send the event again",
            ) from error
        raise


def _first_source(client: Client, project: ProjectConfiguredV1) -> str:
    """Of a project that names its database only."""
    database: Any = client.databases.retrieve(project.notion_database_id)
    return str(database["data_sources"][0]["id"])


def _status_column(columns: dict[str, Json], draft: StoryDraft) -> Json:
    """The column that a story's Status goes into, once it is sure that the page can be made."""
    if columns.get(TICKET, {}).get("type") != "rich_text":
        raise StoryRefusedError(
            "The stories have no text property named Ticket.",
            "Add a text property named Ticket to the stories, then send the event again",
        )
    named = columns.get(STATUS, {})
    candidates = [named] if named.get("type") in ("status", "select") else []
    candidates += [column for column in columns.values() if column["type"] == "status"]
    if not candidates:
        raise StoryRefusedError(
            "The stories have no Status property.",
            "Add a Status property to the stories, then send the event again",
        )
    status = candidates[0]
    options = [option["name"] for option in status[status["type"]].get("options", [])]
    # A select gets a new option by being used, a status does not.
    if status["type"] == "status" and draft.status not in options:
        raise StoryRefusedError(
            f"Defect Status {draft.status!r} is no option of the stories' Status.",
            "Correct Defect Status on the configuration page, or add the option, then send the "
            "event again",
        )
    return status


def _block(part: Part) -> Json:
    kind = _BLOCKS[part.kind]
    return {"object": "block", "type": kind, kind: {"rich_text": _text(part.text)}}


def _text(content: str) -> list[Json]:
    return [{"type": "text", "text": {"content": piece}} for piece in _pieces(content)]


def _pieces(content: str) -> Iterator[str]:
    start = size = 0
    for position, character in enumerate(content):
        units = 2 if ord(character) > 0xFFFF else 1  # noqa: PLR2004 - the end of the basic plane
        if size + units > MAX_TEXT:
            yield content[start:position]
            start, size = position, 0
        size += units
    if start < len(content):
        yield content[start:]
