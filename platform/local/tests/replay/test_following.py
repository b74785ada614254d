"""When a flow in the shadow is over."""

from collections import Counter
from types import SimpleNamespace as Tale
from typing import Any

from switchboard.local.replay.following import PATIENCE_SECONDS, Follow

Event = dict[str, Any]


class Bus:
    """Hands out prepared batches, a second of its clock each."""

    def __init__(self, *batches: list[Event]) -> None:
        self.batches = list(batches)
        self.now = 0.0

    def batch(self) -> list[Event]:
        self.now += 1
        return self.batches.pop(0) if self.batches else []

    def clock(self) -> float:
        return self.now


def follow(bus: Bus, expected: list[Event], seconds: float = 100) -> tuple[list[Event], str]:
    kinds = Counter(event["detail-type"] for event in expected)
    return Follow(bus, lambda _: None, bus.clock)(kinds, seconds)


def test_a_flow_with_all_its_events_ends_after_a_short_silence(story: list[Event]) -> None:
    bus = Bus(story[:2], story[2:])

    events, why = follow(bus, story)

    assert (events, why) == (story, "")
    assert bus.now < PATIENCE_SECONDS


def test_one_more_event_in_the_silence_is_seen(tale: Tale, story: list[Event]) -> None:
    bus = Bus(story, [], [{**tale.completed(), "detail": {**tale.changed()["detail"], "metadata": {
        **tale.changed()["detail"]["metadata"], "id": "once-more"}}}])  # fmt: skip

    events, _ = follow(bus, story)

    assert len(events) == len(story) + 1


def test_the_same_event_delivered_twice_counts_once(tale: Tale, story: list[Event]) -> None:
    events, _ = follow(Bus(story, [tale.changed(), tale.delivered()]), story)

    assert events == story


def test_a_flow_with_fewer_events_ends_after_a_longer_silence(
    tale: Tale, story: list[Event]
) -> None:
    bus = Bus([tale.changed()])

    events, why = follow(bus, story)

    assert (events, why) == ([tale.changed()], "")
    assert bus.now >= PATIENCE_SECONDS


def test_work_that_never_ends_is_said(tale: Tale, story: list[Event]) -> None:
    events, why = follow(Bus([tale.changed(), tale.requested()]), story, seconds=60)

    assert len(events) == 2
    assert "within 60 s: invocation inv" in why
