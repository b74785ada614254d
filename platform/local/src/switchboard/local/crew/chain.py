"""Waiting for a chain: every step that was asked for has reached Notion again."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from switchboard.local.bus import Tail
from switchboard.local.journey import Journey, StoryTimeoutError

ARRIVED = {"InvocationDelivered.v1", "DeliveryFailed.v1"}


def follow_chain(
    journey: Journey,
    tail: Tail,
    timeout: float = 120,
    clock: Callable[[], float] = time.monotonic,
) -> list[str]:
    """Return the ids of the steps that the project's chain went on with after a journey.

    Raises:
        StoryTimeoutError: one of them did not arrive in time.
    """
    steps = _Steps(journey.invocation_id)
    steps.take([*journey.events, *journey.after])
    end = clock() + timeout
    while steps.open and clock() < end:
        steps.take(tail.batch())
    if steps.open:
        raise StoryTimeoutError(f"the chain did not end: {', '.join(sorted(steps.open))}")
    return sorted(steps.asked - {journey.invocation_id})


class _Steps:
    """Which invocations of a chain were asked for, and which have arrived."""

    def __init__(self, first: str) -> None:
        """`first` is empty when the first step was refused before it had an id."""
        self.asked = {first} if first else set()
        self._arrived: set[str] = set()

    @property
    def open(self) -> set[str]:
        return self.asked - self._arrived

    def take(self, events: Iterable[dict[str, Any]]) -> None:
        for event in events:
            data = event["detail"]["data"]
            if event["detail-type"] in ARRIVED:
                self._arrived.add(data["invocation_id"])
                if following := data.get("next_invocation_id"):
                    self.asked.add(following)
            elif data.get("parent_invocation_id") in self.asked:
                self.asked.add(data["invocation_id"])
