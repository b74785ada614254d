"""pull_request_read: one aspect of a pull request, in pages an agent can take in.

Nothing is left out silently: a list says which page is next, a file says what of it is not shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from switchboard.tools.arguments import Arguments
from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.github.api import GithubError, Repositories, RepositoryApi
from switchboard.tools.github.diffs import pages
from switchboard.tools.github.pull_requests import summary
from switchboard.tools.github.repository import as_arguments_error, own_repository
from switchboard.tools.ledger import Result
from switchboard.tools.tool_target import Call

DIFF = "application/vnd.github.diff"
MOST_PER_PAGE = 100
MAX_PATCH = 20_000
"""Characters of one file's patch in a list of several."""
MAX_PATCHES = 120_000
"""Characters of all patches of an answer; about 30,000 tokens."""

_TOO_LARGE = 406
"""GitHub's status for a diff of more than 300 files or 20,000 lines."""
_LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "get_files": ("/pulls/{n}/files", ("filename", "status", "additions", "deletions")),
    "get_reviews": ("/pulls/{n}/reviews", ("id", "state", "body", "html_url")),
    "get_review_comments": ("/pulls/{n}/comments", ("id", "path", "line", "body", "html_url")),
    "get_comments": ("/issues/{n}/comments", ("id", "body", "html_url")),
}
"""Method -> path, and the fields an agent needs."""


@dataclass(frozen=True)
class ReadPullRequest:
    """Read one aspect of a pull request."""

    repositories: Repositories

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer by method: a summary, `{status}`, or a page of the diff or of a list."""
        api = own_repository(self.repositories, arguments, call)
        number, method = arguments["pullNumber"], arguments["method"]
        readers: dict[str, Callable[[], Result]] = {
            "get": lambda: summary(api.get(f"/pulls/{number}")),
            "get_diff": lambda: _diff(api, number, _page(arguments)),
            "get_status": lambda: _status(api, number),
            **dict.fromkeys(_LISTS, lambda: _list(api, method, arguments)),
        }
        if method not in readers:
            raise InvalidArgumentsError(f"method must be one of {', '.join(readers)}")
        try:
            return readers[method]()
        except GithubError as error:
            raise as_arguments_error(error, f"pull request {number}") from error


def _page(arguments: Arguments) -> int:
    page = int(arguments.get("page", 1))
    if page < 1:
        raise InvalidArgumentsError("page begins at 1")
    return page


def _diff(api: RepositoryApi, number: int, page: int) -> Result:
    try:
        found = pages(api.text(f"/pulls/{number}", DIFF))
    except GithubError as error:
        if error.status == _TOO_LARGE:
            raise InvalidArgumentsError(
                f"GitHub gives no diff of pull request {number}: it is too large",
                "Read it with get_files, page by page",
            ) from error
        raise
    if page > len(found):
        raise InvalidArgumentsError(f"The diff has {len(found)} pages")
    following = page + 1 if page < len(found) else None
    return {"diff": found[page - 1], "page": page, "pages": len(found), "next_page": following}


def _status(api: RepositoryApi, number: int) -> Result:
    sha = api.get(f"/pulls/{number}")["head"]["sha"]
    status = api.get(f"/commits/{sha}/status")
    checks = [{"context": item["context"], "state": item["state"]} for item in status["statuses"]]
    return {"state": status["state"], "statuses": checks}


def _list(api: RepositoryApi, method: str, arguments: Arguments) -> Result:
    path, fields = _LISTS[method]
    page, size = _page(arguments), int(arguments.get("perPage", MOST_PER_PAGE))
    if not 1 <= size <= MOST_PER_PAGE:
        raise InvalidArgumentsError(f"perPage must be from 1 to {MOST_PER_PAGE}")
    items = api.get(path.format(n=arguments["pullNumber"]), per_page=size, page=page)
    shown: list[Result] = [{field: item.get(field) for field in fields} for item in items]
    if method == "get_files":
        _add_patches(shown, items, before=(page - 1) * size)
    return {
        method.removeprefix("get_"): shown,
        "page": page,
        "next_page": page + 1 if len(items) == size else None,
    }


def _add_patches(shown: list[Result], items: list[dict[str, Any]], *, before: int) -> None:
    """Each file's patch, as much of it as fits; a note says what is missing, and how to get it."""
    room = MAX_PATCHES
    longest = MAX_PATCHES if len(items) == 1 else MAX_PATCH
    for position, (entry, item) in enumerate(zip(shown, items, strict=True), before + 1):
        patch = item.get("patch")
        alone = f"ask for it alone with perPage 1 and page {position}"
        if not patch:
            entry["note"] = _no_patch(item)
        elif len(patch) <= min(longest, room):
            entry["patch"] = patch
        elif room <= longest and len(items) > 1:
            entry["note"] = f"patch of {len(patch)} characters not in this answer: {alone}"
        else:
            cut = patch.rfind("\n", 0, longest)
            entry["patch"] = patch[: max(cut, 0)]
            rest = f"only the first {len(entry['patch'])} of {len(patch)} characters are shown"
            entry["note"] = rest if len(items) == 1 else f"{rest}: {alone}"
        room -= len(entry.get("patch", ""))


def _no_patch(item: dict[str, Any]) -> str:
    if item.get("additions") or item.get("deletions"):
        return "GitHub shows no patch: the change of this file is too large"
    return "no text to show: a binary file, or a change of its name or mode only"
