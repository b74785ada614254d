"""Notion through its Python client, with the retries the client lacks.

F16: 429 and 5xx (also 529) are tried again up to five times, exponentially with jitter, and
Retry-After is obeyed. All waiting of one call together stays below `PATIENCE_SECONDS`, so that the
function's time limit is never reached; the queue then tries again after 30, 60 and 120 seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
from aws_lambda_powertools import Logger
from notion_client import Client
from notion_client.errors import (
    HTTPResponseError,
    InvalidPathParameterError,
    RequestTimeoutError,
)

from switchboard.ingress.adapters.notion_pages import page_from
from switchboard.ingress.domain.model import Body, BotIdentity, Page
from switchboard.ingress.domain.ports import NotionUnavailableError, PageNotFoundError

NOTION_VERSION = "2026-03-11"
MAX_RETRIES = 5
FIRST_WAIT_SECONDS = 0.5
PATIENCE_SECONDS = 25.0
REQUEST_TIMEOUT_MS = 8_000

T = TypeVar("T")


@dataclass(frozen=True)
class Pace:
    """Time and chance as Notion's retries need them; all injected, so tests never wait."""

    sleep: Callable[[float], None]
    monotonic: Callable[[], float]
    jitter: Callable[[], float]
    """A number from 0 to 1."""


@dataclass
class NotionConnection:
    """A client, its retries, and a new client when the token has been rotated."""

    connect: Callable[[], Client]
    pace: Pace
    logger: Logger
    _client: Client | None = field(default=None, init=False)

    def call(self, operation: Callable[[Client], T]) -> T:
        """Run `operation`, retrying what may pass.

        Raises:
            PageNotFoundError: Notion answered 404, or 400 to an id that cannot exist.
            NotionUnavailableError: refused, or still failing after all retries.
        """
        try:
            return self._retried(operation)
        except InvalidPathParameterError as error:
            raise PageNotFoundError("no page can have that id") from error
        except HTTPResponseError as error:
            if error.status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST):
                raise PageNotFoundError(f"Notion answered {error.status}") from error
            raise NotionUnavailableError(f"Notion answered {error.status}") from error
        except (RequestTimeoutError, httpx.TransportError) as error:
            raise NotionUnavailableError(f"Notion cannot be reached: {error}") from error

    def close(self) -> None:
        """Close the client's connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _retried(self, operation: Callable[[Client], T]) -> T:
        give_up_at = self.pace.monotonic() + PATIENCE_SECONDS
        renewed = False
        retries = 0
        while True:
            try:
                return operation(self._connected())
            except (HTTPResponseError, RequestTimeoutError, httpx.TransportError) as error:
                status = getattr(error, "status", None)
                if status == HTTPStatus.UNAUTHORIZED and not renewed:
                    renewed = True
                    self.close()
                    continue
                wait = self._wait(error, retries)
                if (
                    not _may_pass(status)
                    or retries == MAX_RETRIES
                    or self.pace.monotonic() + wait > give_up_at
                ):
                    raise
                retries += 1
                self.logger.warning(
                    "notion call is tried again", status=status, retry=retries, wait_seconds=wait
                )
                self.pace.sleep(wait)

    def _connected(self) -> Client:
        if self._client is None:
            self._client = self.connect()
        return self._client

    def _wait(self, error: Exception, retries: int) -> float:
        if isinstance(error, HTTPResponseError):
            after = error.headers.get("retry-after", "")
            if after.isdecimal():
                return float(after)
        return FIRST_WAIT_SECONDS * 2.0**retries * (0.5 + self.pace.jitter() / 2)


def _may_pass(status: int | None) -> bool:
    """Rate limits, server errors (529 too) and a connection that broke."""
    return (
        status is None
        or status == HTTPStatus.TOO_MANY_REQUESTS
        or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )


class NotionPages:
    """Pages read from Notion."""

    def __init__(self, connection: NotionConnection) -> None:
        """Read over `connection`."""
        self._connection = connection

    def get(self, page_id: str) -> Page:
        """GET /v1/pages/{id}."""
        value: Any = self._connection.call(lambda client: client.pages.retrieve(page_id))
        return page_from(value)

    def body(self, page_id: str) -> Body:
        """GET /v1/pages/{id}/markdown."""
        value: Any = self._connection.call(lambda client: client.pages.retrieve_markdown(page_id))
        return Body(value.get("markdown") or "", bool(value.get("truncated")))


class NotionBot:
    """Our integration's own user, asked for once per process."""

    def __init__(self, connection: NotionConnection) -> None:
        """Ask over `connection`."""
        self._connection = connection
        self._identity: BotIdentity | None = None

    def identity(self) -> BotIdentity:
        """GET /v1/users/me."""
        if self._identity is None:
            value: Any = self._connection.call(lambda client: client.users.me())
            self._identity = BotIdentity(value["id"], value.get("bot", {}).get("workspace_id", ""))
        return self._identity
