"""pull_request_review_write: one review per invocation and pull request, always a comment.

A review is a piece of advice: approving and requesting changes decide over a merge, and that is
for people. GitHub refuses both on an app's own pull request anyway (K-59).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from switchboard.tools.arguments import Arguments
from switchboard.tools.errors import AuthFailedError, InvalidArgumentsError
from switchboard.tools.github.api import GithubError, Repositories, RepositoryApi
from switchboard.tools.github.drafts import Draft, Drafts
from switchboard.tools.github.repository import as_arguments_error, own_repository
from switchboard.tools.ledger import Result
from switchboard.tools.tool_target import Call

COMMENT = "COMMENT"
EVENTS = ("APPROVE", "REQUEST_CHANGES", COMMENT)
METHODS = ("create", "submit_pending", "delete_pending")
MAX_BODY = 65_000
"""GitHub takes 65,536 characters."""
PER_PAGE = 100


@dataclass(frozen=True)
class WriteReview:
    """Create, submit or delete a review."""

    repositories: Repositories
    drafts: Drafts

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{state, ...}`; a posted review also has `id`, `url` and `comments`."""
        api = own_repository(self.repositories, arguments, call)
        method, event = _checked(arguments)
        invocation, number = call.invocation.invocation_id, arguments["pullNumber"]
        if method == "delete_pending":
            self.drafts.delete(invocation, number)
            return {"state": "DELETED"}
        if event is None:
            self.drafts.start(invocation, number, arguments.get("body", ""))
            return {"state": "PENDING"}
        draft = self.drafts.load(invocation, number) if method == "submit_pending" else Draft()
        draft = Draft(arguments.get("body") or draft.body, draft.comments)
        review = _post(api, arguments, draft, call)
        self.drafts.delete(invocation, number)
        return {
            "state": review["state"],
            "id": review["id"],
            "url": review["html_url"],
            "comments": len(draft.on_lines),
        }


def _checked(arguments: Arguments) -> tuple[str, str | None]:
    method, event = arguments["method"], arguments.get("event")
    if method not in METHODS:
        raise InvalidArgumentsError(f"method must be one of {', '.join(METHODS)}")
    if event is not None and event not in EVENTS:
        raise InvalidArgumentsError(f"event must be {COMMENT}")
    if event not in (None, COMMENT):
        raise AuthFailedError(
            "An agent's review is a comment; people approve or request changes",
            f"Use the event {COMMENT} and say the verdict in the body",
        )
    if method == "submit_pending" and event is None:
        raise InvalidArgumentsError(f"submit_pending needs the event {COMMENT}")
    return method, event


def _post(api: RepositoryApi, arguments: Arguments, draft: Draft, call: Call) -> dict[str, Any]:
    path = f"/pulls/{arguments['pullNumber']}/reviews"
    if not draft.text:
        raise InvalidArgumentsError("A review needs a body")
    if len(draft.text) > MAX_BODY:
        raise InvalidArgumentsError(
            f"The review has {len(draft.text)} characters, more than {MAX_BODY}",
            "Say it in fewer words, or in comments on lines",
        )
    # Found again by this mark when an answer is lost; GitHub does not show it to people.
    mark = f"<!-- switchboard review {call.invocation.invocation_id} -->"
    body: dict[str, Any] = {"event": arguments["event"], "body": f"{draft.text}\n\n{mark}"}
    if draft.on_lines:
        body["comments"] = draft.on_lines
    if arguments.get("commitID"):
        body["commit_id"] = arguments["commitID"]

    def existing() -> dict[str, Any] | None:
        return next((item for item in _reviews(api, path) if mark in item["body"]), None)

    try:
        found = existing() if call.resumed_since else None
        review: dict[str, Any] = found or api.post_once(path, body, existing)
    except GithubError as error:
        raise as_arguments_error(error, "the review") from error
    return review


def _reviews(api: RepositoryApi, path: str) -> Iterator[dict[str, Any]]:
    page = 0
    while True:
        page += 1
        found = api.get(path, per_page=PER_PAGE, page=page)
        yield from found
        if len(found) < PER_PAGE:
            return
