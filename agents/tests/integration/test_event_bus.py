"""The bus adapters answer alike, and a refused event is an error."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from switchboard.agents.event_bus import Bus, EventBridgeBus, PublishError
from switchboard.agents.memory import MemoryBus
from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event, EventTooLargeError, new_event, utc_now


def _event(size: int = 1) -> Event[Any]:
    data = ContentChangedV1(
        source_event_id="x" * size,
        shape="seed",
        page_id="p",
        workspace_id="w",
        occurred_at=utc_now(),
    )
    return new_event(data, service="agents", correlation_id="c")


@pytest.fixture
def eventbridge(aws: boto3.Session) -> Bus:
    client = aws.client("events")
    client.create_event_bus(Name="switchboard-dev")
    return EventBridgeBus(client, "switchboard-dev")


@pytest.fixture
def memory() -> Bus:
    return MemoryBus()


@pytest.fixture(params=["memory", "eventbridge"])
def bus(request: pytest.FixtureRequest) -> Bus:
    found: Bus = request.getfixturevalue(request.param)
    return found


def test_an_event_is_taken(bus: Bus) -> None:
    bus.publish(_event())


def test_an_event_that_is_too_large_is_refused_before_it_is_sent(bus: Bus) -> None:
    with pytest.raises(EventTooLargeError):
        bus.publish(_event(300_000))


def test_what_eventbridge_got_is_the_event(aws: boto3.Session) -> None:
    events, queues = aws.client("events"), aws.client("sqs")
    events.create_event_bus(Name="b")
    queue = queues.create_queue(QueueName="q")["QueueUrl"]
    events.put_rule(Name="all", EventBusName="b", EventPattern='{"source": ["switchboard.agents"]}')
    target = {"Id": "q", "Arn": "arn:aws:sqs:us-east-1:123456789012:q"}
    events.put_targets(Rule="all", EventBusName="b", Targets=[target])

    EventBridgeBus(events, "b").publish(_event())

    [message] = queues.receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"])["detail-type"] == "ContentChanged.v1"


def test_an_entry_eventbridge_refuses_is_an_error() -> None:
    class Refuses:
        put_events: Callable[..., Any] = staticmethod(
            lambda **_: {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}
        )

    client: Any = Refuses()

    with pytest.raises(PublishError, match="ThrottlingException"):
        EventBridgeBus(client, "b").publish(_event())
