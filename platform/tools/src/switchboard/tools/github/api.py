"""The port to one repository on GitHub's REST API."""

from typing import Any, Protocol


class GithubError(Exception):
    """GitHub refused a request for a reason the caller may know how to handle (4xx)."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the HTTP status and GitHub's own words."""
        super().__init__(message)
        self.status = status


class RepositoryApi(Protocol):
    """Calls below `/repos/<owner>/<name>`; adapters authenticate, retry and translate."""

    def get(self, path: str, **query: Any) -> Any:
        """GET; raises GithubError for 404 and 422."""
        ...

    def text(self, path: str, media_type: str) -> str:
        """GET in another representation, e.g. a diff."""
        ...

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """POST; may be sent again after a 5xx, so callers handle "already exists"."""
        ...

    def post_once(self, path: str, body: dict[str, Any], existing: Any) -> Any:
        """POST what must not be made twice: after a 5xx `existing()` is asked first."""
        ...

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """PATCH."""
        ...


class Repositories(Protocol):
    """Opens repositories."""

    def open(self, owner: str, name: str) -> RepositoryApi:
        """The API of one repository, with a token that is good for this repository only."""
        ...
