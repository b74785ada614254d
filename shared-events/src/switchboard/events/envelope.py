"""The envelope every event travels in: `detail = {metadata, data}` (DECISIONS D-02).

On the bus: `source = switchboard.<service>`, `detail-type = PastTenseFact.v<major>`.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from ulid import ULID

MAX_ENTRY_BYTES = 200_000
"""Events stay below this many bytes; larger bodies travel as claim checks (K-33)."""


class EventTooLargeError(ValueError):
    """An event would not fit on the bus: put the large part in S3 and carry its key."""


class Contract(BaseModel):
    """Base of everything on the wire: immutable, and a tolerant reader of unknown fields."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class EventData(Contract):
    """The payload of one event version; `DETAIL_TYPE` is written out by hand and never changes."""

    DETAIL_TYPE: ClassVar[str]


D = TypeVar("D", bound=EventData)


class Metadata(Contract):
    """What every event says about itself, whatever it is about."""

    id: str = Field(description="ULID; the idempotency key of every consumer")
    type: str = Field(description="past-tense fact without the version")
    version: int = Field(description="major version, as in the detail-type")
    time: datetime
    service: str = Field(description="publishing service in kebab-case")
    correlation_id: str = Field(description="finds the whole flow, across chains and calls (K-63)")
    causation_id: str | None = Field(
        default=None, description="id of the event or request that led to this one"
    )
    project_id: str | None = None
    traceparent: str | None = None


class Event(Contract, Generic[D]):
    """One fact: metadata for the platform, data for the reader."""

    metadata: Metadata
    data: D

    @property
    def detail_type(self) -> str:
        """The detail-type on the bus, e.g. `InvocationRequested.v1`."""
        return self.data.DETAIL_TYPE

    @property
    def source(self) -> str:
        """The source on the bus, e.g. `switchboard.ingress`."""
        return f"switchboard.{self.metadata.service}"

    def detail(self) -> str:
        """The event as the JSON text that goes on the bus.

        Raises:
            EventTooLargeError: the text is longer than `MAX_ENTRY_BYTES`.
        """
        text = self.model_dump_json(exclude_none=True)
        if len(text.encode()) > MAX_ENTRY_BYTES:
            raise EventTooLargeError(
                f"{self.detail_type} {self.metadata.id} has {len(text.encode())} bytes, "
                f"more than {MAX_ENTRY_BYTES}: use a claim check"
            )
        return text

    def cause(self, data: EventData, *, service: str) -> "Event[Any]":
        """Make the event that this one leads to: same flow, caused by this id."""
        return new_event(
            data,
            service=service,
            correlation_id=self.metadata.correlation_id,
            causation_id=self.metadata.id,
            project_id=self.metadata.project_id,
            traceparent=self.metadata.traceparent,
        )


def new_id() -> str:
    """A fresh ULID: 26 characters, sortable by time."""
    return str(ULID())


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def new_event(  # noqa: PLR0913 - the envelope has this many fields
    data: D,
    *,
    service: str,
    correlation_id: str,
    causation_id: str | None = None,
    project_id: str | None = None,
    traceparent: str | None = None,
    event_id: str | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Event[D]:
    """Wrap `data` in its envelope.

    Give `event_id` when the id must be the same on a retry (it is derived from the cause then).
    """
    name, _, version = data.DETAIL_TYPE.rpartition(".v")
    return Event(
        metadata=Metadata(
            id=event_id or new_id(),
            type=name,
            version=int(version),
            time=clock(),
            service=service,
            correlation_id=correlation_id,
            causation_id=causation_id,
            project_id=project_id,
            traceparent=traceparent,
        ),
        data=data,
    )


def bus_entry(event: Event[Any], bus_name: str) -> dict[str, str]:
    """The `PutEvents` entry for an event (AWS API reference, PutEventsRequestEntry)."""
    return {
        "EventBusName": bus_name,
        "Source": event.source,
        "DetailType": event.detail_type,
        "Detail": event.detail(),
    }


def as_json(event: Event[Any]) -> dict[str, Any]:
    """The detail as plain JSON values, for storing or printing."""
    value: dict[str, Any] = json.loads(event.detail())
    return value
