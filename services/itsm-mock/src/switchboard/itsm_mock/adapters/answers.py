"""Answers of the desk's API: tickets as openapi.json shows them, and the headers around them."""

from typing import Any
from urllib.parse import urlencode

from switchboard.itsm_mock.domain.add_comment import Added
from switchboard.itsm_mock.domain.lifecycle import spoken_status
from switchboard.itsm_mock.domain.model import Entry, EntryKind, Ticket
from switchboard.itsm_mock.domain.ports import Listing, Wanted
from switchboard.runtime.http import json_response

INSIDE = {"correlation_id", "story_url", "delivery_at"}
"""What only people inside see."""
Answer = dict[str, Any]


def opened(ticket: Ticket, *, is_new: bool) -> Answer:
    """A ticket that this request, or the same one before, has opened."""
    answer = found(ticket)
    where = {"Location": f"tickets/{ticket.ticket_id}"}
    return _with(answer, where) | {"statusCode": 201 if is_new else 200}


def found(ticket: Ticket) -> Answer:
    """A ticket, with its version as ETag."""
    return _with(json_response(200, _shown(ticket)), {"ETag": f'"{ticket.version}"'})


def inside(ticket: Ticket, entries: list[Entry]) -> Answer:
    """A ticket as people inside see it, with everything written on it."""
    body = _shown(ticket, inside=True) | {
        "comments": [_entry(item) for item in entries if item.kind is EntryKind.COMMENT],
        "work_notes": [_entry(item) for item in entries if item.kind is EntryKind.WORK_NOTE],
    }
    return _with(json_response(200, body), {"ETag": f'"{ticket.version}"'})


def page(listing: Listing, wanted: Wanted) -> Answer:
    """A bare array, newest first; where the next page is stands in the headers (D-04)."""
    answer = json_response(200, [_shown(ticket) for ticket in listing.tickets])
    if listing.cursor is None:
        return answer
    query = {"caller": wanted.caller_id, "limit": wanted.limit, "cursor": listing.cursor}
    if wanted.state is not None:
        query["state"] = str(wanted.state)
    link = f'<?{urlencode(query)}>; rel="next"'
    return _with(answer, {"X-Next-Cursor": listing.cursor, "Link": link})


def comment(added: Added) -> Answer:
    """What became of a comment."""
    body = {
        "success": True,
        "ticket_id": added.ticket_id,
        "comment_id": added.comment_id,
        "reopened": added.reopened,
        "spoken": added.spoken,
    }
    return json_response(200, body)


def _shown(ticket: Ticket, *, inside: bool = False) -> Answer:
    hidden = None if inside else INSIDE
    shown: Answer = ticket.model_dump(mode="json", exclude_none=True, exclude=hidden)
    return shown | {"spoken_status": spoken_status(ticket)}


def _entry(entry: Entry) -> Answer:
    shown: Answer = entry.model_dump(mode="json", exclude_none=True, exclude={"kind"})
    return shown


def _with(answer: Answer, headers: dict[str, str]) -> Answer:
    return answer | {"headers": answer["headers"] | headers}
