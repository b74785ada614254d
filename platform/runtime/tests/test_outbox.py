"""From a committed row to the bus: the relay moves outbox rows and nothing else."""

import json
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import TypeSerializer

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event, new_event, utc_now
from switchboard.runtime.event_bus import EventBridgeBus, PublishError
from switchboard.runtime.outbox import OutboxRelay, outbox_row


def changed(page: str = "page-1") -> Event[ContentChangedV1]:
    data = ContentChangedV1(
        source_event_id="e1", shape="seed", page_id=page, workspace_id="ws", occurred_at=utc_now()
    )
    return new_event(data, service="ingress", correlation_id="c1")


def record(item: dict[str, Any], number: str, name: str = "INSERT") -> dict[str, Any]:
    image = {key: TypeSerializer().serialize(value) for key, value in item.items()}
    return {"eventName": name, "dynamodb": {"NewImage": image, "SequenceNumber": number}}


class Received:
    """A queue behind a rule that matches everything."""

    def __init__(self, session: boto3.Session) -> None:
        self.events = session.client("events")
        self.sqs = session.client("sqs")
        self.events.create_event_bus(Name="bus")
        self.url = self.sqs.create_queue(QueueName="all")["QueueUrl"]
        arn = "arn:aws:sqs:us-east-1:123456789012:all"
        self.events.put_rule(
            Name="all", EventBusName="bus", EventPattern='{"source":[{"prefix":""}]}'
        )
        self.events.put_targets(Rule="all", EventBusName="bus", Targets=[{"Id": "q", "Arn": arn}])

    def bodies(self) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


@pytest.fixture
def received(aws: boto3.Session) -> Received:
    return Received(aws)


def test_a_new_outbox_row_reaches_the_bus_as_the_event_it_holds(received: Received) -> None:
    event = changed()
    relay = OutboxRelay(EventBridgeBus(received.events, "bus"), "bus")

    answer = relay({"Records": [record(outbox_row(event), "1")]})

    assert answer == {"batchItemFailures": []}
    (body,) = received.bodies()
    assert (body["source"], body["detail-type"]) == ("switchboard.ingress", "ContentChanged.v1")
    assert body["detail"]["metadata"]["id"] == event.metadata.id


def test_rows_that_are_not_outbox_rows_or_not_new_are_left_alone(received: Received) -> None:
    row = outbox_row(changed())
    relay = OutboxRelay(EventBridgeBus(received.events, "bus"), "bus")

    relay({"Records": [record({**row, "sk": "STATE"}, "1"), record(row, "2", "MODIFY")]})

    assert received.bodies() == []


class RefusingBus(EventBridgeBus):
    """Takes `room` entries, then refuses."""

    def __init__(self, room: int) -> None:
        self.room = room

    def put(self, entries: Any) -> None:
        if not self.room:
            raise PublishError("1 of 1 events refused: ThrottlingException")
        self.room -= 1


def test_the_first_row_that_fails_is_reported_so_that_order_is_kept() -> None:
    relay = OutboxRelay(RefusingBus(room=1), "bus")
    rows = [record(outbox_row(changed(f"p{n}")), str(n)) for n in range(3)]

    answer = relay({"Records": rows})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}


class PartlyFailingClient:
    """PutEvents that answers 200 with one failed entry, as EventBridge does."""

    def put_events(self, **_: Any) -> dict[str, Any]:
        return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}


def test_a_partial_failure_of_the_bus_is_an_error() -> None:
    bus: Any = EventBridgeBus(PartlyFailingClient(), "bus")  # type: ignore[arg-type]

    with pytest.raises(PublishError, match="InternalFailure"):
        bus.publish(changed())


def test_a_row_used_as_a_claim_keeps_its_own_key_and_expires() -> None:
    event = changed()

    row = outbox_row(event, partition_key="RECEIPT#abc")

    assert (row["pk"], row["sk"]) == ("RECEIPT#abc", "OUTBOX")
    assert row["ttl"] > event.metadata.time.timestamp()
