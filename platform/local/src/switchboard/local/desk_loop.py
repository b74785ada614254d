"""A call becomes a ticket, the ticket a story, the story a pull request; the next call hears of it.

The caller here answers what the desk asks, by the words of the question, as a person would.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from switchboard.events.envelope import utc_now
from switchboard.local.connect.client import Caller, Desk
from switchboard.local.journey import ENDS, Journey

COMPLAINT = (
    "When I enter the discount code SAVE10 at checkout, 10 % should come off the order total, "
    "but nothing happens."
)
EXPECTATION = "With the code SAVE10 I expected 10 % off the order total."
QUESTION = "What is the status of my ticket?"
ANSWERS = (
    (r"did you get that|shall i (?:say|repeat)", "Yes, I have it."),
    (r"anything else|something else", "No, thank you."),
    (r"is that the one", "Yes."),
    (r"open (?:a|the) ticket|is that right|correct\?", "Yes, please."),
    (r"expect", EXPECTATION),
)
"""What the caller says to a question; to any other one, what is wrong once more."""
MOST_TURNS = 12
GOOD_NEWS = "in review"


class LoopTimeoutError(TimeoutError):
    """The ticket did not come back in time; says how far it came."""


class Events(Protocol):
    """What passes on the bus."""

    def batch(self) -> list[dict[str, Any]]:
        """What has arrived within a second."""
        ...


@dataclass
class Loop:
    """What came of it."""

    began: datetime
    """When the caller rang: the flow's events arrive in no certain order, and none is earlier."""
    first: dict[str, Any]
    """The record of the call that reported the defect."""
    second: dict[str, Any] | None = None
    """The record of the call that asked about it."""
    events: list[dict[str, Any]] = field(default_factory=list)
    journey: Journey | None = None
    """The story that grew from the ticket."""
    state: str = ""
    """Of the ticket, at last."""

    @property
    def correlation_id(self) -> str:
        """Of everything: call, ticket, story, pull request."""
        return str(self.first["correlation_id"])

    @property
    def ticket(self) -> str:
        """Empty when none was opened."""
        return str((self.first["tickets"] or [""])[-1])

    @property
    def heard_of_it(self) -> bool:
        """Whether the caller who rang again heard that a fix is in review."""
        transcript = (self.second or {}).get("transcript", [])
        return any(line["by"] == "desk" and GOOD_NEWS in line["text"] for line in transcript)

    def add(self, event: dict[str, Any]) -> bool:
        """Take an event of the bus; False when it belongs to another flow."""
        detail = event["detail"]
        if detail.get("metadata", {}).get("correlation_id") != self.correlation_id:
            return False
        self.events.append(event)
        data = detail["data"]
        if event["detail-type"] == "StoryCreated.v1":
            began = datetime.fromisoformat(detail["metadata"]["time"])
            page, title, status = data["notion_page_id"], data["title"], data.get("status") or ""
            self.journey = Journey(page, title, status, began)
        elif event["detail-type"] == "TicketStatusChanged.v1":
            self.state = data["state"]
        if self.journey is not None:
            self.journey.add(event)
        return True

    def seconds(self, event: dict[str, Any]) -> float:
        """Seconds from the ring to `event`."""
        at = datetime.fromisoformat(event["detail"]["metadata"]["time"])
        return (at - self.began).total_seconds()

    @property
    def is_back(self) -> bool:
        """Whether the story ended, and the ticket knows."""
        ended = self.journey is not None and any(
            event["detail-type"] in ENDS for event in self.journey.events
        )
        return ended and self.state not in {"", "new"} and self._told

    @property
    def _told(self) -> bool:
        """Whether the ticket got the result: a word of delivery after the run's end."""
        kinds = [event["detail-type"] for event in self.events]
        last = max((kinds.index(k) for k in kinds if k.startswith("Invocation")), default=-1)
        return last >= 0 and (self.state == "on_hold" or "TicketCommented.v1" in kinds[last:])


@dataclass(frozen=True)
class CloseTheLoop:
    """Report a defect by telephone, follow it to its pull request, ring again."""

    desk: Desk
    tail: Events
    on_line: Callable[[dict[str, Any]], None]
    on_words: Callable[[str], None]
    """Sees what the caller says."""
    on_event: Callable[[Loop, dict[str, Any]], None]
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = utc_now

    def __call__(self, number: str, complaint: str = COMPLAINT, timeout: float = 120) -> Loop:
        """Return what happened.

        Raises:
            CallRefusedError: the desk does not answer.
            LoopTimeoutError: the ticket did not come back within `timeout` seconds.
        """
        loop = Loop(self.now(), self._talk(number, complaint))
        if loop.ticket:
            self._follow(loop, timeout)
            loop.second = self._talk(number, QUESTION)
        return loop

    def _talk(self, number: str, opening: str) -> dict[str, Any]:
        with self.desk.ring(number, on_line=self.on_line) as line:
            self._say(line, opening)
            for _ in range(MOST_TURNS):
                if line.is_over:
                    break
                self._say(line, answer_to(line.turns[-1].text, opening))
        return line.record()

    def _say(self, line: Caller, words: str) -> None:
        self.on_words(words)
        line.say(words)

    def _follow(self, loop: Loop, timeout: float) -> None:
        end = self.clock() + timeout
        while not loop.is_back:
            if self.clock() > end:
                seen = ", ".join(event["detail-type"] for event in loop.events) or "nothing"
                raise LoopTimeoutError(
                    f"ticket {loop.ticket} did not come back within {timeout:.0f} s; seen: {seen}"
                )
            for event in self.tail.batch():
                if loop.add(event):
                    self.on_event(loop, event)


def answer_to(said: str, otherwise: str) -> str:
    """What the caller answers to what the desk said last."""
    for pattern, answer in ANSWERS:
        if re.search(pattern, said, re.IGNORECASE):
            return answer
    return otherwise
