"""The GitHub target's ports in memory; the repository is a small model of GitHub's REST API."""

import base64
import hashlib
import json
import re
from typing import Any

from switchboard.tools.github.api import GithubError, RepositoryApi
from switchboard.tools.github.drafts import Comment, Draft, in_order

NOT_FOUND, REFUSED = 404, 422


class MemoryDrafts:
    """Drafts in a dictionary."""

    def __init__(self) -> None:
        """Start empty."""
        self._drafts: dict[tuple[str, int], Draft] = {}

    def start(self, invocation_id: str, pull_number: int, body: str) -> None:
        """See the port."""
        self._drafts[invocation_id, pull_number] = Draft(body)

    def add(self, invocation_id: str, pull_number: int, comment: Comment) -> None:
        """See the port."""
        kept = self.load(invocation_id, pull_number)
        if comment not in kept.comments:
            comments = in_order([*kept.comments, comment])
            self._drafts[invocation_id, pull_number] = Draft(kept.body, comments)

    def load(self, invocation_id: str, pull_number: int) -> Draft:
        """See the port."""
        return self._drafts.get((invocation_id, pull_number), Draft())

    def delete(self, invocation_id: str, pull_number: int) -> None:
        """See the port."""
        self._drafts.pop((invocation_id, pull_number), None)


def _sha(value: Any) -> str:
    return hashlib.sha1(
        json.dumps(value, sort_keys=True).encode(), usedforsecurity=False
    ).hexdigest()


def _page_of(items: list[Any], query: dict[str, Any]) -> list[Any]:
    size = int(query.get("per_page", 30))
    start = (int(query.get("page", 1)) - 1) * size
    return items[start : start + size]


class MemoryRepository:
    """One repository: trees are dictionaries, commits have one parent."""

    def __init__(self) -> None:
        """Start with a README on `main`."""
        self.trees: dict[str, dict[str, str]] = {}
        self.commits: dict[str, dict[str, Any]] = {}
        self.refs: dict[str, str] = {}
        self.pulls: list[dict[str, Any]] = []
        self.reviews: list[dict[str, Any]] = []
        self.changes: list[dict[str, Any]] = [
            {
                "filename": "src/app.py",
                "status": "added",
                "additions": 2,
                "deletions": 0,
                "patch": "@@ -0,0 +1,2 @@\n+print('hi')\n+print('there')",
            },
            {
                "filename": "README.md",
                "status": "modified",
                "additions": 1,
                "deletions": 1,
                "patch": "@@ -1 +1 @@\n-# App\n+# The app",
            },
        ]
        """The files every pull request changes."""
        tree = self._add_tree({"README.md": "# App\n"})
        self.refs["heads/main"] = self._add_commit("first", tree, [])

    def files(self, branch: str) -> dict[str, str]:
        """The files on a branch."""
        return self.trees[self.commits[self.refs[f"heads/{branch}"]]["tree"]["sha"]]

    def get(self, path: str, **query: Any) -> Any:
        """See the port."""
        if path == "":
            return {"default_branch": "main"}
        if path.startswith("/git/ref/"):
            return self._ref(path.removeprefix("/git/ref/"))
        if path.startswith("/git/commits/"):
            return self.commits[path.rpartition("/")[2]]
        if path.startswith("/contents/"):
            return self._contents(path.removeprefix("/contents/"), query.get("ref", "main"))
        return self._pulls(path, query)

    def text(self, path: str, media_type: str) -> str:
        """See the port."""
        return f"{media_type} of {path}"

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """See the port."""
        if path == "/git/refs":
            return self._create_ref(body["ref"].removeprefix("refs/"), body["sha"])
        if path == "/git/trees":
            entries = {item["path"]: item["content"] for item in body["tree"]}
            return {"sha": self._add_tree({**self.trees[body["base_tree"]], **entries})}
        if path == "/git/commits":
            return self.commits[self._add_commit(body["message"], body["tree"], body["parents"])]
        if path == "/pulls":
            return self._open_pull(body)
        if path.endswith("/reviews"):
            self.reviews.append({"id": len(self.reviews) + 1, "html_url": "review", **body})
            return {**self.reviews[-1], "state": "COMMENTED"}
        return {}

    def post_once(self, path: str, body: dict[str, Any], existing: Any) -> Any:  # noqa: ARG002 - the port's shape
        """See the port."""
        return self.post(path, body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """See the port."""
        self.refs[path.removeprefix("/git/refs/")] = body["sha"]
        return {}

    def _add_tree(self, files: dict[str, str]) -> str:
        sha = _sha(files)
        self.trees[sha] = files
        return sha

    def _add_commit(self, message: str, tree: str, parents: list[str]) -> str:
        sha = _sha([message, tree, parents, len(self.commits)])
        url = f"https://github.com/acme/app/commit/{sha}"
        self.commits[sha] = {
            "sha": sha,
            "message": message,
            "tree": {"sha": tree},
            "parents": parents,
            "html_url": url,
        }
        return sha

    def _ref(self, name: str) -> dict[str, Any]:
        if name not in self.refs:
            raise GithubError(NOT_FOUND, "Not Found")
        return {"ref": f"refs/{name}", "object": {"sha": self.refs[name]}}

    def _create_ref(self, name: str, sha: str) -> dict[str, Any]:
        if name in self.refs:
            raise GithubError(REFUSED, "Reference already exists")
        self.refs[name] = sha
        return self._ref(name)

    def _contents(self, path: str, ref: str) -> Any:
        files = self.files(ref)
        if path in files:
            content = base64.b64encode(files[path].encode()).decode()
            return {"path": path, "sha": _sha(files[path]), "content": content}
        below = [name for name in files if name.startswith(f"{path}/" if path else "")]
        if not below:
            raise GithubError(NOT_FOUND, "Not Found")
        return [{"path": name, "type": "file"} for name in below]

    def _open_pull(self, body: dict[str, Any]) -> dict[str, Any]:
        if any(pull["head"]["ref"] == body["head"] for pull in self.pulls):
            raise GithubError(REFUSED, "A pull request already exists for acme")
        number = len(self.pulls) + 1
        self.pulls.append(
            {
                "number": number,
                "html_url": f"https://github.com/acme/app/pull/{number}",
                "title": body["title"],
                "body": body["body"],
                "state": "open",
                "draft": body["draft"],
                "head": {"ref": body["head"], "sha": self.refs[f"heads/{body['head']}"]},
                "base": {"ref": body["base"]},
                "changed_files": 1,
            }
        )
        return self.pulls[-1]

    def _pulls(self, path: str, query: dict[str, Any]) -> Any:
        if path == "/pulls":
            head = query["head"].partition(":")[2]
            return [pull for pull in self.pulls if pull["head"]["ref"] == head]
        if path.endswith("/reviews"):
            return _page_of(self.reviews, query)
        if path.endswith("/files"):
            return _page_of(self.changes, query)
        number = int(re.findall(r"\d+", path)[0])
        if number > len(self.pulls):
            raise GithubError(NOT_FOUND, "Not Found")
        return self.pulls[number - 1]


class MemoryRepositories:
    """Repositories by `owner/name`."""

    def __init__(self) -> None:
        """Start with `acme/app`."""
        self.repositories = {"acme/app": MemoryRepository()}

    def open(self, owner: str, name: str) -> RepositoryApi:
        """See the port."""
        return self.repositories[f"{owner}/{name}"]
