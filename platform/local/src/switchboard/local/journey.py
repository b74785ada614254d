"""A story on its way: from a person's status change to the result in Notion, told by the bus."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

from switchboard.local.bus import Tail

ENDS = {"InvocationDelivered.v1", "DeliveryFailed.v1", "TriggerRejected.v1"}
STATUS_OF = {
    "InvocationRequested.v1": "queued",
    "InvocationStarted.v1": "running",
    "InvocationCompleted.v1": "completed",
    "InvocationFailed.v1": "failed",
    "InvocationCancelled.v1": "cancelled",
}
TERMINAL = ("completed", "failed", "cancelled")
LEGS = (
    ("webhook to request", None, "InvocationRequested.v1"),
    ("request to start", "InvocationRequested.v1", "InvocationStarted.v1"),
    ("agent at work", "InvocationStarted.v1", "AgentRun"),
    ("run to record", "AgentRun", "terminal"),
    ("record to Notion", "terminal", "InvocationDelivered.v1"),
)


class StoryTimeoutError(TimeoutError):
    """The story did not arrive in time; says how far it came."""


class Board(Protocol):
    """The person's side of the Notion workspace."""

    def set_status(self, page_id: str, value: str) -> Any:
        """Set the story's Status, as a person does."""
        ...


@dataclass
class Journey:
    """What happened to one story; times are seconds since the person set the status."""

    page_id: str
    title: str
    trigger: str
    began: datetime
    events: list[dict[str, Any]] = field(default_factory=list)
    after: list[dict[str, Any]] = field(default_factory=list)
    """What arrived together with the end: of the page's next steps, if its chain goes on."""
    own_aws_calls: int = 0

    def add(self, event: dict[str, Any]) -> bool:
        """Take an event of this story; True when it was the last one.

        Events from before the status was set (the page was created) are not part of the way.
        """
        if not self._mine(event) or self.seconds(event) < 0:
            return False
        self.events.append(event)
        return event["detail-type"] in ENDS and self._is_of_this_run(event)

    def _is_of_this_run(self, event: dict[str, Any]) -> bool:
        """A chain's other steps, and earlier runs, work on the same page and end as well."""
        named = event["detail"]["data"].get("invocation_id")
        return not named or named == self.invocation_id

    def _mine(self, event: dict[str, Any]) -> bool:
        data = event["detail"]["data"]
        pages = {data.get("notion_page_id"), data.get("page_id")}
        known = self.invocation_id
        return self.page_id in pages or (bool(known) and data.get("invocation_id") == known)

    @property
    def invocation_id(self) -> str:
        """Empty until the request was seen."""
        return str(self._first("InvocationRequested.v1").get("data", {}).get("invocation_id", ""))

    @property
    def correlation_id(self) -> str:
        """Empty until the request was seen."""
        metadata = self._first("InvocationRequested.v1").get("metadata", {})
        return str(metadata.get("correlation_id", ""))

    @property
    def agent_type(self) -> str:
        """Which agent worked."""
        return str(self._first("InvocationRequested.v1").get("data", {}).get("agent_type", ""))

    @property
    def ended(self) -> dict[str, Any]:
        """The data of the terminal event, or of the refusal; empty when there is none yet."""
        for event in self.events:
            if STATUS_OF.get(event["detail-type"]) in TERMINAL and self._is_of_this_run(event):
                return dict(event["detail"]["data"])
        return dict(self._first("TriggerRejected.v1").get("data", {}))

    @property
    def terminal_status(self) -> str:
        """`completed`, `failed`, `cancelled`, `rejected`, or empty."""
        if self._first("TriggerRejected.v1"):
            return "rejected"
        return str(self.ended.get("status", ""))

    @property
    def total(self) -> Decimal:
        """What the receipt says it cost, in USD."""
        return Decimal((self.ended.get("receipt") or {}).get("total_usd", "0"))

    def seconds(self, event: dict[str, Any]) -> float:
        """When an event was made, counted from the beginning."""
        return (_time(event) - self.began).total_seconds()

    def legs(self) -> dict[str, float]:
        """How long each part of the way took, and all of it."""
        found: dict[str, float] = {}
        for name, start, end in LEGS:
            first = 0.0 if start is None else self._moment(start)
            last = self._moment(end)
            if first is not None and last is not None:
                found[name] = round(last - first, 3)
        if self.events:
            found["total"] = round(self.seconds(self.events[-1]), 3)
        return found

    def report(self) -> dict[str, Any]:
        """The story's entry in `demo.json`."""
        receipt = self.ended.get("receipt") or {"lines": [], "total_usd": "0"}
        return {
            "page_id": self.page_id,
            "title": self.title,
            "agent_type": self.agent_type,
            "correlation_id": self.correlation_id,
            "invocation_id": self.invocation_id,
            "statuses": [
                {"status": STATUS_OF[event["detail-type"]], "at": _time(event).isoformat()}
                for event in self.events
                if event["detail-type"] in STATUS_OF
            ],
            "terminal_status": self.terminal_status,
            "artifacts": [
                {key: artifact[key] for key in ("type", "url", "title")}
                for artifact in self.ended.get("output_artifacts", [])
            ],
            "seconds": self.legs(),
            "events": [
                {"type": event["detail-type"], "id": event["detail"]["metadata"]["id"]}
                for event in self.events
            ],
            "own_aws_calls": self.own_aws_calls,
            "receipt": {"lines": receipt["lines"], "total": receipt["total_usd"]},
        }

    def _first(self, detail_type: str) -> dict[str, Any]:
        for event in self.events:
            if event["detail-type"] == detail_type:
                return dict(event["detail"])
        return {}

    def _moment(self, name: str) -> float | None:
        for event in self.events:
            kind = event["detail-type"]
            terminal = name == "terminal" and STATUS_OF.get(kind) in TERMINAL
            if kind == name or terminal or (name == "AgentRun" and kind.startswith(name)):
                return self.seconds(event)
        return None


def _time(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["detail"]["metadata"]["time"])


@dataclass(frozen=True)
class FollowStory:
    """Set a story's status as a person and follow it until it stands in Notion again."""

    board: Board
    tail: Tail
    on_event: Callable[[Journey, dict[str, Any]], None]
    clock: Callable[[], float] = time.monotonic

    def __call__(self, page_id: str, title: str, trigger: str, timeout: float = 120) -> Journey:
        """Return the journey.

        Raises:
            StoryTimeoutError: nothing final was seen within `timeout` seconds.
        """
        journey = Journey(page_id, title, trigger, began=datetime.now(UTC))
        self.board.set_status(page_id, trigger)
        end = self.clock() + timeout
        while self.clock() < end:
            batch = self.tail.batch()
            for number, event in enumerate(batch, start=1):
                before = len(journey.events)
                last = journey.add(event)
                if len(journey.events) > before:
                    self.on_event(journey, event)
                if last:
                    journey.after = batch[number:]
                    return journey
        seen = ", ".join(event["detail-type"] for event in journey.events) or "nothing"
        raise StoryTimeoutError(f"no result after {timeout:.0f} s; seen so far: {seen}")
