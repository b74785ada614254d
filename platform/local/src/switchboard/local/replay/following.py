"""Following a flow on the shadow's bus to its end, and a little longer: doubles come late."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from switchboard.local.replay.progress import Event, OpenWork

QUIET_SECONDS = 2.0
"""Silence after which a flow that has all its events is over."""
PATIENCE_SECONDS = 15.0
"""Silence after which a flow is over that has other events than the archived one."""


class Batches(Protocol):
    """Events of the flow as they pass."""

    def batch(self) -> list[Event]:
        """What has arrived within a second."""
        ...


@dataclass(frozen=True)
class Follow:
    """Collects the events of one flow."""

    tail: Batches
    on_event: Callable[[Event], None]
    clock: Callable[[], float] = time.monotonic

    def __call__(self, expected: Counter[str], seconds: float) -> tuple[list[Event], str]:
        """The events, and why it was not waited for more; empty when it came to its end."""
        seen: list[Event] = []
        ids: set[str] = set()
        work = OpenWork()
        begun = last = self.clock()
        while (now := self.clock()) - begun < seconds:
            for event in self.tail.batch():
                # A bus may deliver twice, and the journal keeps an event once, by the same id.
                if (name := event["detail"]["metadata"]["id"]) in ids:
                    continue
                ids.add(name)
                seen.append(event)
                work.take(event)
                self.on_event(event)
                last = now = self.clock()
            kinds = Counter(event["detail-type"] for event in seen)
            silence = now - last
            if silence >= QUIET_SECONDS and kinds >= expected and not work.open:
                return seen, ""
            if silence >= PATIENCE_SECONDS and not work.open:
                return seen, ""
        waiting = ", ".join(work.open) or "more events"
        return seen, f"the shadow did not come to an end within {seconds:.0f} s: {waiting}"
