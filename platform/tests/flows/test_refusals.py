"""Bad input at the door: each ends in a clear answer or reason, and nothing is done."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from switchboard.local.access import Access
from switchboard.local.bus import Tail
from switchboard.local.embedded import api_url
from switchboard.local.journey import Journey
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.notion.events import WORKSPACE_ID

Travel = Callable[..., Journey]
Comments = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def door(access: Access) -> str:
    """The webhook's address."""
    return f"{api_url(access.settings, access.parameter('ingress/api/url'))}/webhook/notion"


@pytest.fixture(scope="module")
def token(access: Access) -> str:
    """What both ends of the webhook know."""
    arn = access.parameter("ingress/webhook/secret-arn")
    value = access.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    return str(json.loads(value)["verification_token"])


def signed(body: bytes, token: str) -> dict[str, str]:
    digest = hmac.new(token.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Notion-Signature": f"sha256={digest}", "Content-Type": "application/json"}


def change(page_id: str, event_id: str = "e-1", workspace_id: str = WORKSPACE_ID) -> bytes:
    """The body the seed describes."""
    return json.dumps(
        {
            "type": "page.updated",
            "id": event_id,
            "page_id": page_id,
            "workspace_id": workspace_id,
            "properties_changed": ["Status"],
        }
    ).encode()


def requested(tail: Tail, page_id: str, batches: int = 3) -> list[dict[str, Any]]:
    """The requests for a page that pass on the bus in a few seconds."""
    seen = [event for _ in range(batches) for event in tail.batch()]
    return [
        event
        for event in seen
        if event["detail-type"] == "InvocationRequested.v1"
        and event["detail"]["data"]["notion_page_id"] == page_id
    ]


def outcomes(access: Access, page_id: str) -> list[dict[str, Any]]:
    """What ingress says became of a page's webhooks, newest first."""
    answer = access.call("ingress", "GET", f"/pages/{page_id}/outcomes")
    return list(answer["outcomes"])


@pytest.mark.requirement("ERR-02", "F")
@pytest.mark.requirement("ING-03", "E")
def test_a_wrong_signature_is_refused_with_its_code_and_remedy(
    door: str, board: LocalWorkspace
) -> None:
    body = change(str(board.create_story("Forged", "text")["id"]))

    answer = httpx.post(door, content=body, headers=signed(body, "a guess"))

    assert answer.status_code == 401
    error = answer.json()["error"]
    assert error["code"] == "INVALID_WEBHOOK"
    assert error["remediation"]


def test_a_true_webhook_of_another_workspace_is_refused(door: str, token: str) -> None:
    body = change("00000000-0000-4000-8000-00000000beef", "elsewhere", workspace_id="elsewhere")

    answer = httpx.post(door, content=body, headers=signed(body, token))

    assert answer.status_code == 401
    assert "platform/notion/workspace-id" in answer.json()["error"]["remediation"]


def test_a_handshake_is_refused_while_nobody_armed_it(door: str) -> None:
    answer = httpx.post(door, json={"verification_token": "secret_of_an_attacker"})

    assert answer.status_code == 401


def test_a_body_that_is_no_webhook_is_refused(door: str, token: str) -> None:
    for body in (b"{not json", b"[]", b'{"type": 7}'):
        answer = httpx.post(door, content=body, headers=signed(body, token))
        assert answer.status_code == 400, body
        assert answer.json()["error"]["remediation"]


def test_a_replayed_webhook_starts_nothing_a_second_time(
    travel: Travel, board: LocalWorkspace, tail: Tail, access: Access
) -> None:
    journey = travel("Replayed", trigger="Generate Prototype")
    for delivery in board.deliveries(journey.page_id):
        board.redeliver(delivery["id"])

    assert requested(tail, journey.page_id) == []
    listed = access.call("orchestrator", "GET", f"/project/{board.project_id}/invocations")
    assert [i["notion_page_id"] for i in listed["invocations"]].count(journey.page_id) == 1


def test_a_webhook_for_a_page_that_does_not_exist_leaves_its_reason(
    door: str, token: str, access: Access, tail: Tail
) -> None:
    page_id = "00000000-0000-4000-8000-00000000dead"
    body = change(page_id, "unknown-page")

    answer = httpx.post(door, content=body, headers=signed(body, token))
    assert requested(tail, page_id) == []

    assert answer.status_code == 200
    assert outcomes(access, page_id)[0]["code"] == "PAGE_NOT_FOUND"


def test_a_status_that_is_no_trigger_starts_nothing_and_leaves_its_reason(
    board: LocalWorkspace, access: Access, tail: Tail, comments: Comments
) -> None:
    page_id = str(board.create_story("Just moved", "text")["id"])
    board.set_status(page_id, "Done")

    assert requested(tail, page_id) == []
    assert outcomes(access, page_id)[0]["code"] == "UNKNOWN_TRIGGER"
    assert comments(page_id) == []


def test_a_story_without_text_is_refused_on_its_page(travel: Travel, comments: Comments) -> None:
    journey = travel("", "")

    assert journey.terminal_status == "rejected"
    assert journey.ended["code"] == "STORY_EMPTY"


def test_a_refusal_reaches_the_person_as_a_comment(
    travel: Travel, board: LocalWorkspace, eventually: Callable[..., None]
) -> None:
    journey = travel("", "")

    def said() -> bool:
        texts = [str(comment["rich_text"]) for comment in board.comments(journey.page_id)]
        return any("STORY_EMPTY" in text for text in texts)

    eventually(said)


def test_a_story_of_two_megabytes_is_refused_with_a_remedy(travel: Travel) -> None:
    journey = travel("Huge", "word " * 420_000)

    assert journey.terminal_status == "rejected"
    assert journey.ended["code"] == "STORY_TOO_LARGE"
    assert "plit" in journey.ended["remediation"]


@pytest.mark.requirement("ING-09", "U")
def test_a_story_too_large_for_the_bus_travels_as_a_claim_check(travel: Travel) -> None:
    body = "- The code SAVE10 takes 10 % off the order total\n" + "Background. " * 8_700

    journey = travel("Long background", body, "Generate Prototype")

    (asked,) = [e for e in journey.events if e["detail-type"] == "InvocationRequested.v1"]
    snapshot = asked["detail"]["data"]["page_snapshot"]
    assert "content_markdown" not in snapshot
    assert snapshot["content_ref"]["size_bytes"] > 100_000
    assert journey.terminal_status == "completed", journey.ended


def test_a_page_of_no_configured_project_is_refused_on_its_page(
    board: LocalWorkspace, tail: Tail, eventually: Callable[..., None]
) -> None:
    page_id = str(foreign_story(board)["id"])

    eventually(lambda: "UNKNOWN_PROJECT" in str(board.comments(page_id)))

    assert requested(tail, page_id, batches=1) == []


def foreign_story(board: LocalWorkspace) -> dict[str, Any]:
    """A story in a database of its own that no project names."""
    workspace = board.workspace
    made = board.http.post(
        "/v1/databases",
        headers={
            "Authorization": f"Bearer {workspace.token}",
            "Notion-Version": "2026-03-11",
        },
        json={
            "parent": {"type": "page_id", "page_id": workspace.project_page_id},
            "title": [{"text": {"content": "Somebody's board"}}],
            "initial_data_source": {
                "properties": {
                    "Name": {"title": {}},
                    "Status": {"status": {"options": [{"name": "Generate Code"}]}},
                }
            },
        },
    ).json()
    source = made["data_sources"][0]["id"]
    page = board._door(
        "pages",
        {
            "user_id": workspace.people["ada"],
            "parent": {"data_source_id": source},
            "properties": {"Name": {"title": [{"text": {"content": "Foreign"}}]}},
            "markdown": "Some text",
        },
    )
    board.set_status(str(page["id"]), "Generate Code")
    return page
