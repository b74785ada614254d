"""create_pull_request and pull_request_read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from switchboard.tools.arguments import Arguments
from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.github.api import GithubError, Repositories, RepositoryApi
from switchboard.tools.github.repository import (
    REFUSED,
    as_arguments_error,
    own_branch,
    own_repository,
)
from switchboard.tools.ledger import Result
from switchboard.tools.tool_target import Call

DIFF = "application/vnd.github.diff"


@dataclass(frozen=True)
class CreatePullRequest:
    """Open a pull request from the work branch; one that is open already is returned."""

    repositories: Repositories

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{number, url, title, branch, base, draft, files_changed}`."""
        api = own_repository(self.repositories, arguments, call)
        head = own_branch(arguments["head"], call)
        body = {
            "title": arguments["title"],
            "head": head,
            "base": arguments["base"],
            "body": arguments.get("body", ""),
            "draft": arguments.get("draft", False),
        }
        try:
            pull = api.post("/pulls", body)
        except GithubError as error:
            pull = self._open_already(api, arguments["owner"], head, error)
        if arguments.get("reviewers"):
            self._ask(api, pull["number"], arguments["reviewers"])
        return _summary(pull)

    def _open_already(
        self, api: RepositoryApi, owner: str, head: str, error: GithubError
    ) -> dict[str, Any]:
        if error.status == REFUSED and "already exists" in str(error):
            for pull in api.get("/pulls", head=f"{owner}:{head}", state="open"):
                found: dict[str, Any] = api.get(f"/pulls/{pull['number']}")
                return found
        raise as_arguments_error(error, "the pull request") from error

    def _ask(self, api: RepositoryApi, number: int, reviewers: list[str]) -> None:
        try:
            api.post(f"/pulls/{number}/requested_reviewers", {"reviewers": reviewers})
        except GithubError as error:
            # somebody is no collaborator: the pull request is there all the same
            if error.status != REFUSED:
                raise as_arguments_error(error, "the reviewers") from error


def _summary(pull: dict[str, Any]) -> Result:
    return {
        "number": pull["number"],
        "url": pull["html_url"],
        "title": pull["title"],
        "body": pull.get("body") or "",
        "state": pull["state"],
        "draft": pull.get("draft", False),
        "branch": pull["head"]["ref"],
        "head_sha": pull["head"]["sha"],
        "base": pull["base"]["ref"],
        "files_changed": pull.get("changed_files", 0),
    }


_LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "get_files": ("/pulls/{n}/files", ("filename", "status", "additions", "deletions", "patch")),
    "get_reviews": ("/pulls/{n}/reviews", ("id", "state", "body", "html_url")),
    "get_review_comments": ("/pulls/{n}/comments", ("id", "path", "line", "body", "html_url")),
    "get_comments": ("/issues/{n}/comments", ("id", "body", "html_url")),
}
"""Method -> path, and the fields an agent needs."""


@dataclass(frozen=True)
class ReadPullRequest:
    """Read one aspect of a pull request."""

    repositories: Repositories

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer by method: a summary, `{diff}`, `{status}` or a list under its own name."""
        api = own_repository(self.repositories, arguments, call)
        number = arguments["pullNumber"]
        method = arguments["method"]
        readers: dict[str, Callable[[], Result]] = {
            "get": lambda: _summary(api.get(f"/pulls/{number}")),
            "get_diff": lambda: {"diff": api.text(f"/pulls/{number}", DIFF)},
            "get_status": lambda: self._status(api, number),
        }
        if method in _LISTS:
            readers[method] = lambda: self._list(api, method, arguments)
        if method not in readers:
            known = ", ".join([*readers, *_LISTS])
            raise InvalidArgumentsError(f"method must be one of {known}")
        try:
            return readers[method]()
        except GithubError as error:
            raise as_arguments_error(error, f"pull request {number}") from error

    def _status(self, api: RepositoryApi, number: int) -> Result:
        sha = api.get(f"/pulls/{number}")["head"]["sha"]
        status = api.get(f"/commits/{sha}/status")
        checks = [
            {"context": item["context"], "state": item["state"]} for item in status["statuses"]
        ]
        return {"state": status["state"], "statuses": checks}

    def _list(self, api: RepositoryApi, method: str, arguments: Arguments) -> Result:
        path, fields = _LISTS[method]
        items = api.get(
            path.format(n=arguments["pullNumber"]),
            per_page=arguments.get("perPage", 100),
            page=arguments.get("page", 1),
        )
        name = method.removeprefix("get_")
        return {name: [{field: item.get(field) for field in fields} for item in items]}
