"""What the API refuses, in GitHub's words (GitHub REST API 2026-03-10).

GitHubError
"""

from typing import Any


class GitHubError(Exception):
    """An answer of the API that is not a success."""

    def __init__(self, status: int, message: str, errors: list[Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors


def not_found() -> GitHubError:
    """404: missing and not allowed to know look the same."""
    return GitHubError(404, "Not Found")


def refused(message: str) -> GitHubError:
    """422 about something git or the repository's rules forbid."""
    return GitHubError(422, message)


def invalid(resource: str, message: str, field: str | None = None) -> GitHubError:
    """422 `Validation Failed` with one detail."""
    detail = {"resource": resource, "code": "custom", "message": message}
    return GitHubError(422, "Validation Failed", [detail | ({"field": field} if field else {})])


def missing(resource: str, field: str) -> GitHubError:
    """422 for a field that is not there."""
    detail = {"resource": resource, "code": "missing_field", "field": field}
    return GitHubError(422, "Validation Failed", [detail])


def forbidden(message: str = "Resource not accessible by integration") -> GitHubError:
    """403."""
    return GitHubError(403, message)
