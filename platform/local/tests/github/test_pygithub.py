"""PyGithub works against the stand-in as it does against GitHub."""

import httpx
import pytest
from github import Github, GithubException, InputGitTreeElement, UnknownObjectException
from github.Repository import Repository


def test_a_branch_with_a_commit_of_several_files_becomes_a_draft_pull_request(
    repository: Repository,
) -> None:
    base = repository.get_git_ref("heads/main").object.sha
    ref = repository.create_git_ref("refs/heads/switchboard/inv-1", base)
    tree = repository.create_git_tree(
        [
            InputGitTreeElement("src/storefront/stock.py", "100644", "blob", "STOCK = 1\n"),
            InputGitTreeElement("docs/a/b.md", "100644", "blob", "# b\n"),
            InputGitTreeElement("README.md", "100644", "blob", sha=None),
        ],
        base_tree=repository.get_git_tree(base),
    )
    commit = repository.create_git_commit("feat: stock", tree, [repository.get_git_commit(base)])
    ref.edit(commit.sha)

    pull = repository.create_pull(
        base="main", head="switchboard/inv-1", title="Show stock", body="story", draft=True
    )

    assert (pull.draft, pull.state, pull.mergeable, pull.commits) == (True, "open", True, 1)
    assert {file.filename: file.status for file in pull.get_files()} == {
        "README.md": "removed",
        "docs/a/b.md": "added",
        "src/storefront/stock.py": "added",
    }
    assert (pull.additions, pull.changed_files) == (2, 3)
    found = repository.get_pulls(state="open", head="acme:switchboard/inv-1")
    assert [item.number for item in found] == [pull.number]
    assert repository.get_git_commit(commit.sha).message == "feat: stock"


def test_a_second_pull_request_of_a_branch_is_refused(repository: Repository, branch: str) -> None:
    repository.create_pull(base="main", head=branch, title="First")

    with pytest.raises(GithubException) as refused:
        repository.create_pull(base="main", head=branch, title="Second")

    assert refused.value.status == 422
    assert "already exists" in refused.value.data["errors"][0]["message"]


def test_a_branch_without_commits_of_its_own_cannot_become_a_pull_request(
    repository: Repository,
) -> None:
    sha = repository.get_git_ref("heads/main").object.sha
    repository.create_git_ref("refs/heads/empty", sha)

    with pytest.raises(GithubException) as refused:
        repository.create_pull(base="main", head="empty", title="Nothing")

    assert refused.value.data["errors"][0]["message"] == "No commits between main and empty"


def test_an_existing_reference_and_a_step_backwards_are_refused(
    repository: Repository, branch: str
) -> None:
    main = repository.get_git_ref("heads/main").object.sha
    ref = repository.get_git_ref(f"heads/{branch}")

    with pytest.raises(GithubException) as exists:
        repository.create_git_ref(f"refs/heads/{branch}", main)
    with pytest.raises(GithubException) as backwards:
        ref.edit(main)

    assert (exists.value.status, exists.value.message) == (422, "Reference already exists")
    assert (backwards.value.status, backwards.value.message) == (
        422,
        "Update is not a fast forward",
    )
    ref.edit(main, force=True)
    assert repository.get_git_ref(f"heads/{branch}").object.sha == main


def test_a_file_is_read_and_only_overwritten_by_who_knows_what_is_there(
    repository: Repository, branch: str
) -> None:
    file = repository.get_contents("docs/notes.md", ref=branch)
    assert not isinstance(file, list)

    with pytest.raises(GithubException) as blind:
        repository.create_file("docs/notes.md", "again", "x\n", branch=branch)
    with pytest.raises(GithubException) as stale:
        repository.update_file("docs/notes.md", "again", "x\n", "0" * 40, branch=branch)
    repository.update_file("docs/notes.md", "again", "x\n", file.sha, branch=branch)

    assert (blind.value.status, stale.value.status) == (422, 409)
    changed = repository.get_contents("docs/notes.md", ref=branch)
    assert not isinstance(changed, list)
    assert changed.decoded_content == b"x\n"
    repository.delete_file("docs/notes.md", "gone", changed.sha, branch=branch)
    with pytest.raises(UnknownObjectException):
        repository.get_contents("docs/notes.md", ref=branch)
    folder = repository.get_contents("", ref="main")
    assert isinstance(folder, list)
    assert {item.path: item.type for item in folder}["src"] == "dir"


def test_branches_are_compared(repository: Repository, branch: str) -> None:
    comparison = repository.compare("main", branch)

    assert (comparison.status, comparison.ahead_by, comparison.behind_by) == ("ahead", 1, 0)
    assert [file.filename for file in comparison.files] == ["docs/notes.md"]
    assert repository.get_branch("main").protected
    assert branch in [item.name for item in repository.get_branches()]


