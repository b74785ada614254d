"""create_pull_request."""

from dataclasses import dataclass
from typing import Any

from switchboard.tools.arguments import Arguments
from switchboard.tools.github.api import GithubError, Repositories, RepositoryApi
from switchboard.tools.github.repository import (
    REFUSED,
    as_arguments_error,
    own_branch,
    own_repository,
)
from switchboard.tools.ledger import Result
from switchboard.tools.tool_target import Call


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
        return summary(pull)

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


def summary(pull: dict[str, Any]) -> Result:
    """What an agent needs of a pull request."""
    return {
        "number": pull["number"],
        "url": pull["html_url"],
        "title": pull["title"],
        "body": pull.get("body") or "",
        "state": pull["state"],
        "draft": pull.get("draft", False),
        "merged": pull.get("merged", False),
        "branch": pull["head"]["ref"],
        "head_sha": pull["head"]["sha"],
        "base": pull["base"]["ref"],
        "files_changed": pull.get("changed_files", 0),
    }
