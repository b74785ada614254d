"""The three functions as AWS calls them: flow step, ticket events, contact events."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from switchboard.events.envelope import Event
from switchboard.voice import handler
from switchboard.voice.adapters.contact_flow import SECONDS, NotCommittedError
from switchboard.voice.settings import DeskSettings, QueueSettings

Make = Callable[..., Event[Any]]
Step = Callable[..., dict[str, Any]]
Body = Callable[..., str]
CONTACT = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"
INSTANCE = "aaaaaaaa-0000-4000-8000-000000000001"
IDS = "bbbbbbbb-0000-4000-8000-000000000002/cccccccc-0000-4000-8000-000000000003"
SESSION = f"arn:aws:wisdom:us-east-1:111122223333:session/{IDS}"


@dataclass
class Deployed:
    """The functions with their table, queues and Connect."""

    aws: boto3.Session
    table: Any
    double: Any
    queue_url: str
    dlq_url: str

    def queue(self, function: Callable[..., Any], body: str, count: int = 1) -> dict[str, Any]:
        """One message, received for the `count`-th time."""
        sqs = self.aws.client("sqs")
        sqs.send_message(QueueUrl=self.queue_url, MessageBody=body)
        (message,) = sqs.receive_message(QueueUrl=self.queue_url)["Messages"]
        record = {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": {"ApproximateReceiveCount": str(count)},
        }
        answer: dict[str, Any] = function({"Records": [record]}, None)
        return answer

    def learn(self, *events: Event[Any]) -> None:
        for event in events:
            content = {"detail-type": event.detail_type, "detail": json.loads(event.detail())}
            assert self.queue(handler.tickets, json.dumps(content)) == {"batchItemFailures": []}

    def outbox(self, detail_type: str) -> list[dict[str, Any]]:
        rows = [row for row in self.table.scan()["Items"] if row["sk"] == "OUTBOX"]
        return [json.loads(r["detail"]) for r in rows if r["detail_type"] == detail_type]

    def buried(self) -> list[str]:
        answer = self.aws.client("sqs").receive_message(
            QueueUrl=self.dlq_url, MaxNumberOfMessages=10, MessageAttributeNames=["reason"]
        )
        return [m["MessageAttributes"]["reason"]["StringValue"] for m in answer.get("Messages", [])]


@pytest.fixture
def deployed(
    aws: boto3.Session, table: Any, double: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployed]:
    sqs = aws.client("sqs")
    environment = {
        "TABLE_NAME": "voice",
        "CONNECT_INSTANCE_ID": INSTANCE,
        "QUEUE_URL": sqs.create_queue(QueueName="inbox")["QueueUrl"],
        "DLQ_URL": sqs.create_queue(QueueName="dlq")["QueueUrl"],
        "AWS_ENDPOINT_URL_CONNECT": double.url,
        "AWS_ENDPOINT_URL_QCONNECT": double.url,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for name in SECONDS:  # a caller's patience is tested with a clock of its own, not here
        monkeypatch.setitem(SECONDS, name, 60.0)
    double.sessions = {IDS}
    double.session_of = {CONTACT: SESSION}
    forget()
    yield Deployed(aws, table, double, environment["QUEUE_URL"], environment["DLQ_URL"])
    forget()


def forget() -> None:
    for warm in (handler._desk, handler._tickets, handler._contacts):
        warm.cache_clear()


def test_a_call_from_the_first_step_to_its_end(
    deployed: Deployed, step: Step, opened: Make, moved: Make, contact_event: Body
) -> None:
    deployed.learn(opened(contact_id=None), moved())

    greeted = handler.desk(step("open_session", sessionArn=SESSION), None)
    status = handler.desk(step("ticket_status", number="13"), None)
    recorded = handler.desk(step("record_escalation", reason="asked_for_person"), None)
    handler.desk(step("end_call", outcome="escalated"), None)
    deployed.queue(handler.contacts, contact_event("DISCONNECTED", 240))

    assert "A fix is ready and in review." in greeted["greeting"]
    assert deployed.double.data[IDS]["openTickets"].startswith("INC0000013")
    assert (status["found"], recorded["recorded"]) == ("true", "true")
    (escalated,) = deployed.outbox("CallEscalated.v1")
    (ended,) = deployed.outbox("CallEnded.v1")
    assert ended["data"]["outcome"] == "escalated"
    assert {e["metadata"]["correlation_id"] for e in (escalated, ended)} == {CONTACT}


def test_without_a_session_arn_connect_is_asked_for_it(deployed: Deployed, step: Step) -> None:
    answer = handler.desk(step("open_session"), None)

    assert answer["pushed"] == "true"
    assert deployed.double.requests[0] == f"GET /contacts/{INSTANCE}/{CONTACT}"


def test_a_connect_that_throttles_is_asked_again_within_the_step(
    deployed: Deployed, step: Step
) -> None:
    deployed.double.troubles = [(429, "ThrottlingException")] * 2

    answer = handler.desk(step("open_session", sessionArn=SESSION), None)

    assert answer["pushed"] == "true"
    assert len(deployed.double.requests) == 3


def test_a_table_that_is_gone_takes_the_error_branch_for_a_hand_off_and_answers_the_rest(
    deployed: Deployed, step: Step
) -> None:
    deployed.table.delete()

    status = handler.desk(step("ticket_status", number="13"), None)
    greeted = handler.desk(step("open_session", sessionArn=SESSION), None)
    with pytest.raises(NotCommittedError, match="ResourceNotFoundException"):
        handler.desk(step("record_escalation", reason="silence"), None)

    assert (status["error"], status["found"]) == ("UNAVAILABLE", "false")
    assert (greeted["pushed"], deployed.double.data[IDS]["openTickets"]) == ("true", "none")


def test_the_end_of_a_call_delivered_in_any_order_and_twice_is_published_once(
    deployed: Deployed, contact_event: Body
) -> None:
    bodies = [
        contact_event("COMPLETED", 241),
        contact_event("INITIATED"),
        contact_event("DISCONNECTED", 240),
    ]

    for body in [*bodies, *bodies]:
        assert deployed.queue(handler.contacts, body) == {"batchItemFailures": []}

    (ended,) = deployed.outbox("CallEnded.v1")
    assert (ended["data"]["seconds"], ended["data"]["outcome"]) == (240.0, "unreached")


def test_a_contact_event_that_makes_no_sense_is_buried_with_its_reason_and_holds_up_nobody(
    deployed: Deployed, contact_event: Body
) -> None:
    answers = [
        deployed.queue(handler.contacts, body)
        for body in ("{", '{"detail": {}}', contact_event("COMPLETED", contactId=""))
    ]
    deployed.queue(handler.contacts, contact_event("COMPLETED", 240))

    assert answers == [{"batchItemFailures": []}] * 3
    reasons = sorted(deployed.buried())
    assert [reason.split(":")[0] for reason in reasons] == ["MalformedEventError"] * 3
    assert "detail.contactId" in reasons[0]
    assert len(deployed.outbox("CallEnded.v1")) == 1


def test_a_table_that_fails_has_the_contact_event_delivered_again_and_at_last_buried(
    deployed: Deployed, contact_event: Body
) -> None:
    deployed.table.delete()
    body = contact_event("DISCONNECTED", 240)

    answers = [deployed.queue(handler.contacts, body, count) for count in (1, 2, 3, 4)]

    assert [len(answer["batchItemFailures"]) for answer in answers] == [1, 1, 1, 0]
    (reason,) = deployed.buried()
    assert reason.startswith("UnavailableError: DynamoDB answered ResourceNotFoundException")


def test_an_event_that_is_not_voices_ends_in_the_dead_letter_queue(deployed: Deployed) -> None:
    deployed.queue(handler.tickets, json.dumps({"detail-type": "CallEnded.v1", "detail": {}}))

    (reason,) = deployed.buried()
    assert reason.startswith("MalformedEventError")


@pytest.mark.parametrize("settings", [DeskSettings, QueueSettings])
def test_a_function_without_its_environment_names_everything_that_is_missing(
    settings: type[DeskSettings] | type[QueueSettings],
) -> None:
    with pytest.raises(ValueError, match="TABLE_NAME") as error:
        settings.from_env({})

    assert all(name in str(error.value) for name in settings.model_fields)
