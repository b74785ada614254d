"""What Notion refuses, the stand-in refuses with the same code."""

from typing import Any

import httpx
import pytest
from notion_client import APIResponseError, Client
from notion_client.client import ClientOptions

from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.notion.seed import Workspace
from switchboard.local.settings import LocalSettings


@pytest.fixture
def story(board: LocalWorkspace) -> str:
    return str(board.create_story("A story", "text")["id"])


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"Colour": {"select": {"name": "red"}}}, "Colour is not a property that exists."),
        ({"Status": {"status": {"name": "Nope"}}}, 'Status option "Nope" does not exist'),
        ({"Status": {"select": {"name": "Done"}}}, "Status is expected to be status."),
        ({"Assignee": {"people": [{"id": "0" * 32}]}}, "Could not find user"),
        ({"Artifacts": {"url": 7}}, "should be a string"),
        (
            {"Last Result": {"rich_text": [{"text": {"content": "x" * 2001}}]}},
            "length should be ≤ `2000`, instead was `2001`",
        ),
        ({"Last Result": {"rich_text": [{"text": {"content": "x"}}] * 101}}, "should be ≤ `100`"),
    ],
)
def test_a_wrong_property_value_is_a_validation_error(
    notion: Any, story: str, properties: dict[str, Any], message: str
) -> None:
    with pytest.raises(APIResponseError) as refused:
        notion.pages.update(story, properties=properties)

    assert message in str(refused.value)
    assert refused.value.code in ("validation_error", "object_not_found")
    assert notion.pages.retrieve(story)["properties"]["Status"]["status"]["name"] == "To Do"


def test_nothing_of_a_half_wrong_update_is_kept(notion: Any, story: str) -> None:
    properties = {"Artifacts": {"url": "https://example.org"}, "Colour": {"number": 1}}

    with pytest.raises(APIResponseError):
        notion.pages.update(story, properties=properties)

    assert notion.pages.retrieve(story)["properties"]["Artifacts"]["url"] is None


def test_a_missing_page_is_object_not_found(notion: Any) -> None:
    with pytest.raises(APIResponseError) as refused:
        notion.pages.retrieve("00000000-0000-4000-8000-000000000000")

    assert (refused.value.status, refused.value.code) == (404, "object_not_found")


def test_a_wrong_token_is_refused(settings: LocalSettings) -> None:
    options = ClientOptions(auth="wrong", base_url=settings.notion_url, notion_version="2026-03-11")
    with Client(options) as client, pytest.raises(APIResponseError) as refused:
        client.users.me()

    assert (refused.value.status, refused.value.code) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("version", "code"), [(None, "missing_version"), ("2025-09-03", "validation_error")]
)
def test_another_api_version_is_refused(
    settings: LocalSettings, workspace: Workspace, version: str | None, code: str
) -> None:
    headers = {"Authorization": f"Bearer {workspace.token}"}
    headers |= {"Notion-Version": version} if version else {}

    answer = httpx.get(f"{settings.notion_url}/v1/users/me", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["request_id"] == answer.headers["x-notion-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "content", "code"),
    [
        ("POST", "/v1/pages", b"{", "invalid_json"),
        ("POST", "/v1/pages", b'{"wrong": 1}', "validation_error"),
        ("POST", "/v1/pages", b'{"parent": {"workspace": true}}', "validation_error"),
        ("GET", "/v1/pages/not-an-id", b"", "validation_error"),
        ("GET", "/v1/users?page_size=101", b"", "validation_error"),
        ("GET", "/v1/users?start_cursor=x", b"", "validation_error"),
        ("GET", "/v1/nothing", b"", "invalid_request_url"),
    ],
)
def test_a_malformed_request_is_refused(
    http: httpx.Client, method: str, path: str, content: bytes, code: str
) -> None:
    answer = http.request(method, path, content=content)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_payload_over_500_kb_is_refused_but_a_person_may_write_a_long_story(
    http: httpx.Client, board: LocalWorkspace
) -> None:
    story = board.create_story("Long", "word " * 420_000)
    body = {"type": "replace_content", "replace_content": {"new_str": "x" * 500_001}}

    answer = http.patch(f"/v1/pages/{story['id']}/markdown", json=body)

    assert answer.json()["code"] == "validation_error"
    assert len(board.markdown(story["id"])) == 2_100_000


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (429, "rate_limited"),
        (500, "internal_server_error"),
        (503, "service_unavailable"),
        (529, "service_overload"),
    ],
)
def test_an_injected_fault_hits_the_next_matching_request_only(
    http: httpx.Client, board: LocalWorkspace, story: str, status: int, code: str
) -> None:
    board.fail_next(count=1, status=status, retry_after=3, path_contains="/markdown")

    untouched = http.get(f"/v1/pages/{story}")
    failed = http.get(f"/v1/pages/{story}/markdown")
    after = http.get(f"/v1/pages/{story}/markdown")

    assert (untouched.status_code, after.status_code) == (200, 200)
    assert (failed.status_code, failed.json()["code"]) == (status, code)
    assert failed.headers["retry-after"] == "3"


def test_a_lost_answer_has_taken_effect(
    http: httpx.Client, board: LocalWorkspace, story: str
) -> None:
    board.fail_next(status=503, method="POST", path_contains="/comments", lose_answer=True)
    body = {"parent": {"page_id": story}, "rich_text": [{"text": {"content": "hello"}}]}

    answer = http.post("/v1/comments", json=body)

    assert answer.status_code == 503
    assert [item["rich_text"][0]["plain_text"] for item in board.comments(story)] == ["hello"]


def test_only_loopback_host_names_are_served(http: httpx.Client) -> None:
    answer = http.get("/v1/users/me", headers={"Host": "attacker.example"})

    assert answer.status_code == 400


def test_a_local_door_says_what_is_wrong_with_its_body(http: httpx.Client) -> None:
    answer = http.post("/_local/faults", json={"status": 200})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BAD_BODY")
