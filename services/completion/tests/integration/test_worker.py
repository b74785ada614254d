"""The whole Lambda on moto, with Notion behind a real socket."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from threading import Thread
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from switchboard.completion import handler
from switchboard.completion.adapters.dynamodb import DynamoProjects
from switchboard.completion.domain.model import Project
from switchboard.completion.settings import Settings
from switchboard.events.envelope import Event

STORY = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"
DASHBOARD = "1f2e3d4c-5b6a-4798-8f7e-6d5c4b3a2918"
PARENT = "01KGM2T5D0J8Z6Q4XW9R3V7B1C"
Make = Callable[..., Event[Any]]


class Context(LambdaContext):
    """What Lambda hands to a function."""

    def __init__(self) -> None:
        self._function_name = "completion"
        self._memory_limit_in_mb = 512
        self._invoked_function_arn = "arn:aws:lambda:us-east-1:111122223333:function:completion"
        self._aws_request_id = "request-1"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 20_000  # five seconds for waiting, the rest is the worker's own reserve


@pytest.fixture
def notion_url(double: Any) -> Iterator[str]:
    class Door(BaseHTTPRequestHandler):
        def answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            url = f"http://notion{self.path}"
            status, headers, body = double.answer(self.command, url, dict(self.headers), raw)
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = answer  # noqa: N815 - http.server calls them so

        def log_message(self, *args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Deployed:
    """The function's world: what it got, what it left."""

    aws: boto3.Session
    double: Any
    queue_url: str
    dlq_url: str

    def receive(self, event: Event[Any] | str, count: int = 1) -> dict[str, Any]:
        """Hand one message to the function, as the event source mapping does."""
        body = event
        if not isinstance(body, str):
            body = json.dumps(
                {"detail-type": event.detail_type, "detail": json.loads(event.detail())}
            )
        sqs = self.aws.client("sqs")
        sqs.send_message(QueueUrl=self.queue_url, MessageBody=body)
        (message,) = sqs.receive_message(QueueUrl=self.queue_url)["Messages"]
        record = {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": {"ApproximateReceiveCount": str(count)},
        }
        return handler.worker({"Records": [record]}, Context())

    def outbox(self, detail_type: str) -> list[dict[str, Any]]:
        rows: Any = self.aws.resource("dynamodb").Table("completion").scan()["Items"]
        return [
            json.loads(r["detail"])["data"] for r in rows if r.get("detail_type") == detail_type
        ]

    def buried(self) -> list[str]:
        answer = self.aws.client("sqs").receive_message(
            QueueUrl=self.dlq_url, MaxNumberOfMessages=10, MessageAttributeNames=["reason"]
        )
        return [
            message["MessageAttributes"]["reason"]["StringValue"]
            for message in answer.get("Messages", [])
        ]


