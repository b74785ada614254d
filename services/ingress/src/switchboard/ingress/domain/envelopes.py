"""Making outgoing events: same flow, caused by the incoming one, with our clock and ids."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from switchboard.events.envelope import Event, EventData, new_event

SERVICE = "ingress"

D = TypeVar("D", bound=EventData)


@dataclass(frozen=True)
class Envelopes:
    """Wraps payloads; everything that could differ between two runs is a field."""

    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def first(self, data: D) -> Event[D]:
        """An event that begins a flow: its own id is the correlation id (K-63)."""
        event_id = self.new_id()
        return new_event(
            data, service=SERVICE, correlation_id=event_id, event_id=event_id, clock=self.clock
        )

    def caused(
        self, event: Event[Any], data: D, project_id: str | None, event_id: str | None = None
    ) -> Event[D]:
        """An event that `event` leads to; give the id when it must be the same on every try."""
        return new_event(
            data,
            service=SERVICE,
            correlation_id=event.metadata.correlation_id,
            causation_id=event.metadata.id,
            project_id=project_id or event.metadata.project_id,
            traceparent=event.metadata.traceparent,
            event_id=event_id or self.new_id(),
            clock=self.clock,
        )
