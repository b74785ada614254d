"""The board on Notion (API 2026-03-11) by the official shapes, through notion-client."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import httpx
from notion_client import Client
from notion_client.errors import HTTPResponseError, RequestTimeoutError

from switchboard.completion.adapters.notion_values import (
    decode,
    encode,
    kinds_of,
    plain_text,
    rich_text,
    title_of,
)
from switchboard.completion.adapters.patience import Patience, TransientError
from switchboard.completion.domain.model import Mention, Message, Page, Text, Values
from switchboard.completion.domain.ports import (
    BoardUnavailableError,
    NotThereError,
    ValueRefusedError,
)

T = TypeVar("T")
BUSY = frozenset({408, 409, 429})
"""Statuses below 500 that pass by themselves: timeout, edit conflict, rate limit."""
SERVER_ERROR = 500
BAD_REQUEST = 400
NOT_FOUND = 404
KEY_PROPERTY = "Invocation"
"""The property by which a dashboard row is found again."""


class NotionBoard:
    """Pages, comments and dashboard rows.

    Reads and changes are retried call by call. What makes something new is retried together with
    the look-up that finds it, so a lost answer does not make it twice.
    """

    def __init__(self, client: Client, token: Callable[[], str], patience: Patience) -> None:
        """Use a client whose own retries are off; `token` gives the integration's token."""
        self._client = client
        self._token = token
        self._patience = patience

    def page(self, page_id: str) -> Page:
        """GET /v1/pages/{id}; a page in the trash counts as gone."""
        found = self._patient(lambda: self._call("GET", f"pages/{page_id}"))
        if found.get("in_trash"):
            raise NotThereError(f"page {page_id} is in the trash")
        properties = found["properties"]
        return Page(
            page_id=found["id"],
            url=found["url"],
            title=title_of(properties),
            properties=decode(properties),
            kinds=kinds_of(properties),
        )

    def markdown(self, page_id: str) -> str:
        """GET /v1/pages/{id}/markdown."""
        answer = self._patient(lambda: self._call("GET", f"pages/{page_id}/markdown"))
        return str(answer["markdown"])

    def write(self, page: Page, values: Values) -> None:
        """PATCH /v1/pages/{id} with the properties the page has."""
        properties = encode(page.kinds, values)
        if properties:
            body = {"properties": properties}
            self._patient(lambda: self._call("PATCH", f"pages/{page.page_id}", body))

    def comment_once(self, page_id: str, mark: str, message: Message) -> str:
        """Look through the page's comments for `mark`, then POST /v1/comments."""
        marked = (*message, Text(f"\n{mark}"))
        try:
            return self._patient(lambda: self._find_or_comment(page_id, mark, marked))
        except ValueRefusedError:
            # Most likely somebody who cannot be mentioned here; the words matter more.
            unnamed = tuple(part for part in marked if not isinstance(part, Mention))
            return self._patient(lambda: self._find_or_comment(page_id, mark, unnamed))

    def put_row(self, data_source_id: str, invocation_id: str, values: Values) -> str:
        """Find the row, then PATCH it or POST /v1/pages below the data source."""
        schema = self._patient(lambda: self._call("GET", f"data_sources/{data_source_id}"))
        properties = encode(kinds_of(schema["properties"]), values)
        return self._patient(lambda: self._put_row(data_source_id, invocation_id, properties))

    def find_row(self, data_source_id: str, invocation_id: str) -> str | None:
        """POST /v1/data_sources/{id}/query, filtered by the invocation's id."""
        return self._patient(lambda: self._find_row(data_source_id, invocation_id))

    def _put_row(
        self, data_source_id: str, invocation_id: str, properties: Mapping[str, Any]
    ) -> str:
        row_id = self._find_row(data_source_id, invocation_id)
        if row_id is not None:
            self._call("PATCH", f"pages/{row_id}", {"properties": properties})
            return row_id
        parent = {"type": "data_source_id", "data_source_id": data_source_id}
        made = self._call("POST", "pages", {"parent": parent, "properties": properties})
        return str(made["id"])

    def _find_row(self, data_source_id: str, invocation_id: str) -> str | None:
        wanted = {"property": KEY_PROPERTY, "rich_text": {"equals": invocation_id}}
        body = {"filter": wanted, "page_size": 1}
        results = self._call("POST", f"data_sources/{data_source_id}/query", body)["results"]
        return str(results[0]["id"]) if results else None

    def _find_or_comment(self, page_id: str, mark: str, message: Message) -> str:
        for comment in self._comments(page_id):
            if mark in plain_text(comment["rich_text"]):
                return str(comment["id"])
        parent = {"type": "page_id", "page_id": page_id}
        body = {"parent": parent, "rich_text": rich_text(message)}
        return str(self._call("POST", "comments", body)["id"])

    def _comments(self, page_id: str) -> Iterator[dict[str, Any]]:
        query: dict[str, Any] = {"block_id": page_id, "page_size": 100}
        while True:
            answer = self._call("GET", "comments", query=query)
            yield from answer["results"]
            if not answer.get("has_more"):
                return
            query["start_cursor"] = answer["next_cursor"]

    def _patient(self, act: Callable[[], T]) -> T:
        try:
            return self._patience(act)
        except TransientError as error:
            raise BoardUnavailableError(str(error)) from error

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
    ) -> Any:
        """One try; every failure in our own words."""
        try:
            return self._client.request(
                path,
                method,
                query=dict(query) if query else None,
                body=dict(body) if body else None,
                auth=self._token(),
            )
        except HTTPResponseError as error:
            raise _translated(error, f"{method} {path}") from error
        except (RequestTimeoutError, httpx.TransportError) as error:
            raise TransientError(f"{method} {path}: no answer from Notion") from error


def _translated(error: HTTPResponseError, call: str) -> Exception:
    said = f"{call}: {error.status} {error}"
    if error.status in BUSY or error.status >= SERVER_ERROR:
        return TransientError(said, _seconds(error.headers.get("retry-after")))
    if error.status == NOT_FOUND:
        return NotThereError(said)
    if error.status == BAD_REQUEST:
        return ValueRefusedError(said)
    # 401 and 403: not for this page only; somebody must mend the token or the sharing.
    return BoardUnavailableError(said)


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
