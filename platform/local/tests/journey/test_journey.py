"""The journey of a story, told by the events of the catalogue's samples."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from switchboard.events.released import Releases
from switchboard.local.checkout import EVENTS
from switchboard.local.journey import FollowStory, Journey, StoryTimeoutError

BEGAN = datetime(2026, 2, 4, 10, 0, tzinfo=UTC)
WAY = [
    "ContentChanged.v1",
    "InvocationRequested.v1",
    "InvocationStarted.v1",
    "AgentRunCompleted.v1",
    "InvocationCompleted.v1",
    "InvocationDelivered.v1",
]
PAGE = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"


def event(detail_type: str, second: int) -> dict[str, Any]:
    detail = Releases(EVENTS).sample(detail_type)
    detail["metadata"]["time"] = (BEGAN + timedelta(seconds=second)).isoformat()
    return {"detail-type": detail_type, "id": f"{detail_type}-{second}", "detail": detail}


def travelled() -> Journey:
    journey = Journey(PAGE, "Discounts", "Generate Code", BEGAN)
    for second, name in enumerate(WAY):
        journey.add(event(name, second))
    return journey


def test_a_finished_journey_reports_statuses_artifacts_and_receipt() -> None:
    report = travelled().report()

    assert [item["status"] for item in report["statuses"]] == ["queued", "running", "completed"]
    assert report["terminal_status"] == "completed"
    assert report["artifacts"][0]["type"] == "pull_request"
    assert sum(Decimal(line["amount_usd"]) for line in report["receipt"]["lines"]) == Decimal(
        report["receipt"]["total"]
    )


def test_the_legs_of_the_way_add_up() -> None:
    seconds = travelled().report()["seconds"]

    assert seconds["total"] == 5
    assert seconds["agent at work"] == 1
    assert sum(value for name, value in seconds.items() if name != "total") == 5


def test_events_of_other_stories_are_not_mine() -> None:
    journey = Journey("another page", "Other", "Generate Code", BEGAN)

    last = journey.add(event("InvocationDelivered.v1", 1))

    assert not last
    assert journey.events == []


def test_another_run_on_the_same_page_neither_ends_the_journey_nor_speaks_for_it() -> None:
    journey = Journey(PAGE, "Discounts", "Generate Code", BEGAN)
    others = [event(name, 1) for name in ("InvocationFailed.v1", "InvocationDelivered.v1")]
    for other in others:
        other["detail"]["data"] |= {"invocation_id": "another", "notion_page_id": PAGE}

    ends = [journey.add(one) for one in (others[1], event(WAY[1], 2), *others, *map(late, WAY[2:]))]

    assert ends == [False] * 7 + [True]
    assert journey.terminal_status == "completed"


def late(detail_type: str) -> dict[str, Any]:
    return event(detail_type, 3)


def test_a_refused_story_ends_with_its_reason() -> None:
    journey = Journey(PAGE, "Empty", "Generate Code", BEGAN)

    last = journey.add(event("TriggerRejected.v1", 1))

    assert last
    assert journey.terminal_status == "rejected"
    assert journey.ended["code"] == "STORY_EMPTY"


class SilentTail:
    """A bus on which nothing passes, while time does."""

    def __init__(self) -> None:
        self.now = 0.0

    def batch(self) -> list[dict[str, Any]]:
        self.now += 1
        return []


class Board:
    """Remembers what a person did."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []

    def set_status(self, page_id: str, value: str) -> None:
        self.done.append((page_id, value))


def test_a_story_that_never_arrives_says_how_far_it_came() -> None:
    tail: Any = SilentTail()
    board = Board()
    follow = FollowStory(board, tail, lambda *_: None, clock=lambda: tail.now)

    with pytest.raises(StoryTimeoutError, match="seen so far: nothing"):
        follow(PAGE, "Discounts", "Generate Code", timeout=3)
    assert board.done == [(PAGE, "Generate Code")]


class OneBatch:
    """A bus on which everything passes at once."""

    def __init__(self, *events: dict[str, Any]) -> None:
        self._events = list(events)

    def batch(self) -> list[dict[str, Any]]:
        return self._events


def test_what_comes_together_with_the_end_is_left_for_whoever_follows_the_chain() -> None:
    future = datetime.now(UTC) + timedelta(minutes=1)
    events = [event(name, 0) for name in (*WAY, "InvocationRequested.v1")]
    for one in events:
        one["detail"]["metadata"]["time"] = future.isoformat()
    tail: Any = OneBatch(*events)

    journey = FollowStory(Board(), tail, lambda *_: None)(PAGE, "Discounts", "Generate Code")

    assert journey.after == events[-1:]
    assert len(journey.events) == len(WAY)
