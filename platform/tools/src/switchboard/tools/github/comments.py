"""add_comment_to_pending_review: only where the difference has a line.

GitHub refuses a whole review for one line it does not show, and does not say which. So each
comment is checked when it is made.
"""

from dataclasses import dataclass, field
from typing import Any

from switchboard.tools.arguments import Arguments
from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.github.api import GithubError, Repositories, RepositoryApi
from switchboard.tools.github.diffs import LEFT, RIGHT, places, ranges
from switchboard.tools.github.drafts import Comment, Drafts
from switchboard.tools.github.repository import as_arguments_error, own_repository
from switchboard.tools.ledger import Result
from switchboard.tools.tool_target import Call

PER_PAGE, MOST_PAGES = 100, 30
"""GitHub lists at most 3,000 files of a pull request."""
MAX_NAMED = 400
"""Characters of an error that name lines."""


@dataclass
class ChangedFiles:
    """The files of the pull request that was asked for last, read as far as was needed.

    A run comments on one pull request, mostly on files of the same page. When it has moved on
    meanwhile, GitHub refuses the review as a whole.
    """

    _of: tuple[str, int] | None = None
    _files: dict[str, dict[str, Any]] = field(default_factory=dict)
    _page: int = 0

    def find(self, api: RepositoryApi, invocation_id: str, number: int, path: str) -> Any:
        """The file as the pull request changes it.

        Raises:
            InvalidArgumentsError: it does not change this file.
        """
        if self._of != (invocation_id, number):
            self._of, self._files, self._page = (invocation_id, number), {}, 0
        while path not in self._files and self._page < MOST_PAGES:
            page = self._page + 1
            found = api.get(f"/pulls/{number}/files", per_page=PER_PAGE, page=page)
            self._files |= {item["filename"]: item for item in found}
            self._page = page if len(found) == PER_PAGE else MOST_PAGES
        if path not in self._files:
            raise InvalidArgumentsError(
                f"Pull request {number} does not change {path!r}",
                "Comment on a file that get_files lists, or say it in the body of the review",
            )
        return self._files[path]


@dataclass(frozen=True)
class AddComment:
    """Add a comment to the pending review; starts one if there is none."""

    repositories: Repositories
    drafts: Drafts
    changed: ChangedFiles = field(default_factory=ChangedFiles)

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{state, comments}`, the number of comments in the draft."""
        api = own_repository(self.repositories, arguments, call)
        invocation, number = call.invocation.invocation_id, arguments["pullNumber"]
        comment = _comment(arguments)
        try:
            file = self.changed.find(api, invocation, number, comment["path"])
        except GithubError as error:
            raise as_arguments_error(error, f"pull request {number}") from error
        if "line" in comment:
            _check_lines(comment, file.get("patch"))
        self.drafts.add(invocation, number, comment)
        kept = self.drafts.load(invocation, number)
        return {"state": "PENDING", "comments": len(kept.comments)}


def _comment(arguments: Arguments) -> Comment:
    if not arguments["body"].strip():
        raise InvalidArgumentsError("body is empty")
    comment: Comment = {"path": arguments["path"], "body": arguments["body"]}
    if arguments["subjectType"] == "FILE":
        return comment
    if arguments["subjectType"] != "LINE":
        raise InvalidArgumentsError("subjectType must be LINE or FILE")
    if "line" not in arguments:
        raise InvalidArgumentsError("A comment on a LINE needs line")
    names = {"line": "line", "side": "side", "startLine": "start_line", "startSide": "start_side"}
    given = {theirs: arguments[ours] for ours, theirs in names.items() if ours in arguments}
    return {**comment, "side": RIGHT, **given}


def _check_lines(comment: Comment, patch: str | None) -> None:
    path = comment["path"]
    if not patch:
        raise InvalidArgumentsError(
            f"GitHub shows no lines of {path!r}: it is binary, only renamed, or too large",
            "Use subjectType FILE",
        )
    shown = places(patch)
    side = comment["side"]
    if side not in shown:
        raise InvalidArgumentsError(f"side must be {LEFT} or {RIGHT}")
    if comment.get("start_side", side) != side:
        raise InvalidArgumentsError("startSide must be the same as side")
    start, line = comment.get("start_line", comment["line"]), comment["line"]
    if start > line:
        raise InvalidArgumentsError("startLine must not come after line")
    wrong = [str(number) for number in sorted({start, line}) if number not in shown[side]]
    if wrong:
        there = ranges(shown[side]) or "none"
        named = there if len(there) <= MAX_NAMED else f"{there[:MAX_NAMED]} ..."
        raise InvalidArgumentsError(
            f"Line {' and '.join(wrong)} of {path!r} is not in the diff ({side} side)",
            f"Lines of this side in the diff: {named}",
        )
