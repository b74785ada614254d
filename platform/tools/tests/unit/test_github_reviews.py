"""Reviews: pending until submitted, comments only on lines there are, one per run, never a vote."""

from typing import Any

import pytest

from switchboard.tools.github.adapters.memory import MemoryRepository
from switchboard.tools.github.api import GithubError

BRANCH = "switchboard/01j9zq8h3v5t7w2x4y6a8b0c1d"
LINE = {"pullNumber": 1, "path": "src/app.py", "subjectType": "LINE", "line": 2, "body": "Name it"}
SUBMIT = {"method": "submit_pending", "pullNumber": 1, "event": "COMMENT"}


@pytest.fixture(autouse=True)
def _pull_request(github: Any) -> None:
    github("create_branch", branch=BRANCH)
    files = [{"path": "src/app.py", "content": "print('hi')\n"}]
    github("push_files", branch=BRANCH, files=files, message="feat: hi")
    github("create_pull_request", title="Hi", head=BRANCH, base="main")


def _pending(github: Any, body: str = "Nearly there") -> None:
    github("pull_request_review_write", method="create", pullNumber=1, body=body)


def _shown(body: str) -> str:
    """A body as people see it: without the mark."""
    return body.partition("<!--")[0].strip()


def test_a_review_appears_as_a_whole_when_it_is_submitted(
    github: Any, repository: MemoryRepository
) -> None:
    _pending(github)
    github("add_comment_to_pending_review", **LINE)
    whole_file = {"path": "README.md", "body": "Say more", "subjectType": "FILE", "pullNumber": 1}
    added = github("add_comment_to_pending_review", **whole_file)
    assert (added, repository.reviews) == ({"state": "PENDING", "comments": 2}, [])

    posted = github("pull_request_review_write", **SUBMIT, commitID="abc")

    (review,) = repository.reviews
    assert (posted["state"], posted["comments"], posted["url"]) == ("COMMENTED", 1, "review")
    assert (review["event"], review["commit_id"]) == ("COMMENT", "abc")
    assert _shown(review["body"]) == "Nearly there\n\n`README.md`: Say more"
    assert review["comments"] == [
        {"path": "src/app.py", "body": "Name it", "side": "RIGHT", "line": 2}
    ]


def test_the_same_comment_twice_is_one_and_comments_come_in_the_order_of_lines(
    github: Any, repository: MemoryRepository
) -> None:
    for line in (2, 1, 2):
        github("add_comment_to_pending_review", **{**LINE, "line": line})

    github("pull_request_review_write", **SUBMIT, body="See below")

    assert [item["line"] for item in repository.reviews[0]["comments"]] == [1, 2]


@pytest.mark.parametrize(
    ("changes", "message", "remedy"),
    [
        ({"line": 3}, "Line 3 of 'src/app.py' is not in the diff (RIGHT side)", "1-2"),
        ({"line": 1, "side": "LEFT"}, "not in the diff (LEFT side)", "none"),
        ({"startLine": 0}, "Line 0 of", "1-2"),
        ({"line": 1, "startLine": 2}, "startLine must not come after line", "Correct"),
        ({"startLine": 1, "startSide": "LEFT"}, "startSide must be the same", "Correct"),
        ({"side": "MIDDLE"}, "side must be LEFT or RIGHT", "Correct"),
        ({"path": "src/other.py"}, "does not change 'src/other.py'", "get_files"),
        ({"path": "logo.png"}, "shows no lines of 'logo.png'", "subjectType FILE"),
        ({"subjectType": "WORD"}, "subjectType must be LINE or FILE", "Correct"),
        ({"body": "  "}, "body is empty", "Correct"),
    ],
)
def test_a_comment_that_github_would_refuse_is_refused_at_once_and_says_which_lines_there_are(
    changes: dict[str, Any], message: str, remedy: str, github: Any, repository: MemoryRepository
) -> None:
    repository.changes.append({"filename": "logo.png", "status": "added"})

    answer = github("add_comment_to_pending_review", **{**LINE, **changes})

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"
    assert message in answer["error"]["message"]
    assert remedy in answer["error"]["remediation"]
    posted = github("pull_request_review_write", **SUBMIT, body="Without it")
    assert posted["comments"] == 0


def test_a_comment_without_a_line_is_refused(github: Any) -> None:
    without = {name: value for name, value in LINE.items() if name != "line"}

    answer = github("add_comment_to_pending_review", **without)

    assert answer["error"]["message"] == "A comment on a LINE needs line"


