"""The GitHub target on a repository in memory."""

from typing import Any

import pytest

from switchboard.tools.github.adapters.memory import MemoryRepository
from switchboard.tools.ledger import LEASE

BRANCH = "switchboard/01j9zq8h3v5t7w2x4y6a8b0c1d"
FILES = [{"path": "src/app.py", "content": "print('hi')\n"}]


def _pull_request(github: Any, **more: Any) -> Any:
    github("create_branch", branch=BRANCH)
    github("push_files", branch=BRANCH, files=FILES, message="feat: hi")
    return github("create_pull_request", title="Hi", head=BRANCH, base="main", **more)


def test_branch_commit_and_pull_request_lead_from_a_story_to_a_review(
    github: Any, repository: MemoryRepository
) -> None:
    pull = _pull_request(github, body="For page 1", draft=True)

    assert repository.files(BRANCH) == {"README.md": "# App\n", "src/app.py": "print('hi')\n"}
    assert repository.files("main") == {"README.md": "# App\n"}
    assert pull["url"] == "https://github.com/acme/app/pull/1"
    assert (pull["number"], pull["branch"], pull["draft"]) == (1, BRANCH, True)


def test_a_push_is_one_commit_on_top_of_the_branch(
    github: Any, repository: MemoryRepository
) -> None:
    github("create_branch", branch=BRANCH)
    before = repository.refs["heads/main"]

    commit = github("push_files", branch=BRANCH, files=FILES, message="feat: hi")["commit"]

    assert repository.commits[commit]["parents"] == [before]
    assert repository.commits[commit]["message"] == "feat: hi"


def test_a_push_that_changes_nothing_makes_no_commit(
    github: Any, repository: MemoryRepository
) -> None:
    github("create_branch", branch=BRANCH)
    first = github("push_files", branch=BRANCH, files=FILES, message="feat: hi")

    second = github("push_files", branch=BRANCH, files=FILES, message="once more")

    assert second["commit"] == first["commit"]


def test_a_branch_and_a_pull_request_that_exist_already_are_as_good(
    github: Any, bench: Any
) -> None:
    first = _pull_request(github)
    branch_again = github("create_branch", branch=BRANCH, from_branch="main")
    pull_again = github("create_pull_request", title="Other words", head=BRANCH, base="main")

    assert branch_again["branch"] == BRANCH
    assert pull_again["number"] == first["number"]


@pytest.mark.requirement("NEW-10", "F")
def test_an_agent_that_starts_over_finds_its_branch_commit_and_pull_request(
    github: Any, repository: MemoryRepository
) -> None:
    first = _pull_request(github)

    second = _pull_request(github)

    assert second == first
    assert len(repository.pulls) == 1
    assert len(repository.commits) == 2


@pytest.mark.requirement("NEW-10", "F")
def test_a_pull_request_that_a_person_closed_is_not_opened_again_in_other_words(
    github: Any, repository: MemoryRepository
) -> None:
    first = _pull_request(github)
    repository.pulls.clear()  # closed: GitHub would take a new one from the branch

    again = github("create_pull_request", title="Other words", head=BRANCH, base="main")

    assert again["number"] == first["number"]
    assert repository.pulls == []


@pytest.mark.requirement("NEW-10", "F")
def test_a_pull_request_whose_answer_was_lost_is_not_opened_again(
    github: Any, repository: MemoryRepository, bench: Any, clock: Any
) -> None:
    github("create_branch", branch=BRANCH)
    opened = repository.post

    def lose_the_answer(path: str, body: dict[str, Any]) -> Any:
        opened(path, body)
        raise TimeoutError

    repository.post = lose_the_answer  # type: ignore[method-assign]
    lost = github("create_pull_request", title="Hi", head=BRANCH, base="main")
    repository.post = opened  # type: ignore[method-assign]
    clock.now += LEASE

    found = github("create_pull_request", title="Hi", head=BRANCH, base="main")

    assert lost["error"]["code"] == "TOOL_FAILED"
    assert found["number"] == 1
    assert len(repository.pulls) == 1


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("create_branch", {"branch": "main"}),
        ("push_files", {"branch": "main", "files": FILES, "message": "m"}),
        ("push_files", {"branch": f"{BRANCH}-2", "files": FILES, "message": "m"}),
        ("create_pull_request", {"title": "t", "head": "other", "base": "main"}),
        ("push_files", {"repo": "other", "branch": BRANCH, "files": FILES, "message": "m"}),
        ("get_file_contents", {"owner": "evil", "path": "README.md"}),
        ("pull_request_read", {"repo": "other", "method": "get", "pullNumber": 1}),
        ("pull_request_review_write", {"repo": "other", "method": "create", "pullNumber": 1}),
        (
            "add_comment_to_pending_review",
            {"repo": "o", "pullNumber": 1, "path": "a", "body": "b", "subjectType": "FILE"},
        ),
    ],
)
def test_other_branches_and_other_repositories_are_refused_even_without_the_gateway(
    tool: str, arguments: dict[str, Any], github: Any, repository: MemoryRepository
) -> None:
    before = dict(repository.refs)

    answer = github(tool, **arguments)

    assert answer["error"]["code"] == "TOOL_AUTH_FAILED"
    assert repository.refs == before


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", ".git/config", "a\\b", ""])
def test_a_path_outside_the_repository_is_refused(path: str, github: Any) -> None:
    github("create_branch", branch=BRANCH)

    answer = github("push_files", branch=BRANCH, files=[{"path": path, "content": ""}], message="m")

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"


def test_a_push_before_the_branch_says_what_to_do_first(github: Any) -> None:
    answer = github("push_files", branch=BRANCH, files=FILES, message="m")

    assert answer["error"]["remediation"] == "Call create_branch first"


def test_files_are_read_and_folders_listed(github: Any) -> None:
    github("create_branch", branch=BRANCH)
    github("push_files", branch=BRANCH, files=FILES, message="m")

    assert github("get_file_contents", path="README.md")["content"] == "# App\n"
    assert github("get_file_contents", path="src", ref=BRANCH)["entries"] == [
        {"path": "src/app.py", "type": "file"}
    ]
    assert github("get_file_contents", path="nowhere")["error"]["code"] == "INVALID_ARGUMENTS"
