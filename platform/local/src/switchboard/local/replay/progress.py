"""Whether a flow is at its end: everything that was asked for has been handed on or refused."""

from collections.abc import Iterable
from typing import Any

Event = dict[str, Any]
ARRIVED = {"InvocationDelivered.v1", "DeliveryFailed.v1"}
REQUESTED = "InvocationRequested.v1"
REJECTED = "TriggerRejected.v1"
STORY = "StoryCreated.v1"


class OpenWork:
    """What a flow still owes, told by its events in any order."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        """Take `events` at once."""
        self._asked: set[str] = set()
        self._arrived: set[str] = set()
        self._stories: set[str] = set()
        self._answered: set[str] = set()
        for event in events:
            self.take(event)

    def take(self, event: Event) -> None:
        """Take one event of the flow."""
        kind, data = event["detail-type"], event["detail"]["data"]
        if kind == REQUESTED:
            self._asked.add(data["invocation_id"])
            self._answered.add(data["notion_page_id"])
        elif kind in ARRIVED:
            self._arrived.add(data["invocation_id"])
            if following := data.get("next_invocation_id"):
                self._asked.add(following)
        elif kind == REJECTED:
            self._answered.add(data["notion_page_id"])
        elif kind == STORY and data.get("status"):
            self._stories.add(data["notion_page_id"])

    @property
    def open(self) -> list[str]:
        """Invocations without a result, and stories whose work was not asked for yet."""
        stories = [f"story {page}" for page in sorted(self._stories - self._answered)]
        return [f"invocation {name}" for name in sorted(self._asked - self._arrived)] + stories