def test_a_file_on_a_later_page_can_be_commented_on(
    github: Any, repository: MemoryRepository
) -> None:
    patch = "@@ -4,2 +4,3 @@ def f():\n     a = 1\n-    return a\n+    b = a\n+    return b"
    repository.changes[:] = [
        *({"filename": f"a/{number:03}.py", "patch": "@@ -0,0 +1 @@\n+x"} for number in range(250)),
        {"filename": "z.py", "patch": patch},
    ]

    right = github("add_comment_to_pending_review", **{**LINE, "path": "z.py", "line": 6})
    left = {**LINE, "path": "z.py", "line": 5, "side": "LEFT"}

    assert right["comments"] == 1
    assert github("add_comment_to_pending_review", **left)["comments"] == 2


def test_the_files_are_asked_for_once_and_again_after_a_failure(
    github: Any, repository: MemoryRepository
) -> None:
    asked: list[str] = []
    answer = repository.get

    def fails_once(path: str, **query: Any) -> Any:
        asked.append(path)
        if len(asked) == 1:
            raise GithubError(404, "Not Found")
        return answer(path, **query)

    repository.get = fails_once  # type: ignore[method-assign]
    failed = github("add_comment_to_pending_review", **LINE)
    done = [github("add_comment_to_pending_review", **{**LINE, "line": n}) for n in (1, 2)]

    assert failed["error"]["message"] == "GitHub has no pull request 1"
    assert [item["comments"] for item in done] == [1, 2]
    assert asked == ["/pulls/1/files"] * 2


@pytest.mark.requirement("NEW-10", "F")
def test_an_agent_that_starts_over_with_other_words_posts_no_second_review(
    github: Any, repository: MemoryRepository
) -> None:
    _pending(github)
    first = github("pull_request_review_write", **SUBMIT)
    _pending(github, "Other words of a model that was asked again")
    github("add_comment_to_pending_review", **LINE)

    second = github("pull_request_review_write", **SUBMIT)
    at_once = github("pull_request_review_write", **{**SUBMIT, "method": "create"}, body="Third")

    assert second == at_once == first
    assert len(repository.reviews) == 1


@pytest.mark.requirement("NEW-10", "F")
def test_a_review_whose_answer_was_lost_is_found_among_all_reviews_not_posted_again(
    github: Any, repository: MemoryRepository
) -> None:
    posted = repository.post

    def lose_the_answer(path: str, body: dict[str, Any]) -> Any:
        posted(path, body)
        repository.reviews[-1]["state"] = "COMMENTED"
        repository.reviews[:0] = [{"id": 0, "body": "somebody's", "html_url": "x"}] * 120
        raise TimeoutError

    repository.post = lose_the_answer  # type: ignore[method-assign]
    lost = github("pull_request_review_write", **{**SUBMIT, "method": "create"}, body="Fine")
    repository.post = posted  # type: ignore[method-assign]

    answer = github("pull_request_review_write", **{**SUBMIT, "method": "create"}, body="Good")

    assert lost["error"]["code"] == "TOOL_FAILED"
    assert answer["id"] == 1
    assert len(repository.reviews) == 121


def test_a_deleted_draft_leaves_nothing_to_submit(
    github: Any, repository: MemoryRepository
) -> None:
    _pending(github, "Draft")
    github("pull_request_review_write", method="delete_pending", pullNumber=1)

    github("pull_request_review_write", **SUBMIT, body="New")

    assert [_shown(review["body"]) for review in repository.reviews] == ["New"]


@pytest.mark.parametrize("event", ["APPROVE", "REQUEST_CHANGES"])
def test_an_agent_neither_approves_nor_requests_changes(
    event: str, github: Any, repository: MemoryRepository
) -> None:
    for method in ("create", "submit_pending"):
        answer = github(
            "pull_request_review_write", method=method, pullNumber=1, event=event, body="LGTM"
        )

        assert answer["error"]["code"] == "TOOL_AUTH_FAILED"
        assert "COMMENT" in answer["error"]["remediation"]
    assert repository.reviews == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"method": "submit_pending"}, "needs the event COMMENT"),
        ({"method": "create", "event": "MERGE"}, "event must be COMMENT"),
        ({"method": "dismiss", "event": "COMMENT"}, "method must be one of"),
        ({"method": "create", "event": "COMMENT"}, "needs a body"),
        ({"method": "create", "event": "COMMENT", "body": "x" * 65_001}, "65001 characters"),
    ],
)
def test_a_review_that_makes_no_sense_is_refused(
    arguments: dict[str, Any], word: str, github: Any, repository: MemoryRepository
) -> None:
    answer = github("pull_request_review_write", pullNumber=1, **arguments)

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"
    assert word in answer["error"]["message"]
    assert repository.reviews == []


def test_what_github_says_against_a_review_reaches_the_agent(
    github: Any, repository: MemoryRepository
) -> None:
    def refuse(_path: str, _body: dict[str, Any]) -> Any:
        raise GithubError(422, "Validation Failed; line must be part of the diff")

    repository.post = refuse  # type: ignore[method-assign]
    answer = github("pull_request_review_write", **SUBMIT, body="Fine")

    assert "line must be part of the diff" in answer["error"]["message"]
