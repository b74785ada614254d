"""The deployed worker: a message of its queue in, Notion read, one transaction out."""

import json
from typing import Any

import pytest

from switchboard.events.catalogue import parse_event
from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event, new_event, utc_now
from switchboard.ingress import handler


def batch(make: Any, page_id: str, source_event_id: str, *, received: int = 1) -> dict[str, Any]:
    """One SQS record holding the event as the rule hands it over."""
    data = ContentChangedV1(
        source_event_id=source_event_id,
        shape="notion",
        page_id=page_id,
        workspace_id=make.workspace,
        authors=[make.person],
        occurred_at=utc_now(),
    )
    event = new_event(
        data, service="ingress", correlation_id="corr", event_id=f"id-{source_event_id}"
    )
    message = {"detail-type": event.detail_type, "detail": json.loads(event.detail())}
    return record(json.dumps(message), received)


def record(body: str, received: int, handle: str = "handle") -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": "m1",
                "receiptHandle": handle,
                "body": body,
                "attributes": {"ApproximateReceiveCount": str(received)},
            }
        ]
    }


def telling(event: Event[Any]) -> dict[str, Any]:
    """One SQS record with any event."""
    message = {"detail-type": event.detail_type, "detail": json.loads(event.detail())}
    return record(json.dumps(message), 1)


@pytest.fixture
def board(account: Any, notion: Any, make: Any) -> Any:
    """A workspace with a configured project and a story that asks for code."""
    notion.pages = {make.config_page: make.config(), make.page: make.story()}
    notion.bodies = {make.page: "As a PM I see a preview."}
    handler.worker(batch(make, make.config_page, "config-1"), None)
    return account


def outcomes(make: Any) -> list[dict[str, Any]]:
    answer = handler.outcomes({"pathParameters": {"page_id": make.page}}, None)
    listed: list[dict[str, Any]] = json.loads(answer["body"])["outcomes"]
    return listed


def test_a_configuration_page_is_stored_and_published(board: Any) -> None:
    (detail,) = board.outbox("ProjectConfigured.v1")

    assert detail["data"]["project_id"] == "proj-demo"
    assert detail["data"]["cost_limit_per_invocation"] == "1.5"
    assert "PROJECT#proj-demo" in {row["pk"] for row in board.rows()}


@pytest.mark.requirement("ING-04", "U")
@pytest.mark.requirement("ING-06", "U")
def test_a_story_is_read_from_notion_and_asks_for_its_agent(board: Any, make: Any) -> None:
    assert handler.worker(batch(make, make.page, "s1"), None) == {"batchItemFailures": []}

    (detail,) = board.outbox("InvocationRequested.v1")
    assert detail["data"]["agent_type"] == "code"
    assert detail["data"]["page_snapshot"]["content_markdown"] == "As a PM I see a preview."
    assert detail["data"]["invocation_id"] == "id-s1"
    (outcome,) = outcomes(make)
    assert (outcome["code"], outcome["invocation_id"]) == ("INVOCATION_REQUESTED", "id-s1")


@pytest.mark.requirement("ING-11", "F")
@pytest.mark.requirement("ING-21", "F")
def test_repeated_messages_and_a_second_event_of_the_edit_are_one_invocation(
    board: Any, make: Any
) -> None:
    for source_event_id in ("s1", "s1", "s2", "s1"):
        answer = handler.worker(batch(make, make.page, source_event_id), None)
        assert answer == {"batchItemFailures": []}

    assert len(board.outbox("InvocationRequested.v1")) == 1
    assert [item["code"] for item in outcomes(make)] == ["DUPLICATE", "INVOCATION_REQUESTED"]


@pytest.mark.requirement("ING-09", "U")
def test_a_large_body_lies_in_the_content_bucket(board: Any, notion: Any, make: Any) -> None:
    notion.bodies[make.page] = "x" * 150_000

    handler.worker(batch(make, make.page, "s1"), None)

    (detail,) = board.outbox("InvocationRequested.v1")
    ref = detail["data"]["page_snapshot"]["content_ref"]
    stored = board.session.client("s3").get_object(Bucket="content", Key=ref["key"])
    assert stored["Body"].read() == b"x" * 150_000


@pytest.mark.requirement("ING-08", "U")
def test_the_reason_of_an_unknown_trigger_can_be_asked_for(
    board: Any, notion: Any, make: Any
) -> None:
    notion.pages[make.page] = make.story("Discussed")

    handler.worker(batch(make, make.page, "s1"), None)

    (outcome,) = outcomes(make)
    assert outcome["code"] == "UNKNOWN_TRIGGER"
    assert "Generate Code" in outcome["remediation"]


