"""Where a run reports how it ended."""

from typing import TYPE_CHECKING, Any, Protocol

from switchboard.events.envelope import Event, bus_entry

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient


class PublishError(RuntimeError):
    """The bus did not take the event."""


class Bus(Protocol):
    """Where the outcome is published."""

    def publish(self, event: Event[Any]) -> None:
        """Raise PublishError unless the bus has taken the event."""
        ...


class EventBridgeBus:
    """The bus on EventBridge."""

    def __init__(self, client: "EventBridgeClient", bus_name: str) -> None:
        """Publish through `client` to the bus called `bus_name`."""
        self._client = client
        self._bus_name = bus_name

    def publish(self, event: Event[Any]) -> None:
        """Publish; PutEvents itself does not raise when it refuses an entry."""
        entry: Any = bus_entry(event, self._bus_name)
        answer = self._client.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise PublishError(f"event refused: {answer['Entries'][0].get('ErrorCode')}")
