"""The bus of the running platform, for people: publish an event, watch what passes."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mypy_boto3_events import EventBridgeClient
from mypy_boto3_sqs import SQSClient

from switchboard.events.envelope import Event, bus_entry, new_id
from switchboard.local.access import Access

POLL_SECONDS = 1


class BusRefusedError(RuntimeError):
    """The bus did not take an event."""


class Tail:
    """Events as they pass, read from a temporary queue."""

    def __init__(self, client: SQSClient, queue_url: str, correlation: str | None) -> None:
        """Read `queue_url`; keep only the flow `correlation` when one is given."""
        self._client = client
        self._queue_url = queue_url
        self._correlation = correlation
        self._seen: set[str] = set()

    def until(
        self, seconds: float | None, clock: Callable[[], float] = time.monotonic
    ) -> Iterator[dict[str, Any]]:
        """Yield events (the whole bus event) until `seconds` have passed; None means for ever."""
        end = None if seconds is None else clock() + seconds
        while end is None or clock() < end:
            yield from self.batch()

    def batch(self) -> list[dict[str, Any]]:
        """What has arrived within a second, each message once, in order of the events' times."""
        answer = self._client.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=POLL_SECONDS
        )
        events = []
        for message in answer.get("Messages", []):
            self._client.delete_message(
                QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"]
            )
            event = json.loads(message["Body"])
            if event["id"] not in self._seen and self._wanted(event):
                self._seen.add(event["id"])
                events.append(event)
        return sorted(events, key=lambda event: str(event["detail"].get("metadata", {}).get("id")))

    def _wanted(self, event: dict[str, Any]) -> bool:
        found = event["detail"].get("metadata", {}).get("correlation_id")
        return self._correlation is None or found == self._correlation


class LocalBus:
    """The bus by its public door, the EventBridge API."""

    def __init__(self, events: EventBridgeClient, queues: SQSClient, bus_name: str) -> None:
        """Speak to the bus `bus_name`."""
        self._events = events
        self._queues = queues
        self._bus_name = bus_name

    @classmethod
    def connect(cls) -> "LocalBus":
        """The bus of the running platform.

        Raises:
            CommandError: the platform is not running.
        """
        access = Access.of_running_platform()
        name = access.parameter("platform/bus/name")
        return cls(access.events, access.queues, name)

    def publish(self, event: Event[Any]) -> str:
        """Publish an event that keeps its contract; returns its id."""
        self._put(bus_entry(event, self._bus_name))
        return event.metadata.id

    def put(self, service: str, detail_type: str, detail: dict[str, Any]) -> str:
        """Publish anything, also what breaks its contract; returns the id it claims to have."""
        self._put(
            {
                "EventBusName": self._bus_name,
                "Source": f"switchboard.{service}",
                "DetailType": detail_type,
                "Detail": json.dumps(detail),
            }
        )
        return str(detail.get("metadata", {}).get("id", ""))

    def _put(self, entry: Any) -> None:
        answer = self._events.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise BusRefusedError(str(answer["Entries"]))

    @contextmanager
    def tail(
        self, *, correlation: str | None = None, detail_type: str | None = None
    ) -> Iterator[Tail]:
        """Watch the bus through a temporary queue and rule, both removed afterwards."""
        name = f"switchboard-tail-{new_id().lower()}"
        url = self._queues.create_queue(QueueName=name)["QueueUrl"]
        arn = self._queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        pattern: dict[str, Any] = {"source": [{"prefix": "switchboard."}]}
        if detail_type:
            pattern["detail-type"] = [detail_type]
        self._events.put_rule(
            Name=name, EventBusName=self._bus_name, EventPattern=json.dumps(pattern)
        )
        try:
            self._events.put_targets(
                Rule=name,
                EventBusName=self._bus_name,
                Targets=[{"Id": "tail", "Arn": arn["Attributes"]["QueueArn"]}],
            )
            yield Tail(self._queues, url, correlation)
        finally:
            self._events.remove_targets(Rule=name, EventBusName=self._bus_name, Ids=["tail"])
            self._events.delete_rule(Name=name, EventBusName=self._bus_name)
            self._queues.delete_queue(QueueUrl=url)
