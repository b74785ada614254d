"""What people see of the code."""

import httpx
import pytest
from github.Repository import Repository

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.fixture
def page(http: httpx.Client, repository: Repository, branch: str) -> str:
    repository.create_file("src/x.html", "feat: x", f"{EVIL}\n", branch=branch)
    pull = repository.create_pull(
        base="main", head=branch, title=f"Show {EVIL}", body=f"# Why\n\n{EVIL}", draft=True
    )
    pull.add_to_labels(EVIL)
    pull.create_issue_comment(EVIL)
    line = {"path": "src/x.html", "line": 1, "body": EVIL}
    pull.create_review(body=EVIL, event="COMMENT", comments=[line])
    return http.get(pull.html_url).text


def test_a_pull_request_shows_text_state_and_coloured_difference(page: str) -> None:
    assert "<h1>Why</h1>" in page
    assert '<span class="pill good">Open</span>' in page
    assert '<span class="pill ">draft</span>' in page
    assert '<span class="row mono add">+# Notes</span>' in page
    assert '<span class="row mono hunk">@@ -0,0 +1' in page


def test_nothing_in_a_pull_request_becomes_markup(page: str) -> None:
    assert page.count("&lt;script&gt;alert") >= 6
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_review_stands_in_the_conversation_and_its_comments_on_their_lines(
    http: httpx.Client, repository: Repository, branch: str
) -> None:
    pull = repository.create_pull(base="main", head=branch, title="Reviewed")
    line = {"path": "docs/notes.md", "line": 1, "side": "RIGHT", "body": "Name the topic"}
    text = "**Verdict: FAIL**\n\n<!-- switchboard review 01J -->"
    review = pull.create_review(body=text, event="COMMENT", comments=[line])
    [comment] = pull.get_review_comments()

    page = http.get(pull.html_url).text

    assert review.html_url == f"{pull.html_url}#pullrequestreview-{review.id}"
    assert f'<div class="card" id="pullrequestreview-{review.id}">' in page
    assert "<strong>Verdict: FAIL</strong>" in page
    assert "switchboard review 01J" not in page
    assert comment.html_url == f"{pull.html_url}#discussion_r{comment.id}"
    assert f'href="#discussion_r{comment.id}">docs/notes.md:1</a>' in page
    after_its_line = page.split('<span class="row mono add">+# Notes</span>')[1]
    assert after_its_line.startswith(f'<div class="remark card" id="discussion_r{comment.id}">')
    assert "Name the topic" in after_its_line.split("</div>")[0]


def test_a_pending_review_is_not_on_the_page(
    http: httpx.Client, repository: Repository, branch: str
) -> None:
    pull = repository.create_pull(base="main", head=branch, title="Pending")
    line = {"path": "docs/notes.md", "line": 1, "side": "RIGHT", "body": "Not yet said"}
    pull.create_review(body="A draft", comments=[line])

    page = http.get(pull.html_url).text

    assert "Not yet said" not in page
    assert "A draft" not in page


def test_a_comment_whose_line_has_gone_moves_to_the_conversation(
    http: httpx.Client, repository: Repository, branch: str
) -> None:
    repository.create_file("docs/more.md", "docs: more", "one\ntwo\n", branch=branch)
    pull = repository.create_pull(base="main", head=branch, title="Moved on")
    line = {"path": "docs/more.md", "line": 2, "side": "RIGHT", "body": "About line two"}
    pull.create_review(body="See below", event="COMMENT", comments=[line])
    file = repository.get_contents("docs/more.md", ref=branch)
    assert not isinstance(file, list)
    repository.update_file("docs/more.md", "docs: less", "one\n", file.sha, branch=branch)

    page = http.get(pull.html_url).text

    assert page.index("About line two") < page.index("Files changed")


def test_the_repository_page_lists_files_pull_requests_and_the_clone_address(
    http: httpx.Client, repository: Repository, branch: str
) -> None:
    repository.create_pull(base="main", head=branch, title="Listed here")

    page = http.get(repository.html_url).text

    assert "Listed here" in page
    assert "src/storefront/basket.py" in page
    assert f"git clone {repository.clone_url}" in page


def test_files_and_commits_have_pages(
    http: httpx.Client, repository: Repository, branch: str
) -> None:
    file = repository.get_contents("docs/notes.md", ref=branch)
    assert not isinstance(file, list)
    commit = repository.get_commit(branch)

    assert "# Notes" in http.get(file.html_url).text
    assert "docs: notes" in http.get(commit.html_url).text
    raw = http.get(str(file.download_url))
    assert raw.text.startswith("# Notes")
    assert raw.headers["content-type"].startswith("text/plain")
    assert http.get("/acme/storefront/pull/9999").status_code == 404
    assert http.get("/").status_code == 200
