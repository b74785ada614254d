"""Publishing to the EventBridge bus; partial success is failure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from switchboard.events.envelope import Event, bus_entry

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_events import EventBridgeClient

MAX_ENTRIES = 10
"""PutEvents takes at most this many entries (AWS API reference)."""


class PublishError(RuntimeError):
    """The bus did not take every event; publish again, consumers are idempotent."""


class Bus(Protocol):
    """Where events are published."""

    def publish(self, *events: Event[Any]) -> None:
        """Raise PublishError unless the bus has taken all events."""
        ...


class EventBridgeBus:
    """The bus on EventBridge."""

    def __init__(self, client: "EventBridgeClient", bus_name: str) -> None:
        """Publish through `client` to the bus called `bus_name`."""
        self._client = client
        self._bus_name = bus_name

    def publish(self, *events: Event[Any]) -> None:
        """Publish all events, ten at a time."""
        self.put([bus_entry(event, self._bus_name) for event in events])

    def put(self, entries: Sequence[dict[str, str]]) -> None:
        """Put ready-made entries.

        Raises:
            PublishError: EventBridge refused some of them; PutEvents itself does not raise then.
        """
        for start in range(0, len(entries), MAX_ENTRIES):
            batch: Any = list(entries[start : start + MAX_ENTRIES])
            answer = self._client.put_events(Entries=batch)
            if answer["FailedEntryCount"]:
                codes = sorted(
                    {item["ErrorCode"] for item in answer["Entries"] if "ErrorCode" in item}
                )
                raise PublishError(
                    f"{answer['FailedEntryCount']} of {len(batch)} events refused: "
                    f"{', '.join(codes)}"
                )


class MemoryBus:
    """A bus in memory: keeps what was published, for tests and simulation."""

    def __init__(self) -> None:
        """Start empty."""
        self.events: list[Event[Any]] = []

    def publish(self, *events: Event[Any]) -> None:
        """Keep the events in order; the same size limit as the real bus applies."""
        for event in events:
            event.detail()
        self.events.extend(events)
