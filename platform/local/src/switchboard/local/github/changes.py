"""What differs between two trees, file by file. Trees never change, so answers are kept."""

import io
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from dulwich.diff_tree import tree_changes
from dulwich.objects import ObjectID
from dulwich.patch import write_object_diff
from dulwich.repo import Repo


@dataclass(frozen=True)
class FileChange:
    """One file of a difference; `patch` starts at its first hunk and is empty for binary files."""

    path: str
    status: str
    sha: str
    patch: str
    whole: str

    @cached_property
    def additions(self) -> int:
        """Lines that came."""
        return sum(line.startswith("+") for line in self.patch.splitlines())

    @cached_property
    def deletions(self) -> int:
        """Lines that went."""
        return sum(line.startswith("-") for line in self.patch.splitlines())


@lru_cache(maxsize=16)
def changes_between(path: str, old: str, new: str) -> tuple[FileChange, ...]:
    """The files that differ between two trees of the repository at `path`."""
    with Repo(path) as repo:
        store = repo.object_store
        found = tree_changes(store, ObjectID(old.encode()), ObjectID(new.encode()))
        return tuple(_change(store, change) for change in found)


def _change(store: Any, change: Any) -> FileChange:
    before, after = change.old, change.new
    sides = [
        (side.path, side.mode, side.sha) if side and side.path else (None, None, None)
        for side in (before, after)
    ]
    out = io.BytesIO()
    write_object_diff(out, store, sides[0], sides[1])
    whole = out.getvalue().decode(errors="replace")
    start = whole.find("\n@@ ")
    kept = after if after and after.path else before
    status = {"add": "added", "delete": "removed"}.get(change.type, "modified")
    patch = whole[start + 1 :] if start >= 0 else ""
    return FileChange(kept.path.decode(), status, kept.sha.decode(), patch, whole)
