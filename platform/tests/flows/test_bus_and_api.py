"""Flows entered in the middle: by an event, a malformed event, or the invocation API."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from switchboard.events.catalogue import parse_event
from switchboard.events.envelope import new_id
from switchboard.events.released import Releases
from switchboard.local.access import Access, ApiError
from switchboard.local.bus import LocalBus, Tail
from switchboard.local.checkout import EVENTS
from switchboard.local.journey import TERMINAL
from switchboard.local.notion.client import LocalWorkspace

Eventually = Callable[..., None]


def dead_letters(access: Access) -> list[dict[str, Any]]:
    """What lies in the services' dead-letter queues, without taking it out."""
    found: list[dict[str, Any]] = []
    for url in access.queues.list_queues().get("QueueUrls", []):
        if "InboxDlq" in url:
            answer = access.queues.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                VisibilityTimeout=0,
                MessageAttributeNames=["All"],
            )
            found += [dict(message) for message in answer.get("Messages", [])]
    return found


def reasons(access: Access, marker: str) -> list[str]:
    return [
        message["MessageAttributes"]["reason"]["StringValue"]
        for message in dead_letters(access)
        if marker in message["Body"]
    ]


def test_a_malformed_event_ends_in_the_dlq_with_its_reason(
    bus: LocalBus, access: Access, eventually: Eventually
) -> None:
    marker = new_id()
    detail = {"metadata": {"id": marker}, "data": {"invocation_id": 7}}

    bus.put("ingress", "InvocationRequested.v1", detail)

    eventually(lambda: bool(reasons(access, marker)))
    assert "MalformedEventError" in reasons(access, marker)[0]


@pytest.mark.requirement("CARD-10", "E")
def test_any_flow_can_be_entered_by_publishing_its_event(
    bus: LocalBus, tail: Tail, board: LocalWorkspace
) -> None:
    page = board.create_story("From the bus", "- The code SAVE10 takes 10 % off")
    detail = Releases(EVENTS).sample("InvocationRequested.v1")
    invocation = new_id()
    detail["metadata"] |= {"id": new_id(), "correlation_id": invocation}
    detail["data"] |= {
        "invocation_id": invocation,
        "notion_page_id": str(page["id"]),
        "agent_type": "mock",
    }

    bus.publish(parse_event("InvocationRequested.v1", detail))

    assert last_status(tail, invocation) == "completed"


def last_status(tail: Tail, invocation: str, batches: int = 60) -> str:
    """The terminal status of an invocation, once it passes on the bus."""
    for _ in range(batches):
        for event in tail.batch():
            data = event["detail"]["data"]
            if data.get("invocation_id") == invocation and data.get("status") in TERMINAL:
                return str(data["status"])
    return ""


@pytest.mark.requirement("ING-14", "E")
@pytest.mark.requirement("ING-15", "E")
def test_an_invocation_asked_for_by_the_api_is_queued_at_once_and_runs(
    access: Access, board: LocalWorkspace, tail: Tail
) -> None:
    page = board.create_story("By the API", "- The code SAVE10 takes 10 % off")
    body = {
        "project_id": board.project_id,
        "trigger_value": "Generate Prototype",
        "notion_page_id": str(page["id"]),
        "title": "By the API",
        "content_markdown": "- The code SAVE10 takes 10 % off",
        "idempotency_key": new_id(),
    }

    first = access.call("orchestrator", "POST", "/invoke", body)
    known = access.call("orchestrator", "GET", f"/invocation/{first['invocation_id']}")
    second = access.call("orchestrator", "POST", "/invoke", body)

    assert first["status"] == "queued"
    assert known["status"] in {"queued", "running"}
    assert second["invocation_id"] == first["invocation_id"]
    assert last_status(tail, first["invocation_id"]) == "completed"


@pytest.mark.requirement("ERR-02", "F")
@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"trigger_value": "Make Coffee"}, 400, "UNKNOWN_TRIGGER"),
        ({"project_id": "proj-nowhere"}, 404, "UNKNOWN_PROJECT"),
    ],
)
def test_a_wrong_request_gets_a_code_a_message_and_a_remedy(
    access: Access, board: LocalWorkspace, change: dict[str, str], status: int, code: str
) -> None:
    body = {
        "project_id": board.project_id,
        "trigger_value": "Generate Code",
        "notion_page_id": "p",
        "title": "t",
        "content_markdown": "text",
        **change,
    }

    with pytest.raises(ApiError) as refused:
        access.call("orchestrator", "POST", "/invoke", body)

    assert refused.value.status == status
    assert refused.value.body["error"]["code"] == code
    assert refused.value.body["error"]["remediation"]


def test_an_unknown_invocation_is_not_found(access: Access) -> None:
    with pytest.raises(ApiError) as refused:
        access.call("orchestrator", "GET", f"/invocation/{new_id()}")

    assert refused.value.status == 404
    assert json.dumps(refused.value.body["error"]["remediation"])
