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
