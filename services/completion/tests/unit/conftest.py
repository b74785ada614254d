"""Completion over ports in memory, with a process that can be killed between any two calls."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from switchboard.completion.adapters.memory import (
    MemoryBoard,
    MemoryContents,
    MemoryDeliveries,
    MemoryProjects,
)
from switchboard.completion.domain.model import Page, Project
from switchboard.completion.wiring import Ports, use_cases
from switchboard.events.envelope import Event

STORY = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"
DASHBOARD = "1f2e3d4c-5b6a-4798-8f7e-6d5c4b3a2918"
LEASE = timedelta(seconds=130)
COLUMNS = {
    "Name": "title",
    "Invocation": "rich_text",
    "Agent": "select",
    "Status": "select",
    "Summary": "rich_text",
    "Cost USD": "number",
    "Turns": "number",
    "Duration s": "number",
    "Artifacts": "rich_text",
    "Story": "relation",
    "Requested": "date",
    "Started": "date",
    "Ended": "date",
    "Updated": "date",
    "Parent": "rich_text",
}


class KilledError(BaseException):
    """The process died: no `except Exception` runs any more, as in a real crash."""


@dataclass
class Fate:
    """What happens at the nth call of any port: nothing, death before or after it, or an error."""

    at: int = -1
    when: str = "before"
    error: BaseException = field(default_factory=KilledError)
    calls: list[str] = field(default_factory=list)

    def meet(self, when: str, name: str) -> None:
        if when == "before":
            self.calls.append(name)
        if len(self.calls) - 1 == self.at and when == self.when:
            raise self.error


class Fragile:
    """A port whose calls meet their fate."""

    def __init__(self, target: Any, world: "World") -> None:
        self._target = target
        self._world = world

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._target, name)

        def call(*args: Any) -> Any:
            self._world.fate.meet("before", name)
            result = method(*args)
            self._world.fate.meet("after", name)
            return result

        return call


@dataclass
class World:
    """Everything around completion, and a clock."""

    board: MemoryBoard
    projects: MemoryProjects
    now: datetime = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)
    fate: Fate = field(default_factory=Fate)
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.contents = MemoryContents()
        self.deliveries = MemoryDeliveries(lambda: self.now, LEASE)
        fragile: Any = [
            Fragile(port, self)
            for port in (self.board, self.projects, self.deliveries, self.contents)
        ]
        self.on, self.give_up = use_cases(Ports(*fragile), self.waits.append)

    def tell(self, event: Event[Any]) -> str:
        """One delivery of an event, as the worker would make it."""
        return self.on[event.detail_type](event)

    def tell_and_die(self, event: Event[Any], at: int, when: str) -> None:
        """One delivery that is killed at the nth call, if it makes that many."""
        self.fate = Fate(at, when)
        with suppress(KilledError):
            self.tell(event)

    def tell_until_done(self, event: Event[Any]) -> str:
        """After a crash, SQS delivers again when the claim of the dead has run out."""
        self.fate = Fate()
        self.now += LEASE + timedelta(seconds=1)
        return self.tell(event)

    def published(self, detail_type: str) -> list[Any]:
        events = self.deliveries.published.values()
        return [event.data for event in events if event.detail_type == detail_type]

    def row(self, invocation_id: str) -> dict[str, Any]:
        return self.board.rows[DASHBOARD, invocation_id]

    @property
    def story(self) -> Page:
        return self.board.pages[STORY]


@pytest.fixture
def world(project: Callable[..., Project]) -> World:
    """A story that waits for its prototype, and a dashboard."""
    kinds = {
        "Name": "title",
        "Status": "status",
        "Assignee": "people",
        "Artifacts": "url",
        "Last Result": "rich_text",
    }
    story = Page(
        STORY,
        f"https://www.notion.so/{STORY}",
        "Apply discount codes",
        {"Status": "Generate Prototype", "Assignee": [{"id": "assignee", "name": "Al"}]},
        kinds,
    )
    board = MemoryBoard(
        pages={STORY: story},
        bodies={STORY: "As a shopper I want to enter a code."},
        statuses={"Generate Prototype", "Prototype Ready", "Failed", "Cancelled", "In Review"},
        schemas={DASHBOARD: COLUMNS},
    )
    return World(board, MemoryProjects(project()))
