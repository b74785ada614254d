"""Notion's REST API through the official-style Python client (Notion-Version 2026-03-11).

Retries 429, 5xx and 529 up to five times, exponentially with jitter, obeying Retry-After (ERR-03).
The client's own retries are off: it skips 529 and most methods.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from notion_client import Client
from notion_client.errors import HTTPResponseError, RequestTimeoutError

from switchboard.tools.backoff import Sleep
from switchboard.tools.errors import (
    AuthFailedError,
    FailedError,
    InvalidArgumentsError,
    RateLimitedError,
    ToolError,
)
from switchboard.tools.notion.api import Body
from switchboard.tools.notion.errors import NotFoundError

NOTION_VERSION = "2026-03-11"
RETRIES = 5
REQUEST_TIMEOUT_MS = 15_000
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 20.0
"""A longer Retry-After is not waited for: the agent is told instead."""

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _OVERLOADED = 401, 403, 404, 429, 529
_SERVER_ERROR = 500
_NOT_DONE = (_TOO_MANY, _OVERLOADED)
"""Answers that promise nothing was done."""

Call = Callable[[], Body]


def _nobody() -> None:
    """For those who keep no token."""


@dataclass(frozen=True)
class NotionClientApi:
    """The API with the integration token that `token` reads at each call."""

    base_url: str
    token: Callable[[], str]
    http: httpx.Client
    sleep: Sleep
    jitter: Callable[[], float]
    """A number from 0 to 1."""
    refused: Callable[[], None] = _nobody
    """Called when Notion does not take the token, so that it is read anew for the next call."""

    def get(self, path: str, query: Body | None = None) -> Body:
        """See the port."""
        return self._retried(lambda: self._send("GET", path, query=query))

    def patch(self, path: str, body: Body) -> Body:
        """See the port."""
        return self._retried(lambda: self._send("PATCH", path, body=body))

    def post(self, path: str, body: Body) -> Body:
        """See the port."""
        return self._retried(lambda: self._send("POST", path, body=body))

    def create(self, path: str, body: Body, existing: Callable[[], Body | None]) -> Body:
        """See the port."""
        return self._retried(lambda: self._send("POST", path, body=body), existing)

    def _retried(self, call: Call, existing: Callable[[], Body | None] | None = None) -> Body:
        for attempt in range(RETRIES):
            try:
                return call()
            except (HTTPResponseError, RequestTimeoutError, httpx.TransportError) as error:
                wait = self._wait(error, attempt)
                if wait is None:
                    raise self._translated(error) from error
                self.sleep(wait)
                found = existing() if existing and _may_be_done(error) else None
                if found is not None:
                    return found
        try:
            return call()
        except (HTTPResponseError, RequestTimeoutError, httpx.TransportError) as error:
            raise self._translated(error) from error

    def _send(
        self, method: str, path: str, query: Body | None = None, body: Body | None = None
    ) -> Any:
        client = Client(
            client=self.http,
            auth=self.token(),
            base_url=self.base_url,
            notion_version=NOTION_VERSION,
            retry=False,
            timeout_ms=REQUEST_TIMEOUT_MS,
            logger=logging.getLogger(__name__),  # the client's own logger prints request bodies
            log_level=logging.CRITICAL,
        )
        return client.request(path=path, method=method, query=query, body=body)

    def _translated(self, error: Exception) -> ToolError:
        if isinstance(error, HTTPResponseError) and error.status == _UNAUTHORIZED:
            self.refused()
        return _translated(error)

    def _wait(self, error: Exception, attempt: int) -> float | None:
        """Seconds until the next attempt, or None when it is not worth one."""
        if isinstance(error, HTTPResponseError):
            if error.status != _TOO_MANY and error.status < _SERVER_ERROR:
                return None
            asked = str(error.headers.get("retry-after", ""))
            if asked.isdigit():
                return float(asked) if int(asked) <= LONGEST_WAIT_SECONDS else None
        full = FIRST_WAIT_SECONDS * 2**attempt
        return float(full / 2 + full / 2 * self.jitter())


def _may_be_done(error: Exception) -> bool:
    return not (isinstance(error, HTTPResponseError) and error.status in _NOT_DONE)


def _translated(error: Exception) -> ToolError:
    if not isinstance(error, HTTPResponseError):
        return FailedError("Notion did not answer in time", "Try again in a minute")
    if error.status in (_UNAUTHORIZED, _FORBIDDEN):
        return AuthFailedError(
            "Notion refused our token or the permission it has",
            "Ask the platform team to renew the Notion token and share the page with it",
        )
    if error.status in _NOT_DONE:
        return RateLimitedError("Notion asks for a pause", "Wait a minute, then call again")
    if error.status == _NOT_FOUND:
        return NotFoundError("Notion has no such object, or it is not shared with us")
    if error.status < _SERVER_ERROR:
        return InvalidArgumentsError(f"Notion refused the request: {error}")
    return FailedError(f"Notion answered {error.status}", "Try again in a minute")