@pytest.mark.requirement("ERR-04", "F")
def test_a_notion_that_stays_down_hides_the_message_30_60_120_seconds_and_then_buries_it(
    board: Any, notion: Any, make: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs = board.session.client("sqs")
    body = batch(make, make.page, "s1")["Records"][0]["body"]
    hidden = []

    def hide(params: dict[str, Any], **_: Any) -> None:
        hidden.append(params["VisibilityTimeout"])

    handler._worker.cache_clear()
    consumer = handler._worker()
    client: Any = consumer._visibility._client  # type: ignore[attr-defined]
    client.meta.events.register("provide-client-params.sqs.ChangeMessageVisibility", hide)
    for received in (1, 2, 3, 4):
        sqs.send_message(QueueUrl=board.queue_url, MessageBody=body)
        (message,) = sqs.receive_message(QueueUrl=board.queue_url)["Messages"]
        notion.failures = [403]
        answer = consumer(record(body, received, message["ReceiptHandle"]))
        retried = answer["batchItemFailures"] == [{"itemIdentifier": "m1"}]
        assert retried == (received < 4)

    assert hidden == [30, 60, 120]
    (dead,) = sqs.receive_message(QueueUrl=board.dlq_url, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(dead["Body"])["detail-type"] == "ContentChanged.v1"
    assert "NotionUnavailableError" in dead["MessageAttributes"]["reason"]["StringValue"]
    assert board.outbox("InvocationRequested.v1") == []


@pytest.fixture
def desk(board: Any, notion: Any, make: Any) -> Any:
    """The same workspace, whose project takes defects and starts work on them."""
    notion.pages[make.config_page] = make.config(**{"Defect Status": make.rich("Generate Code")})
    handler.worker(batch(make, make.config_page, "config-2"), None)
    return board


def test_a_ticket_becomes_a_story_and_the_story_an_invocation_of_the_same_flow(
    desk: Any, notion: Any, make: Any
) -> None:
    for _ in range(2):
        assert handler.worker(telling(make.ticket()), None) == {"batchItemFailures": []}

    (page,) = notion.made
    (created,) = desk.outbox("StoryCreated.v1")
    assert created["data"]["notion_page_id"] == page["id"]
    assert created["metadata"]["correlation_id"] == make.call
    (changed,) = desk.outbox("ContentChanged.v1")
    handler.worker(telling(parse_event("ContentChanged.v1", changed)), None)
    (requested,) = desk.outbox("InvocationRequested.v1")
    assert requested["data"]["notion_page_id"] == page["id"]
    assert requested["data"]["invocation_id"] == changed["metadata"]["id"]
    assert requested["metadata"]["correlation_id"] == make.call
    assert "SAVE10" in requested["data"]["page_snapshot"]["content_markdown"]


def test_a_person_s_trigger_on_the_story_is_looked_up_in_the_table(
    desk: Any, notion: Any, make: Any
) -> None:
    handler.worker(telling(make.ticket()), None)
    (page,) = notion.made

    handler.worker(batch(make, page["id"], "by-a-person"), None)

    (requested,) = desk.outbox("InvocationRequested.v1")
    assert requested["metadata"]["correlation_id"] == make.call
    assert requested["data"]["requested_by"] == [make.person]


def test_a_ticket_that_no_project_takes_is_explained_under_its_number(
    board: Any, make: Any
) -> None:
    assert handler.worker(telling(make.ticket()), None) == {"batchItemFailures": []}

    answer = handler.outcomes({"pathParameters": {"page_id": make.ticket_id}}, None)
    (outcome,) = json.loads(answer["body"])["outcomes"]
    assert (outcome["code"], outcome["correlation_id"]) == ("NO_PROJECT", make.call)
    assert "Defect Status" in outcome["remediation"]


def test_a_ticket_waits_for_a_notion_that_is_down(desk: Any, notion: Any, make: Any) -> None:
    sqs = desk.session.client("sqs")
    body = telling(make.ticket())["Records"][0]["body"]
    sqs.send_message(QueueUrl=desk.queue_url, MessageBody=body)
    (message,) = sqs.receive_message(QueueUrl=desk.queue_url)["Messages"]
    notion.failures = [403]

    answer = handler.worker(record(body, 1, message["ReceiptHandle"]), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert handler.worker(record(body, 2, message["ReceiptHandle"]), None) == {
        "batchItemFailures": []
    }

    assert len(notion.made) == len(desk.outbox("StoryCreated.v1")) == 1


def test_a_page_that_is_gone_is_settled_at_once(board: Any, notion: Any, make: Any) -> None:
    del notion.pages[make.page]

    assert handler.worker(batch(make, make.page, "s1"), None) == {"batchItemFailures": []}
    assert [item["code"] for item in outcomes(make)] == ["PAGE_NOT_FOUND"]
