"""create_branch and push_files."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from switchboard.tools.arguments import Arguments
from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.github.api import GithubError, Repositories, RepositoryApi
from switchboard.tools.github.repository import (
    NOT_FOUND,
    REFUSED,
    as_arguments_error,
    own_branch,
    own_repository,
)
from switchboard.tools.ledger import Result
from switchboard.tools.tool_target import Call

FILE_MODE = "100644"


@dataclass(frozen=True)
class CreateBranch:
    """Create the work branch; one that exists already is as good."""

    repositories: Repositories

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{branch, sha, from_branch}`."""
        api = own_repository(self.repositories, arguments, call)
        branch = own_branch(arguments["branch"], call)
        source = arguments.get("from_branch") or api.get("")["default_branch"]
        try:
            start = api.get(f"/git/ref/heads/{source}")["object"]["sha"]
        except GithubError as error:
            raise as_arguments_error(error, f"branch {source!r}") from error
        try:
            made = api.post("/git/refs", {"ref": f"refs/heads/{branch}", "sha": start})
        except GithubError as error:
            # "Reference already exists": an earlier attempt of this invocation made it,
            # nobody else may.
            if error.status != REFUSED:
                raise as_arguments_error(error, f"branch {branch!r}") from error
            made = api.get(f"/git/ref/heads/{branch}")
        return {"branch": branch, "sha": made["object"]["sha"], "from_branch": source}


@dataclass(frozen=True)
class PushFiles:
    """One commit on the work branch, by the git data API."""

    repositories: Repositories

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{branch, commit, url, files}`.

        A push that changes nothing makes no commit, so a repeated push is one commit.
        """
        api = own_repository(self.repositories, arguments, call)
        branch = own_branch(arguments["branch"], call)
        tree = [_entry(file) for file in arguments["files"]]
        if not tree:
            raise InvalidArgumentsError("files is empty")
        try:
            head = api.get(f"/git/ref/heads/{branch}")["object"]["sha"]
        except GithubError as error:
            if error.status == NOT_FOUND:
                raise InvalidArgumentsError(
                    f"The branch {branch} does not exist", "Call create_branch first"
                ) from error
            raise as_arguments_error(error, f"branch {branch!r}") from error
        try:
            commit = self._commit(api, head, tree, arguments["message"])
            if commit["sha"] != head:
                api.patch(f"/git/refs/heads/{branch}", {"sha": commit["sha"], "force": False})
        except GithubError as error:
            raise as_arguments_error(error, "the push") from error
        return {
            "branch": branch,
            "commit": commit["sha"],
            "url": commit.get("html_url"),
            "files": [entry["path"] for entry in tree],
        }

    def _commit(
        self, api: RepositoryApi, head: str, tree: list[dict[str, Any]], message: str
    ) -> dict[str, Any]:
        newest: dict[str, Any] = api.get(f"/git/commits/{head}")
        base = newest["tree"]["sha"]
        new = api.post("/git/trees", {"base_tree": base, "tree": tree})["sha"]
        if new == base:
            return newest
        made: dict[str, Any] = api.post(
            "/git/commits", {"message": message, "tree": new, "parents": [head]}
        )
        return made


def _entry(file: dict[str, str]) -> dict[str, Any]:
    path = file["path"]
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or ".git" in parts or "\\" in path:
        raise InvalidArgumentsError(f"{path!r} is not a path inside the repository")
    return {"path": path, "mode": FILE_MODE, "type": "blob", "content": file["content"]}
