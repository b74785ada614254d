"""The GitHub target's ports in memory; the repository is a small model of GitHub's REST API."""

from typing import Any

from switchboard.tools.github.reviews import Draft


class MemoryDrafts:
    """Drafts in a dictionary."""

    def __init__(self) -> None:
        """Start empty."""
        self._drafts: dict[tuple[str, int], Draft] = {}

    def load(self, invocation_id: str, pull_number: int) -> Draft:
        """See the port."""
        return self._drafts.get((invocation_id, pull_number), Draft())

    def save(self, invocation_id: str, pull_number: int, draft: Draft) -> None:
        """See the port."""
        self._drafts[invocation_id, pull_number] = draft

    def delete(self, invocation_id: str, pull_number: int) -> None:
        """See the port."""
        self._drafts.pop((invocation_id, pull_number), None)


def pull(number: int, head: str, base: str, title: str, sha: str) -> dict[str, Any]:
    """A pull request as GitHub's REST API shows it, as far as the target reads it."""
    return {
        "number": number,
        "html_url": f"https://github.com/acme/app/pull/{number}",
        "title": title,
        "state": "open",
        "draft": False,
        "head": {"ref": head, "sha": sha},
        "base": {"ref": base},
        "changed_files": 1,
    }
