"""Who may do what, and how failures look."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import jwt
import pytest
from github import Github, GithubException, GithubIntegration
from github.Repository import Repository

from switchboard.local.github.accounts import Accounts
from switchboard.local.github.errors import GitHubError
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.documents import DocumentStore

ONE = "/repos/acme/storefront"


def test_the_app_signs_in_with_its_key_only(settings: LocalSettings) -> None:
    app = json.loads(settings.folder.github_app.read_text())
    now = int(time.time())

    def status(claims: dict[str, object], key: str) -> int:
        token = jwt.encode(claims, key, "RS256")
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"{settings.github_url}/app", headers=headers).status_code

    good = {"iss": app["app_id"], "iat": now - 30, "exp": now + 300}
    assert status(good, app["private_key"]) == 200
    assert status({**good, "iss": "8"}, app["private_key"]) == 401
    assert status({**good, "exp": now + 3600}, app["private_key"]) == 401
    assert status({**good, "exp": now - 120}, app["private_key"]) == 401


def test_credentials_files_are_for_their_owner_only(settings: LocalSettings) -> None:
    for name in ("app.json", "human.json"):
        assert (settings.home / "github" / name).stat().st_mode & 0o077 == 0


def test_an_installation_token_ends_after_an_hour(tmp_path: Path) -> None:
    clock = [datetime(2026, 11, 21, 10, 0, tzinfo=UTC)]
    store = DocumentStore(tmp_path / "github.db")
    accounts = Accounts(store, "7", "", lambda: clock[0])
    token = accounts.mint({}, ["acme/storefront"])["token"]

    assert accounts.by_token(token).is_app
    clock[0] += timedelta(hours=1)

    with pytest.raises(GitHubError, match="Bad credentials"):
        accounts.by_token(token)
    store.close()


def test_without_credentials_a_private_repository_does_not_exist(settings: LocalSettings) -> None:
    assert httpx.get(f"{settings.github_url}{ONE}").status_code == 404
    bad = {"Authorization": "Bearer ghs_wrong"}
    assert httpx.get(f"{settings.github_url}{ONE}", headers=bad).status_code == 401


def test_a_narrowed_token_reaches_its_repository_and_permissions_only(
    settings: LocalSettings, integration: GithubIntegration
) -> None:
    body = {"name": "other", "files": {"README.md": "# other\n"}}
    httpx.post(f"{settings.github_url}/_local/repos", json=body).raise_for_status()
    narrowed = integration.requester.requestJsonAndCheck(
        "POST",
        "/app/installations/99/access_tokens",
        input={"repositories": ["storefront"], "permissions": {"contents": "read"}},
    )[1]
    headers = {"Authorization": f"token {narrowed['token']}"}

    with httpx.Client(base_url=settings.github_url, headers=headers) as client:
        read = client.get(f"{ONE}/contents/README.md")
        other = client.get("/repos/acme/other")
        write = client.post(f"{ONE}/git/blobs", json={"content": "x"})
        pulls = client.get(f"{ONE}/pulls")
        repositories = client.get("/installation/repositories").json()

    assert (read.status_code, other.status_code) == (200, 404)
    assert (write.status_code, pulls.status_code) == (403, 403)
    assert write.json()["message"] == "Resource not accessible by integration"
    assert [item["full_name"] for item in repositories["repositories"]] == ["acme/storefront"]


def test_a_token_for_a_repository_that_is_not_there_is_refused(
    integration: GithubIntegration,
) -> None:
    with pytest.raises(GithubException) as refused:
        integration.requester.requestJsonAndCheck(
            "POST", "/app/installations/99/access_tokens", input={"repositories": ["nowhere"]}
        )

    assert refused.value.status == 422


def test_the_app_cannot_touch_the_default_branch(
    repository: Repository, branch: str, person: Github
) -> None:
    newer = repository.get_git_ref(f"heads/{branch}").object.sha

    with pytest.raises(GithubException) as moved:
        repository.get_git_ref("heads/main").edit(newer)
    with pytest.raises(GithubException) as written:
        repository.create_file("x.md", "x", "x", branch="main")
    with pytest.raises(GithubException) as deleted:
        repository.get_git_ref("heads/main").delete()

    for refused in (moved, written, deleted):
        assert refused.value.status == 422
        assert "Protected branch" in str(refused.value.message)
    hers = person.get_repo("acme/storefront")
    assert hers.get_git_ref("heads/main").object.sha != newer


def test_every_answer_says_what_is_left_of_the_rate_limit(http: httpx.Client) -> None:
    first, second = http.get(ONE), http.get(f"{ONE}/contents/nowhere")

    left = [int(answer.headers["x-ratelimit-remaining"]) for answer in (first, second)]
    assert second.status_code == 404
    assert left[0] - left[1] == 1
    assert first.headers["x-ratelimit-limit"] == "5000"


def test_an_injected_fault_hits_the_next_matching_call(http: httpx.Client) -> None:
    fault = {"count": 1, "status": 403, "retry_after": 2, "path_contains": "/contents/"}
    http.post("/_local/faults", json=fault)

    failed = http.get(f"{ONE}/contents/README.md")
    after = http.get(f"{ONE}/contents/README.md")

    assert (failed.status_code, failed.headers["retry-after"]) == (403, "2")
    assert "secondary rate limit" in failed.json()["message"]
    assert after.status_code == 200


def test_the_api_is_also_served_where_an_enterprise_server_has_it(http: httpx.Client) -> None:
    assert http.get(f"/api/v3{ONE}").json()["full_name"] == "acme/storefront"


@pytest.mark.parametrize(
    "path", ["/repos/acme/nowhere", "/repos/acme/..%2f..", "/repos/acme/storefront/nothing"]
)
def test_what_is_not_there_is_not_found(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404
