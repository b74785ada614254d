"""The project's repository as a person sees it: open a pull request, look at one, run its tests."""

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR
from typing import Any, Self

import httpx

from switchboard.local.agentcore.isolation import Isolation
from switchboard.local.evals.dataset import PersonsPull
from switchboard.local.evals.seen import TestRun
from switchboard.local.github.repositories import Repositories
from switchboard.local.github.seed import OWNER, REPOSITORY, folder, repositories
from switchboard.local.settings import LocalSettings

ROOT = f"/repos/{OWNER}/{REPOSITORY}"
OUTCOME = re.compile(r"(\d+) (passed|failed|errors?)")
TESTS_SECONDS = 120.0
MAX_FILE = 60_000
"""Characters of a file that checks look at."""


@dataclass(frozen=True)
class Repository:
    """`http` has the API's address and the person's token."""

    http: httpx.Client
    git: Repositories
    isolation: Isolation

    @classmethod
    def of(cls, settings: LocalSettings) -> Self:
        """The project's repository on the running platform."""
        person = json.loads((folder(settings) / "human.json").read_text("utf-8"))
        http = httpx.Client(
            base_url=settings.github_url,
            headers={"Authorization": f"Bearer {person['token']}"},
            timeout=30,
        )
        isolation = Isolation(settings.home, Path.home(), TESTS_SECONDS)
        return cls(http, repositories(settings), isolation)

    def close(self) -> None:
        """Close the connection."""
        self.http.close()

    def default_branch(self) -> str:
        """The commit that the default branch is at."""
        name = self._get("")["default_branch"]
        return str(self._get(f"/git/ref/heads/{name}")["object"]["sha"])

    def pulls(self) -> dict[int, dict[str, Any]]:
        """All pull requests by number."""
        found = self._get("/pulls?state=all&per_page=100&sort=created&direction=desc")
        return {int(pull["number"]): pull for pull in found}

    def open_pull(self, wanted: PersonsPull, branch: str) -> dict[str, Any]:
        """A person opens a pull request with these files."""
        base = str(self._get("")["default_branch"])
        self._post("/git/refs", {"ref": f"refs/heads/{branch}", "sha": self.default_branch()})
        for path, text in wanted.files.items():
            body = {"path": path, "mode": "100644", "type": "blob", "content": text}
            head = self._get(f"/git/ref/heads/{branch}")["object"]["sha"]
            tree = self._get(f"/git/commits/{head}")["tree"]["sha"]
            made = self._post("/git/trees", {"base_tree": tree, "tree": [body]})
            commit = {"message": f"Add {path}", "tree": made["sha"], "parents": [head]}
            done = self._post("/git/commits", commit)
            moved = self.http.patch(f"{ROOT}/git/refs/heads/{branch}", json={"sha": done["sha"]})
            moved.raise_for_status()
        pull = {"title": wanted.title, "body": wanted.body, "head": branch, "base": base}
        return dict(self._post("/pulls", pull))

    def texts(self, number: int) -> dict[str, str]:
        """A pull request's description and files, its reviews and line comments."""
        pull = self._get(f"/pulls/{number}")
        found = {"pull request": f"{pull['title']}\n{pull['body']}"}
        files = self._files(pull["head"]["sha"])
        for changed in self._get(f"/pulls/{number}/files?per_page=100"):
            path = changed["filename"]
            found[f"file: {path}"] = files.get(path, b"").decode("utf-8", "replace")[:MAX_FILE]
        for review in self.reviews(number):
            found[f"review: {review['id']} {review['state']}"] = review["body"] or ""
        for remark in self._get(f"/pulls/{number}/comments?per_page=100"):
            found[f"line comment: {remark['path']}:{remark['line']}"] = remark["body"]
        return found

    def reviews(self, number: int) -> list[dict[str, Any]]:
        """Reviews, the oldest first."""
        return list(self._get(f"/pulls/{number}/reviews?per_page=100"))

    def run_tests(self, number: int) -> TestRun:
        """The tests of a pull request's branch, in a sandbox without network and state."""
        pull = self._get(f"/pulls/{number}")
        with tempfile.TemporaryDirectory() as place:
            root = Path(place).resolve()
            for path, content in self._files(pull["head"]["sha"]).items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(content)
            outcome = self.isolation.run(root, ["python", "-m", "pytest", "-q"])
        counts = {kind: int(number) for number, kind in OUTCOME.findall(outcome.stdout)}
        failed = sum(number for kind, number in counts.items() if kind != "passed")
        broken = outcome.exit_code != 0 and not failed
        return TestRun(counts.get("passed", 0), failed + broken, outcome.stdout + outcome.stderr)

    def _files(self, sha: str) -> dict[str, bytes]:
        with self.git.open(OWNER, REPOSITORY) as git:
            found = {}
            for entry in git.entries(git.tree_of(sha), recursive=True):
                if entry.mode and not S_ISDIR(entry.mode) and entry.sha:
                    found[(entry.path or b"").decode()] = git.blob(entry.sha.decode())
            return found

    def _get(self, path: str) -> Any:
        return self.http.get(f"{ROOT}{path}").raise_for_status().json()

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return self.http.post(f"{ROOT}{path}", json=body).raise_for_status().json()