def test_a_pull_request_is_reviewed_on_its_lines(
    repository: Repository, person: Github, branch: str
) -> None:
    pull = repository.create_pull(base="main", head=branch, title="Review me")
    line = {"path": "docs/notes.md", "line": 1, "side": "RIGHT", "body": "Nice heading"}

    own = pull.create_review(body="looks fine", event="COMMENT", comments=[line])
    with pytest.raises(GithubException) as approve:
        pull.create_review(event="APPROVE")
    with pytest.raises(GithubException) as elsewhere:
        pull.create_review(body="x", event="COMMENT", comments=[{**line, "line": 99}])
    hers = person.get_repo("acme/storefront").get_pull(pull.number)
    hers.create_review(event="APPROVE")

    assert own.state == "COMMENTED"
    assert approve.value.data["errors"] == ["Can not approve your own pull request"]
    assert elsewhere.value.status == 422
    assert [review.state for review in pull.get_reviews()] == ["COMMENTED", "APPROVED"]
    assert [comment.body for comment in pull.get_review_comments()] == ["Nice heading"]


def test_a_pending_review_is_seen_by_its_author_only_until_it_is_submitted(
    repository: Repository, person: Github, branch: str
) -> None:
    pull = repository.create_pull(base="main", head=branch, title="Pending")

    review = pull.create_review(body="draft")
    hers = person.get_repo("acme/storefront").get_pull(pull.number)
    assert [item.state for item in pull.get_reviews()] == ["PENDING"]
    assert list(hers.get_reviews()) == []
    with pytest.raises(GithubException):
        pull.create_review(body="second draft")

    path = f"/repos/acme/storefront/pulls/{pull.number}/reviews/{review.id}/events"
    repository.requester.requestJsonAndCheck("POST", path, input={"event": "COMMENT"})
    assert [item.state for item in hers.get_reviews()] == ["COMMENTED"]


def test_labels_comments_reviewers_and_statuses(repository: Repository, branch: str) -> None:
    pull = repository.create_pull(base="main", head=branch, title="Everything else")

    pull.add_to_labels("ai-generated")
    pull.create_issue_comment("done by $0.42")
    pull.create_review_request(reviewers=["ada-product"])
    with pytest.raises(GithubException) as stranger:
        pull.create_review_request(reviewers=["nobody"])
    commit = repository.get_commit(pull.head.sha)
    commit.create_status("success", context="tests")

    again = repository.get_pull(pull.number)
    assert [label.name for label in again.labels] == ["ai-generated"]
    assert [comment.body for comment in again.get_issue_comments()] == ["done by $0.42"]
    assert [user.login for user in again.requested_reviewers] == ["ada-product"]
    assert stranger.value.status == 422
    assert commit.get_combined_status().state == "success"


def test_a_diff_of_too_many_files_is_refused_and_its_files_come_in_pages(
    http: httpx.Client, repository: Repository
) -> None:
    base = repository.get_git_ref("heads/main").object.sha
    ref = repository.create_git_ref("refs/heads/huge", base)
    files = [
        InputGitTreeElement(f"many/{number:03}.txt", "100644", "blob", "x\n")
        for number in range(300)
    ]
    files.append(InputGitTreeElement("logo.bin", "100644", "blob", "\x00\x01"))
    tree = repository.create_git_tree(files, base_tree=repository.get_git_tree(base))
    commit = repository.create_git_commit("many", tree, [repository.get_git_commit(base)])
    ref.edit(commit.sha)
    pull = repository.create_pull(base="main", head="huge", title="Huge")

    diff = http.get(pull.url, headers={"Accept": "application/vnd.github.diff"})
    listed = list(pull.get_files())

    assert diff.status_code == 406
    assert "maximum number of files (300)" in diff.json()["message"]
    assert len(listed) == pull.changed_files == 301
    binary = next(file for file in listed if file.filename == "logo.bin")
    assert (binary.patch, binary.additions, binary.deletions) == (None, 0, 0)


def test_only_a_person_merges(repository: Repository, person: Github, branch: str) -> None:
    pull = repository.create_pull(base="main", head=branch, title="Merge me")

    with pytest.raises(GithubException) as refused:
        pull.merge()
    merged = person.get_repo("acme/storefront").get_pull(pull.number).merge()

    assert refused.value.status == 403
    assert merged.merged
    again = repository.get_pull(pull.number)
    assert (again.merged, again.state, again.merged_by.login) == (True, "closed", "ada-product")
    assert [file.filename for file in again.get_files()] == ["docs/notes.md"]
    assert repository.get_git_ref("heads/main").object.sha == merged.sha


def test_long_lists_come_in_pages(http: httpx.Client, repository: Repository) -> None:
    sha = repository.get_git_ref("heads/main").object.sha
    for number in range(5):
        repository.create_git_ref(f"refs/heads/many/{number}", sha)

    first = http.get("/repos/acme/storefront/git/matching-refs/heads/many", params={"per_page": 2})

    assert len(first.json()) == 2
    assert 'rel="next"' in first.headers["link"]
    found = [ref.ref for ref in repository.get_git_matching_refs("heads/many/")]
    assert found == [f"refs/heads/many/{number}" for number in range(5)]
