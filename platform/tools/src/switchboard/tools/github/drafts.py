"""Pending reviews: GitHub's REST API posts a review as a whole, so a pending one is kept by us.

One draft per (invocation, pull request). Comments are added one by one, also at the same time,
and each is kept once.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Protocol

Comment = dict[str, Any]
"""As GitHub's API takes it; without `line` it is about the whole file."""


@dataclass(frozen=True)
class Draft:
    """A pending review, its comments by file and line."""

    body: str = ""
    comments: tuple[Comment, ...] = ()

    @property
    def on_lines(self) -> list[Comment]:
        """The comments GitHub takes as such."""
        return [comment for comment in self.comments if "line" in comment]

    @property
    def text(self) -> str:
        """The body; a comment on a whole file has no place in GitHub's API but here."""
        about_files = [
            f"`{comment['path']}`: {comment['body']}"
            for comment in self.comments
            if "line" not in comment
        ]
        return "\n\n".join(part for part in (self.body, *about_files) if part)


class Drafts(Protocol):
    """Where pending reviews are kept."""

    def start(self, invocation_id: str, pull_number: int, body: str) -> None:
        """Begin anew: this body, no comments."""
        ...

    def add(self, invocation_id: str, pull_number: int, comment: Comment) -> None:
        """Add a comment; one that is there already stays one."""
        ...

    def load(self, invocation_id: str, pull_number: int) -> Draft:
        """The draft, or an empty one."""
        ...

    def delete(self, invocation_id: str, pull_number: int) -> None:
        """Forget the draft, if there is one."""
        ...


def digest(comment: Comment) -> str:
    """What tells comments apart."""
    return hashlib.sha256(json.dumps(comment, sort_keys=True).encode()).hexdigest()[:32]


def in_order(comments: list[Comment]) -> tuple[Comment, ...]:
    """By file and line, however they came in."""
    return tuple(
        sorted(comments, key=lambda item: (item["path"], item.get("line", 0), digest(item)))
    )
