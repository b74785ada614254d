"""Every event of a flow is kept once, in order, under its correlation id."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import new_event
from switchboard.runtime import flow_journal
from switchboard.runtime.flow_journal import FlowTable, journal
from switchboard.runtime.log import service_logger

MOMENT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


class Buried:
    """Visibility in memory."""

    def __init__(self) -> None:
        self.hidden: list[int] = []
        self.reasons: list[str] = []

    def hide(self, receipt_handle: str, seconds: int) -> None:
        self.hidden.append(seconds)

    def bury(self, body: str, reason: str) -> None:
        self.reasons.append(reason)


@pytest.fixture
def client(aws: boto3.Session) -> Any:
    client = aws.client("dynamodb")
    client.create_table(
        TableName="flows",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


@pytest.fixture
def buried() -> Buried:
    return Buried()


@pytest.fixture
def keep(client: Any, buried: Buried) -> Any:
    return journal(FlowTable(client, "flows"), buried, service_logger("test"))


def _message(event_id: str, after: timedelta = timedelta(), **changes: Any) -> dict[str, Any]:
    data = ContentChangedV1(
        source_event_id="e", shape="seed", page_id="p", workspace_id="w", occurred_at=MOMENT
    )
    event = new_event(
        data,
        service="ingress",
        correlation_id="call-1",
        event_id=event_id,
        clock=lambda: MOMENT + after,
    )
    body = {
        "source": event.source,
        "detail-type": event.detail_type,
        "detail": json.loads(event.detail()),
        **changes,
    }
    return {
        "messageId": event_id,
        "receiptHandle": event_id,
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1"},
    }


def _flow(client: Any, correlation_id: str) -> list[dict[str, Any]]:
    """The items of a flow as `explain` reads them: by key, oldest first."""
    items: list[dict[str, Any]] = client.query(
        TableName="flows",
        KeyConditionExpression="pk = :flow",
        ExpressionAttributeValues={":flow": {"S": f"FLOW#{correlation_id}"}},
    )["Items"]
    return items


def test_events_of_a_flow_are_found_in_the_order_in_which_they_happened(
    keep: Any, client: Any
) -> None:
    later, first = _message("E2", timedelta(milliseconds=1)), _message("E1")

    answer = keep({"Records": [later, first]})

    items = _flow(client, "call-1")
    assert answer == {"batchItemFailures": []}
    assert [json.loads(item["detail"]["S"])["metadata"]["id"] for item in items] == ["E1", "E2"]
    assert items[0]["sk"]["S"] == "2026-11-21T10:00:00.000000+00:00#E1"
    assert items[0]["detail_type"]["S"] == "ContentChanged.v1"
    assert items[0]["source"]["S"] == "switchboard.ingress"


def test_an_event_that_comes_twice_is_kept_once(keep: Any, client: Any) -> None:
    keep({"Records": [_message("E1"), _message("E1")]})
    keep({"Records": [_message("E1")]})

    assert len(_flow(client, "call-1")) == 1


def test_an_entry_is_forgotten_ninety_days_after_its_event(keep: Any, client: Any) -> None:
    keep({"Records": [_message("E1")]})

    (item,) = _flow(client, "call-1")
    assert int(item["ttl"]["N"]) == (MOMENT + timedelta(days=90)).timestamp()


def test_an_event_of_a_version_nobody_knows_here_is_kept_as_it_is(keep: Any, client: Any) -> None:
    message = _message("E1", **{"detail-type": "SomethingNew.v7"})

    keep({"Records": [message]})

    (item,) = _flow(client, "call-1")
    assert item["detail_type"]["S"] == "SomethingNew.v7"
    assert json.loads(item["detail"]["S"]) == json.loads(message["body"])["detail"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{not json", "JSONDecodeError"),
        ('"just text"', "TypeError"),
        ('{"detail": {}}', "KeyError"),
        ('{"detail": {"metadata": {"id": "E1"}}}', "MalformedEventError: metadata: correlation_id"),
        ('{"detail": {"metadata": 1}}', "MalformedEventError: metadata: no object"),
    ],
)
def test_what_is_no_event_is_buried_with_its_reason_and_holds_nothing_up(
    keep: Any, client: Any, buried: Buried, body: str, reason: str
) -> None:
    bad = {**_message("E0"), "body": body}

    answer = keep({"Records": [bad, _message("E1")]})

    assert answer == {"batchItemFailures": []}
    assert buried.reasons[0].startswith(reason)
    assert len(_flow(client, "call-1")) == 1


def test_a_table_that_does_not_take_an_event_gets_it_again_later(
    aws: boto3.Session, buried: Buried
) -> None:
    nowhere = journal(FlowTable(aws.client("dynamodb"), "none"), buried, service_logger("test"))

    answer = nowhere({"Records": [_message("E1")]})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "E1"}]}
    assert buried.hidden == [30]


def test_the_function_is_built_from_its_environment(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("FLOW_TABLE", "flows"), ("QUEUE_URL", "q"), ("DLQ_URL", "d")):
        monkeypatch.setenv(name, value)
    flow_journal._warm.cache_clear()

    flow_journal.handler({"Records": [_message("E1")]}, None)

    assert len(_flow(client, "call-1")) == 1
