"""Reviews of pull requests and comments on single lines: GitHub's rules about them."""

from dataclasses import dataclass
from re import compile as pattern
from typing import Any

from switchboard.local.github.accounts import Caller
from switchboard.local.github.errors import GitHubError, invalid, missing, not_found
from switchboard.local.github.pulls import Pulls
from switchboard.local.standin.documents import Document

REVIEW_STATES = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
}
_HUNK = pattern(r"@@ -(?P<old>\d+)(?:,\d+)? \+(?P<new>\d+)(?:,\d+)? @@")


@dataclass(frozen=True)
class Reviews:
    """The reviews of one repository's pull requests."""

    pulls: Pulls

    def every(self, number: int) -> list[Document]:
        """Reviews of one pull request, oldest first."""
        return self.pulls.store.list("review", f"{self.pulls.full_name}#{number}")

    def one(self, number: int, review_id: int) -> Document:
        """A review.

        Raises:
            GitHubError: 404.
        """
        for review in self.every(number):
            if review["id"] == review_id:
                return review
        raise not_found()

    def add(self, number: int, body: dict[str, Any], caller: Caller) -> Document:
        """Review it; without an event the review is pending.

        Raises:
            GitHubError: 422, own pull request, empty, or a line that is not in the difference.
        """
        pull = self.pulls.one(number)
        if any((r["login"], r["state"]) == (caller.login, "PENDING") for r in self.every(number)):
            raise invalid(
                "PullRequestReview", "User can only have one pending review per pull request"
            )
        review = {
            "id": self.pulls.next_id("review"),
            "number": number,
            "login": caller.login,
            "body": str(body.get("body") or ""),
            "state": "PENDING",
            "commit_id": body.get("commit_id") or self.pulls.heads(pull)[0],
            "submitted_at": None,
        }
        if body.get("event"):
            review = self._submitted(pull, review, body, has_text=bool(body.get("comments")))
        parsed = [
            self._line_comment(pull, item, caller, review) for item in body.get("comments") or []
        ]
        self._save(review)
        for comment in parsed:
            self.pulls.save_comment("review_comment", number, comment)
        return review

    def submit(self, number: int, review_id: int, body: dict[str, Any]) -> Document:
        """Submit a pending review."""
        review = self.one(number, review_id)
        comments = [
            c for c in self.pulls.comments("review_comment", number) if c["review_id"] == review_id
        ]
        changed = self._submitted(self.pulls.one(number), review, body, has_text=bool(comments))
        return self._save(changed)

    def discard(self, number: int, review_id: int) -> Document:
        """Delete a pending review and its comments.

        Raises:
            GitHubError: 422, it is submitted.
        """
        review = self.one(number, review_id)
        if review["state"] != "PENDING":
            raise invalid("PullRequestReview", "Can not delete a non-pending pull request review")
        for comment in self.pulls.comments("review_comment", number):
            if comment["review_id"] == review_id:
                self.pulls.store.delete("review_comment", str(comment["id"]))
        self.pulls.store.delete("review", str(review_id))
        return review

    def _submitted(
        self, pull: Document, review: Document, body: dict[str, Any], *, has_text: bool
    ) -> Document:
        event = str(body.get("event"))
        if event not in REVIEW_STATES:
            raise invalid("PullRequestReview", f"event {event} is not known", "event")
        if event != "COMMENT" and review["login"] == pull["login"]:
            verb = "approve" if event == "APPROVE" else "request changes on"
            raise GitHubError(
                422, "Unprocessable Entity", [f"Can not {verb} your own pull request"]
            )
        text = str(body.get("body") or review["body"])
        if event != "APPROVE" and not text and not has_text:
            raise GitHubError(422, "Unprocessable Entity", ["Review body can't be blank"])
        done = {"state": REVIEW_STATES[event], "submitted_at": self.pulls.stamp(), "body": text}
        return {**review, **done}

    def _save(self, review: Document) -> Document:
        parent = f"{self.pulls.full_name}#{review['number']}"
        self.pulls.store.put("review", str(review["id"]), review, parent)
        return review

    def add_line_comment(self, number: int, body: dict[str, Any], caller: Caller) -> Document:
        """Comment on a line outside a review.

        Raises:
            GitHubError: 422, the line is not in the difference.
        """
        comment = self._line_comment(self.pulls.one(number), body, caller, None)
        return self.pulls.save_comment("review_comment", number, comment)

    def _line_comment(
        self, pull: Document, body: dict[str, Any], caller: Caller, review: Document | None
    ) -> Document:
        path, side = str(body.get("path")), str(body.get("side", "RIGHT"))
        change = next((c for c in self.pulls.changes(pull) if c.path == path), None)
        if change is None:
            raise invalid("PullRequestReviewComment", "path is invalid", "path")
        if not body.get("body"):
            raise missing("PullRequestReviewComment", "body")
        places = lines_of(change.patch)
        by_position = {place: at for at, place in places.items()}
        line = int(body.get("line") or 0)
        if not line and body.get("position") in by_position:
            side, line = by_position[body["position"]]
        if (side, line) not in places:
            raise invalid("PullRequestReviewComment", "line must be part of the diff", "line")
        stamp = self.pulls.stamp()
        return {
            "id": self.pulls.next_id("review_comment"),
            "number": pull["number"],
            "review_id": review["id"] if review else None,
            "login": caller.login,
            "path": path,
            "line": line,
            "start_line": body.get("start_line"),
            "side": side,
            "position": places[side, line],
            "diff_hunk": change.patch.split("\n", 1)[0],
            "commit_id": self.pulls.heads(pull)[0],
            "body": str(body["body"]),
            "created_at": stamp,
            "updated_at": stamp,
        }


def lines_of(patch: str) -> dict[tuple[str, int], int]:
    """(side, line) -> position for every line a comment can stand on."""
    found: dict[tuple[str, int], int] = {}
    old = new = 0
    for position, line in enumerate(patch.split("\n")):
        if match := _HUNK.match(line):
            old, new = int(match["old"]), int(match["new"])
        elif line.startswith("+"):
            found["RIGHT", new] = position
            new += 1
        elif line.startswith("-"):
            found["LEFT", old] = position
            old += 1
        elif line.startswith(" "):
            found["RIGHT", new] = found["LEFT", old] = position
            old, new = old + 1, new + 1
    return found
