"""Publishing to the bus and watching it, through the EventBridge API."""

import boto3
import pytest

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event, new_event, utc_now
from switchboard.local.bus import LocalBus


def changed(correlation: str) -> Event[ContentChangedV1]:
    data = ContentChangedV1(
        source_event_id="e", shape="seed", page_id="p", workspace_id="w", occurred_at=utc_now()
    )
    return new_event(data, service="ingress", correlation_id=correlation)


@pytest.fixture
def bus(aws: boto3.Session) -> LocalBus:
    events = aws.client("events")
    events.create_event_bus(Name="switchboard-test")
    return LocalBus(events, aws.client("sqs"), "switchboard-test")


def test_the_tail_shows_the_events_of_one_flow_only(bus: LocalBus) -> None:
    with bus.tail(correlation="mine") as tail:
        bus.publish(changed("other"))
        mine = bus.publish(changed("mine"))

        seen = tail.batch()

    assert [event["detail"]["metadata"]["id"] for event in seen] == [mine]


def test_the_tail_leaves_nothing_behind(bus: LocalBus, aws: boto3.Session) -> None:
    with bus.tail():
        pass

    assert "QueueUrls" not in aws.client("sqs").list_queues()
    assert aws.client("events").list_rules(EventBusName="switchboard-test")["Rules"] == []


def test_an_event_that_breaks_its_contract_can_be_sent_on_purpose(bus: LocalBus) -> None:
    with bus.tail() as tail:
        bus.put("ingress", "ContentChanged.v1", {"metadata": {"id": "x"}, "data": {"nonsense": 1}})

        (event,) = tail.batch()

    assert event["detail"]["data"] == {"nonsense": 1}
