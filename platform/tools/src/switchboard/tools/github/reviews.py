"""Reviews: GitHub's REST API posts a review as a whole, so a pending one is a draft of ours.

The draft is kept per (invocation, pull request) until it is submitted; on GitHub the review and
all its comments appear at once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from switchboard.tools.arguments import Arguments
from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.github.api import GithubError, Repositories, RepositoryApi
from switchboard.tools.github.repository import as_arguments_error, own_repository
from switchboard.tools.ledger import Result
from switchboard.tools.tool_target import Call

EVENTS = ("APPROVE", "REQUEST_CHANGES", "COMMENT")

Comment = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """A pending review."""

    body: str = ""
    comments: tuple[Comment, ...] = ()


class Drafts(Protocol):
    """Where pending reviews are kept."""

    def load(self, invocation_id: str, pull_number: int) -> Draft:
        """The draft, or an empty one."""
        ...

    def save(self, invocation_id: str, pull_number: int, draft: Draft) -> None:
        """Replace the draft."""
        ...

    def delete(self, invocation_id: str, pull_number: int) -> None:
        """Forget the draft, if there is one."""
        ...


@dataclass(frozen=True)
class WriteReview:
    """Create, submit or delete a review."""

    repositories: Repositories
    drafts: Drafts

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{state, ...}`; a posted review also has `id`, `url` and `comments`."""
        api = own_repository(self.repositories, arguments, call)
        invocation, number = call.invocation.invocation_id, arguments["pullNumber"]
        method, event = arguments["method"], arguments.get("event")
        if event is not None and event not in EVENTS:
            raise InvalidArgumentsError(f"event must be one of {', '.join(EVENTS)}")
        if method == "delete_pending":
            self.drafts.delete(invocation, number)
            return {"state": "DELETED"}
        if method == "create" and event is None:
            self.drafts.save(invocation, number, Draft(arguments.get("body", "")))
            return {"state": "PENDING"}
        if method not in {"create", "submit_pending"} or event is None:
            raise InvalidArgumentsError(
                "method must be create, submit_pending (with an event) or delete_pending"
            )
        draft = self.drafts.load(invocation, number) if method == "submit_pending" else Draft()
        body = arguments.get("body") or draft.body
        review = self._post(api, arguments, Draft(body, draft.comments), call.resumed_since)
        self.drafts.delete(invocation, number)
        return {
            "state": review["state"],
            "id": review["id"],
            "url": review["html_url"],
            "comments": len(draft.comments),
        }

    def _post(
        self, api: RepositoryApi, arguments: Arguments, draft: Draft, since: datetime | None
    ) -> dict[str, Any]:
        path = f"/pulls/{arguments['pullNumber']}/reviews"
        body: dict[str, Any] = {"event": arguments["event"], "body": draft.body}
        if draft.comments:
            body["comments"] = list(draft.comments)
        if arguments.get("commitID"):
            body["commit_id"] = arguments["commitID"]

        def existing() -> dict[str, Any] | None:
            reviews = api.get(path, per_page=100)
            return next((item for item in reviews if item["body"] == draft.body), None)

        try:
            found = existing() if since else None
            review: dict[str, Any] = found or api.post_once(path, body, existing)
        except GithubError as error:
            raise as_arguments_error(error, "the review") from error
        return review


@dataclass(frozen=True)
class AddComment:
    """Add a comment to the pending review; starts one if there is none."""

    repositories: Repositories
    drafts: Drafts

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{state, comments}`, the number of comments in the draft."""
        own_repository(self.repositories, arguments, call)
        invocation, number = call.invocation.invocation_id, arguments["pullNumber"]
        draft = self.drafts.load(invocation, number)
        changed = _with_comment(draft, arguments)
        self.drafts.save(invocation, number, changed)
        return {"state": "PENDING", "comments": len(changed.comments)}


def _with_comment(draft: Draft, arguments: Arguments) -> Draft:
    if arguments["subjectType"] == "FILE":
        # the REST API has no comment on a whole file inside a review: it goes into the text
        text = f"`{arguments['path']}`: {arguments['body']}"
        body = draft.body if text in draft.body else f"{draft.body}\n\n{text}".strip()
        return Draft(body, draft.comments)
    if "line" not in arguments:
        raise InvalidArgumentsError("A comment on a LINE needs line")
    names = {"line": "line", "side": "side", "startLine": "start_line", "startSide": "start_side"}
    comment = {"path": arguments["path"], "body": arguments["body"], "side": "RIGHT"}
    comment |= {theirs: arguments[ours] for ours, theirs in names.items() if ours in arguments}
    if comment in draft.comments:
        return draft  # the same call again
    return Draft(draft.body, (*draft.comments, comment))