@pytest.fixture
def deployed(
    aws: boto3.Session,
    double: Any,
    notion_url: str,
    monkeypatch: pytest.MonkeyPatch,
    project: Callable[..., Project],
) -> Iterator[Deployed]:
    table = aws.resource("dynamodb").create_table(
        TableName="completion",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
    )
    DynamoProjects(table).put(project())
    sqs = aws.client("sqs")
    environment = {
        "TABLE_NAME": "completion",
        "CONTENT_BUCKET": "content",
        "NOTION_API_URL": notion_url,
        "NOTION_TOKEN_SECRET_ARN": aws.client("secretsmanager").create_secret(
            Name="notion", SecretString='{"token": "token-1"}'
        )["ARN"],
        "QUEUE_URL": sqs.create_queue(QueueName="inbox")["QueueUrl"],
        "DLQ_URL": sqs.create_queue(QueueName="dlq")["QueueUrl"],
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    seed(double)
    handler._warm.cache_clear()
    yield Deployed(aws, double, environment["QUEUE_URL"], environment["DLQ_URL"])
    handler._warm().close()
    handler._warm.cache_clear()


def seed(double: Any) -> None:
    double.statuses = {"Prototype Ready", "Failed"}
    double.sources[DASHBOARD] = {"Name": "title", "Invocation": "rich_text", "Status": "select"}
    double.bodies[STORY] = "As a shopper I want to enter a code."
    double.pages[STORY] = {
        "id": STORY,
        "url": f"https://www.notion.so/{STORY}",
        "in_trash": False,
        "properties": {
            "Name": {"type": "title", "title": [{"plain_text": "Apply discount codes"}]},
            "Status": {"type": "status", "status": {"name": "Generate Prototype"}},
            "Last Result": {"type": "rich_text", "rich_text": []},
        },
    }


@pytest.mark.requirement("CMP-08", "F")
@pytest.mark.requirement("CMP-10", "F")
def test_a_terminal_event_delivered_twice_is_on_the_board_once_and_goes_on_once(
    deployed: Deployed, ended: Make
) -> None:
    event = ended()

    answers = [deployed.receive(event), deployed.receive(event)]

    assert answers == [{"batchItemFailures": []}] * 2
    assert len(deployed.double.rows(DASHBOARD)) == 1
    assert len(deployed.double.comments) == 1
    story = deployed.double.pages[STORY]["properties"]
    assert story["Status"]["status"]["name"] == "Prototype Ready"
    (request,) = deployed.outbox("InvocationRequested.v1")
    assert request["parent_artifacts"][0]["type"] == "prototype"
    (delivered,) = deployed.outbox("InvocationDelivered.v1")
    assert delivered["next_invocation_id"] == request["invocation_id"]


def test_a_start_and_its_end_share_one_row(deployed: Deployed, started: Make, ended: Make) -> None:
    deployed.receive(started())
    deployed.receive(ended())

    (row,) = deployed.double.rows(DASHBOARD)
    assert row["properties"]["Status"]["select"]["name"] == "completed"


@pytest.mark.requirement("ERR-02", "F")
@pytest.mark.requirement("CMP-09", "F")
def test_a_notion_that_stays_away_ends_in_the_dead_letter_queue_and_in_delivery_failed(
    deployed: Deployed, ended: Make
) -> None:
    deployed.double.troubles = [(401, {})] * 4
    event = ended()

    answers = [deployed.receive(event, count) for count in (1, 2, 3)]
    too_early = deployed.outbox("DeliveryFailed.v1") + deployed.buried()
    last = deployed.receive(event, 4)

    assert [len(answer["batchItemFailures"]) for answer in answers] == [1, 1, 1]
    assert (too_early, last) == ([], {"batchItemFailures": []})
    (reason,) = deployed.buried()
    assert "BoardUnavailableError" in reason
    (failed,) = deployed.outbox("DeliveryFailed.v1")
    assert failed["error"]["code"] == "DELIVERY_FAILED"
    assert deployed.outbox("InvocationDelivered.v1") == []


@pytest.mark.requirement("CMP-09", "F")
def test_a_result_of_a_project_that_never_gets_configured_is_a_failed_delivery(
    deployed: Deployed, ended: Make
) -> None:
    deployed.receive(ended(project_id="elsewhere"), count=4)

    (failed,) = deployed.outbox("DeliveryFailed.v1")
    assert "project elsewhere is not configured" in failed["error"]["message"]


def test_a_start_that_fails_to_the_end_is_buried_without_failing_the_delivery(
    deployed: Deployed, started: Make
) -> None:
    deployed.receive(started(project_id="elsewhere"), count=4)

    assert len(deployed.buried()) == 1
    assert deployed.outbox("DeliveryFailed.v1") == []


def test_waiting_for_notion_ends_in_time_to_write_down_the_failure(
    deployed: Deployed, ended: Make
) -> None:
    deployed.double.troubles = [(429, {"Retry-After": "60"})]

    answer = deployed.receive(ended())

    assert len(answer["batchItemFailures"]) == 1
    assert len(deployed.double.requests) == 1


def test_a_message_that_is_no_event_goes_to_the_dead_letter_queue(deployed: Deployed) -> None:
    assert deployed.receive("{}") == {"batchItemFailures": []}

    assert len(deployed.buried()) == 1


@pytest.mark.requirement("ERR-10", "U")
def test_every_log_line_is_json_and_carries_the_invocation(
    deployed: Deployed, ended: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.double.troubles = [(503, {"Retry-After": "0"})]
    written = StringIO()
    monkeypatch.setattr(handler.logger.registered_handler, "stream", written)

    event = ended()

    deployed.receive(event)

    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert {line["invocation_id"] for line in lines} == {PARENT}
    assert {line["correlation_id"] for line in lines} == {event.metadata.correlation_id}
    levels = [(line["level"], line["message"]) for line in lines]
    assert levels == [("WARNING", "notion call retried"), ("INFO", "event handled")]


def test_a_missing_variable_is_named_at_cold_start() -> None:
    with pytest.raises(ValueError, match="NOTION_API_URL"):
        Settings.from_env({})
