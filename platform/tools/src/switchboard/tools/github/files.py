"""get_file_contents."""

import base64
from dataclasses import dataclass

from switchboard.tools.arguments import Arguments
from switchboard.tools.github.api import GithubError, Repositories
from switchboard.tools.github.repository import as_arguments_error, own_repository
from switchboard.tools.ledger import Result
from switchboard.tools.tool_target import Call


@dataclass(frozen=True)
class GetFileContents:
    """Read a file, or list a folder."""

    repositories: Repositories

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{path, sha, content}`, `{path, entries}`, or `{path, sha, size}` when binary."""
        api = own_repository(self.repositories, arguments, call)
        path = arguments.get("path", "").strip("/")
        ref = arguments.get("sha") or arguments.get("ref")
        query = {"ref": ref.removeprefix("refs/heads/")} if ref else {}
        try:
            found = api.get(f"/contents/{path}", **query)
        except GithubError as error:
            raise as_arguments_error(error, f"{path!r} at {ref or 'the default branch'}") from error
        if isinstance(found, list):
            entries = [{"path": item["path"], "type": item["type"]} for item in found]
            return {"path": path, "entries": entries}
        raw = base64.b64decode(found.get("content", ""))
        answer: Result = {"path": found["path"], "sha": found["sha"]}
        try:
            return answer | {"content": raw.decode()}
        except UnicodeDecodeError:
            return answer | {"size": len(raw), "note": "a binary file"}
