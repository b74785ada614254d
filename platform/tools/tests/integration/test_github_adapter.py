"""PyGithub's requester against a scripted server: tokens, retries, error codes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from switchboard.tools.errors import ToolError
from switchboard.tools.github.adapters.pygithub import AppCredentials, AppRepositories
from switchboard.tools.github.api import GithubError, RepositoryApi

INSTALLATION = "GET /repos/acme/app/installation"
TOKENS = "POST /app/installations/42/access_tokens"
REF = "GET /repos/acme/app/git/ref/heads/main"


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def repositories(server: Any, private_key: str, clock: Any) -> Iterator[AppRepositories]:
    server.on(INSTALLATION, 200, {"id": 42})
    server.on(TOKENS, 201, {"token": "ghs_one", "expires_at": "2026-11-21T11:00:00Z"})
    credentials = AppCredentials("7", private_key)
    found = AppRepositories(server.url, lambda: credentials, clock, clock.sleep)
    yield found
    found.close()


@pytest.fixture
def repository(repositories: AppRepositories) -> RepositoryApi:
    return repositories.open("acme", "app")


def test_the_token_is_good_for_one_repository_and_for_what_the_tools_need(
    server: Any, repository: RepositoryApi
) -> None:
    body = dict(server.requests)[TOKENS]

    assert body["repositories"] == ["app"]
    assert body["permissions"] == {
        "contents": "write",
        "pull_requests": "write",
        "metadata": "read",
        "statuses": "read",
    }
    assert server.headers[0]["authorization"].startswith("Bearer ")


def test_a_token_is_used_until_shortly_before_it_expires(
    server: Any, repositories: AppRepositories, clock: Any
) -> None:
    repositories.open("acme", "app")
    repositories.open("acme", "app")
    assert server.asked().count(TOKENS) == 1
    clock.now += timedelta(minutes=55)

    repositories.open("acme", "app")

    assert server.asked().count(TOKENS) == 2


@pytest.mark.requirement("ERR-06", "F")
def test_a_server_error_is_tried_again_after_2_4_and_8_seconds(
    server: Any, repository: RepositoryApi, clock: Any
) -> None:
    server.on(REF, 500, {}).on(REF, 502, "<html>").on(REF, 503, {}).on(REF, 200, {"ref": "x"})

    assert repository.get("/git/ref/heads/main")["ref"] == "x"
    assert clock.slept == [2.0, 4.0, 8.0]


@pytest.mark.requirement("ERR-06", "F")
def test_after_three_retries_the_agent_is_told(
    server: Any, repository: RepositoryApi, clock: Any
) -> None:
    server.on(REF, 500, {"message": "down"})

    with pytest.raises(ToolError) as caught:
        repository.get("/git/ref/heads/main")

    assert caught.value.code == "TOOL_FAILED"
    assert server.asked().count(REF) == 4


@pytest.mark.requirement("GTW-08", "F")
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((401, "Bad credentials", {}), "TOOL_AUTH_FAILED"),
        ((403, "Resource not accessible by integration", {}), "TOOL_AUTH_FAILED"),
        ((403, "API rate limit exceeded", {}), "TOOL_RATE_LIMITED"),
        ((403, "Forbidden", {"x_ratelimit_remaining": "0"}), "TOOL_RATE_LIMITED"),
        ((403, "Slow down", {"retry_after": "60"}), "TOOL_RATE_LIMITED"),
        ((429, "Too many requests", {}), "TOOL_RATE_LIMITED"),
    ],
)
def test_permissions_and_limits_have_their_codes_and_are_not_retried(
    answer: Any, code: str, server: Any, repository: RepositoryApi, clock: Any
) -> None:
    status, message, headers = answer
    server.on(REF, status, {"message": message}, **headers)

    with pytest.raises(ToolError) as caught:
        repository.get("/git/ref/heads/main")

    assert caught.value.code == code
    assert clock.slept == []


def test_a_repository_without_the_app_is_a_missing_permission(
    server: Any, private_key: str, clock: Any
) -> None:
    credentials = AppCredentials("7", private_key)
    repositories = AppRepositories(server.url, lambda: credentials, clock, clock.sleep)

    with pytest.raises(ToolError) as caught:
        repositories.open("acme", "app")

    assert caught.value.code == "TOOL_AUTH_FAILED"


def test_what_a_tool_may_handle_comes_with_githubs_words(
    server: Any, repository: RepositoryApi
) -> None:
    details = {"message": "Validation Failed", "errors": [{"message": "it already exists"}]}
    server.on("POST /repos/acme/app/pulls", 422, details)

    with pytest.raises(GithubError, match="Validation Failed; it already exists") as caught:
        repository.post("/pulls", {})

    assert caught.value.status == 422


def test_a_diff_is_asked_for_in_its_own_representation(
    server: Any, repository: RepositoryApi
) -> None:
    server.on("GET /repos/acme/app/pulls/1", 200, "diff --git a b", Content_Type="text/plain")

    text = repository.text("/pulls/1", "application/vnd.github.diff")

    assert text == "diff --git a b"
    assert server.headers[-1]["accept"] == "application/vnd.github.diff"


@pytest.mark.requirement("NEW-10", "F")
def test_a_review_that_was_posted_before_a_server_error_is_found_not_posted_again(
    server: Any, repository: RepositoryApi
) -> None:
    reviews = "POST /repos/acme/app/pulls/1/reviews"
    server.on(reviews, 502, {})

    made = repository.post_once("/pulls/1/reviews", {"body": "b"}, lambda: {"id": 9})

    assert made == {"id": 9}
    assert server.asked().count(reviews) == 1


def test_a_server_that_cannot_be_reached_is_reported(private_key: str, clock: Any) -> None:
    credentials = AppCredentials("7", private_key)
    nowhere = AppRepositories("http://127.0.0.1:9", lambda: credentials, clock, clock.sleep)

    with pytest.raises(ToolError, match="cannot be reached"):
        nowhere.open("acme", "app")

    assert clock.slept == [2.0, 4.0, 8.0]
