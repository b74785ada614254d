"""The port to Notion's REST API, in Notion's words."""

from collections.abc import Callable
from typing import Any, Protocol

Body = dict[str, Any]


class NotionApi(Protocol):
    """One call of the Notion API; adapters retry and translate errors into ToolErrors."""

    def get(self, path: str, query: Body | None = None) -> Body:
        """GET `/v1/<path>`.

        Raises:
            NotFoundError: there is no such object, or it is not shared with us.
        """
        ...

    def patch(self, path: str, body: Body) -> Body:
        """PATCH `/v1/<path>`; retried, since a repeated patch changes nothing."""
        ...

    def post(self, path: str, body: Body) -> Body:
        """POST that only reads (search, query)."""
        ...

    def create(self, path: str, body: Body, existing: Callable[[], Body | None]) -> Body:
        """POST that makes something.

        After an answer that leaves open whether it was made (5xx, time-out), `existing` is asked
        first; what it finds is returned instead of making it again.
        """
        ...
