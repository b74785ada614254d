"""A table's stream and the real outbox relay behind it."""

from typing import Any

from switchboard.events.envelope import Event
from switchboard.events.trace import NoSpans
from switchboard.local.simulation.faults import LOST_ACK
from switchboard.local.simulation.kernel import Simulation
from switchboard.local.simulation.ports import Port
from switchboard.runtime.event_bus import EventBridgeBus
from switchboard.runtime.outbox import OUTBOX_SORT_KEY, OutboxRelay

LIMIT = 30.0
BATCH = 10
RETRY = 5.0
"""Seconds until a stream's batch that failed is tried again."""


class Stream:
    """Rows of one service's outbox in their order; each is relayed at least once."""

    def __init__(
        self, sim: Simulation, name: str, outbox: list[Any] | dict[str, Any], bus: Any
    ) -> None:
        """Relay what is added to `outbox` to `bus`, a client of EventBridge."""
        self._sim = sim
        self._name = f"{name} relay"
        self._outbox = outbox
        events: Any = Port(sim, "events", bus)
        self._relay = OutboxRelay(EventBridgeBus(events, "bus"), "bus", NoSpans())
        self._done = 0
        self._awake = False

    def rows(self) -> list[Event[Any]]:
        """All rows, in the order in which they were written."""
        return list(self._outbox.values() if isinstance(self._outbox, dict) else self._outbox)

    def look(self) -> None:
        """Wake up when there are new rows."""
        if not self._awake and len(self._outbox) > self._done:
            self._awake = True
            self._sim.later(self._sim.chance.uniform(0.05, 0.5), "", self._work)

    def _work(self) -> None:
        batch = self.rows()[self._done : self._done + BATCH]
        records = [_record(event, number) for number, event in enumerate(batch)]
        lived, answer = self._sim.process(
            self._name, LIMIT, lambda: self._relay({"Records": records})
        )
        failed = answer["batchItemFailures"] if lived else [{"itemIdentifier": "0"}]
        if failed or self._sim.weather.strikes(LOST_ACK, 0.05):
            self._done += int(failed[0]["itemIdentifier"]) if failed else 0
            self._sim.later(RETRY, "", self._work)
            return
        self._done += len(batch)
        self._awake = False
        self.look()


def _record(event: Event[Any], number: int) -> dict[str, Any]:
    image = {
        "sk": {"S": OUTBOX_SORT_KEY},
        "source": {"S": event.source},
        "detail_type": {"S": event.detail_type},
        "detail": {"S": event.detail()},
    }
    return {
        "eventName": "INSERT",
        "dynamodb": {"SequenceNumber": str(number), "NewImage": image},
    }
