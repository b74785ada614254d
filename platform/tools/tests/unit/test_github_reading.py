"""Reading a pull request: in pages, and nothing is left out without a word."""

from typing import Any

import pytest

from switchboard.tools.github.adapters.memory import MemoryRepository
from switchboard.tools.github.api import GithubError
from switchboard.tools.github.diffs import pages, places, ranges

BRANCH = "switchboard/01j9zq8h3v5t7w2x4y6a8b0c1d"


@pytest.fixture
def read(github: Any) -> Any:
    github("create_branch", branch=BRANCH)
    files = [{"path": "src/app.py", "content": "print('hi')\n"}]
    github("push_files", branch=BRANCH, files=files, message="feat: hi")
    github("create_pull_request", title="Hi", head=BRANCH, base="main")

    def ask(method: str, **arguments: Any) -> Any:
        return github("pull_request_read", **{"pullNumber": 1, **arguments}, method=method)

    return ask


def _files(count: int, patch: str = "@@ -0,0 +1 @@\n+x") -> list[dict[str, Any]]:
    return [
        {"filename": f"f{number:03}.py", "status": "added", "additions": 1, "patch": patch}
        for number in range(count)
    ]


def test_a_pull_request_is_read_by_aspect(read: Any) -> None:
    found = read("get")

    assert (found["title"], found["state"], found["merged"]) == ("Hi", "open", False)
    assert read("get_diff")["pages"] == 1
    files = read("get_files")
    assert [item["filename"] for item in files["files"]] == ["src/app.py", "README.md"]
    assert files["files"][1]["patch"] == "@@ -1 +1 @@\n-# App\n+# The app"
    assert (files["page"], files["next_page"]) == (1, None)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"method": "merge"}, "method must be one of get, get_diff"),
        ({"method": "get", "pullNumber": 9}, "no pull request 9"),
        ({"method": "get_files", "page": 0}, "page begins at 1"),
        ({"method": "get_files", "perPage": 101}, "perPage must be from 1 to 100"),
        ({"method": "get_diff", "page": 2}, "The diff has 1 pages"),
    ],
)
def test_a_question_without_an_answer_is_refused(
    arguments: dict[str, Any], word: str, read: Any
) -> None:
    assert word in read(**arguments)["error"]["message"]


def test_300_files_are_read_in_pages(read: Any, repository: MemoryRepository) -> None:
    repository.changes[:] = _files(300)
    names: list[str] = []

    page: int | None = 1
    while page:
        answer = read("get_files", page=page)
        names += [item["filename"] for item in answer["files"]]
        page = answer["next_page"]

    assert names == [f"f{number:03}.py" for number in range(300)]


def test_a_patch_that_is_too_long_is_cut_at_a_line_and_says_how_to_get_the_rest(
    read: Any, repository: MemoryRepository
) -> None:
    long = "@@ -0,0 +1,5000 @@\n" + "+0123456789\n" * 5_000
    repository.changes[:] = [*_files(2), {**_files(1, long)[0], "filename": "long.py"}]

    together = read("get_files", perPage=3)["files"][2]
    alone = read("get_files", perPage=1, page=3)["files"][0]

    assert len(together["patch"]) <= 20_000
    assert together["patch"].endswith("+0123456789")
    assert together["note"].endswith(
        f"of {len(long)} characters are shown: ask for it alone with perPage 1 and page 3"
    )
    assert alone["patch"] == long


def test_an_answer_stays_small_and_names_the_patches_it_leaves_out(
    read: Any, repository: MemoryRepository
) -> None:
    repository.changes[:] = _files(30, "@@ -0,0 +1,900 @@\n" + "+123456789\n" * 900)

    found = read("get_files")["files"]

    assert sum(len(item.get("patch", "")) for item in found) <= 120_000
    left_out = [item for item in found if "patch" not in item]
    assert found[-1] in left_out
    assert "perPage 1 and page 30" in found[-1]["note"]
    assert all("not in this answer" in item["note"] for item in left_out)


def test_a_patch_too_long_even_alone_says_how_much_is_not_shown(
    read: Any, repository: MemoryRepository
) -> None:
    huge = "@@ -0,0 +1,50000 @@\n" + "+0123456789\n" * 50_000
    repository.changes[:] = _files(1, huge)

    found = read("get_files")["files"][0]

    assert found["note"] == (
        f"only the first {len(found['patch'])} of {len(huge)} characters are shown"
    )


def test_files_without_text_say_why(read: Any, repository: MemoryRepository) -> None:
    repository.changes[:] = [
        {"filename": "logo.png", "status": "added", "additions": 0, "deletions": 0},
        {"filename": "lock.json", "status": "modified", "additions": 9000, "deletions": 1},
    ]

    binary, large = read("get_files")["files"]

    assert binary["note"].startswith("no text to show: a binary file")
    assert large["note"] == "GitHub shows no patch: the change of this file is too large"


def test_a_diff_that_github_does_not_give_is_read_by_files(
    read: Any, repository: MemoryRepository
) -> None:
    def too_large(_path: str, _media_type: str) -> str:
        raise GithubError(406, "the diff exceeded the maximum number of files (300)")

    repository.text = too_large  # type: ignore[method-assign]
    answer = read("get_diff")

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"
    assert answer["error"]["remediation"] == "Read it with get_files, page by page"


def test_a_long_diff_comes_in_pages_that_lose_nothing(
    read: Any, repository: MemoryRepository
) -> None:
    file = "diff --git a/x b/x\n@@ -0,0 +1,4000 @@\n" + "+0123456789\n" * 4_000
    repository.text = lambda _path, _media_type: file * 7  # type: ignore[method-assign]

    first = read("get_diff")
    texts = [read("get_diff", page=page)["diff"] for page in range(1, first["pages"] + 1)]

    assert "".join(texts) == file * 7
    assert all(len(text) <= 120_000 for text in texts)
    assert all(text.startswith("diff --git") for text in texts)
    assert first["next_page"] == 2
    assert read("get_diff", page=first["pages"])["next_page"] is None


def test_a_file_longer_than_a_page_is_cut_between_lines() -> None:
    assert pages("diff --git a b\n" + "+0123\n" * 3, longest=15) == [
        "diff --git a b\n",
        "+0123\n+0123\n",
        "+0123\n",
    ]


def test_the_lines_of_a_patch_are_those_github_shows() -> None:
    first = "@@ -3,3 +3,3 @@ f\n same\n-old\n+new\n \n\\ No newline at end of file\n"
    patch = f"{first}@@ -20 +20 @@\n-a\n+b"

    shown = places(patch)

    assert shown == {"LEFT": [3, 4, 5, 20], "RIGHT": [3, 4, 5, 20]}
    assert ranges(shown["RIGHT"]) == "3-5, 20"
