"""The transactional outbox: an event is a row written together with the state it speaks of.

A service writes `outbox_row(event)` in the same DynamoDB transaction (or as the same item) as its
state. The table's stream hands new rows to the relay, which puts them on the bus. What is
committed is published at least once; what is not committed is never published (DECISIONS K-05).
"""

from datetime import timedelta
from typing import Any

from switchboard.events.envelope import Event
from switchboard.events.trace import Spans
from switchboard.runtime.event_bus import EventBridgeBus
from switchboard.runtime.spans import relayed, spans

OUTBOX_SORT_KEY = "OUTBOX"
"""Sort key of outbox rows; the relay's event source mapping filters on it."""
KEEP = timedelta(days=14)
"""Published rows are deleted by TTL after this time; the bus archive keeps events for longer."""


def outbox_row(event: Event[Any], partition_key: str | None = None) -> dict[str, Any]:
    """The item (plain Python values) that publishes `event` once it is committed.

    The partition key defaults to `OUTBOX#<event id>`; give one to make the row a claim as well.

    Raises:
        EventTooLargeError: before anything is written.
    """
    return {
        "pk": partition_key or f"OUTBOX#{event.metadata.id}",
        "sk": OUTBOX_SORT_KEY,
        "source": event.source,
        "detail_type": event.detail_type,
        "detail": event.detail(),
        "ttl": int((event.metadata.time + KEEP).timestamp()),
    }


class OutboxRelay:
    """Moves rows from a table's stream to the bus, in order, reporting the first that failed."""

    def __init__(self, bus: EventBridgeBus, bus_name: str, traces: Spans | None = None) -> None:
        """Publish to `bus`; `bus_name` goes into each entry. `traces`: else as configured."""
        self._bus = bus
        self._spans = traces or spans()
        self._bus_name = bus_name

    def __call__(self, stream_event: dict[str, Any]) -> dict[str, Any]:
        """Handle one batch of a DynamoDB stream (Lambda event source mapping).

        Idempotent: a row relayed twice is the same event id twice, which consumers ignore.
        """
        for record in stream_event["Records"]:
            entry = self._entry(record)
            if entry is None:
                continue
            try:
                self._bus.put([entry])
            except Exception:  # noqa: BLE001 - the edge: whatever failed, this record is retried
                number = record["dynamodb"]["SequenceNumber"]
                return {"batchItemFailures": [{"itemIdentifier": number}]}
            relayed(entry["DetailType"], entry["Detail"], self._spans)
        return {"batchItemFailures": []}

    def _entry(self, record: dict[str, Any]) -> dict[str, str] | None:
        image = record.get("dynamodb", {}).get("NewImage", {})
        if record.get("eventName") != "INSERT" or image.get("sk", {}).get("S") != OUTBOX_SORT_KEY:
            return None
        return {
            "EventBusName": self._bus_name,
            "Source": image["source"]["S"],
            "DetailType": image["detail_type"]["S"],
            "Detail": image["detail"]["S"],
        }
