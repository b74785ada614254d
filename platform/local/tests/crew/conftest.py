"""A board whose statuses start agents that answer at once, over a bus in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from switchboard.local.crew.backlog import Story
from switchboard.local.crew.feedback import GiveFeedback
from switchboard.local.crew.loop import RunLoop
from switchboard.local.crew.outcome import Node, StepRun, StoryRun
from switchboard.local.crew.steps import LOOP, Step

PAGE = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"
DATABASE = "db-1"
ERROR = {"code": "AGENT_ERROR", "message": "it broke", "remediation": "look"}
SCHEMA = {
    "Title": "title",
    "User Story": "relation",
    "Overall Rating": "number",
    "Open Feedback": "rich_text",
    "Would Use": "select",
    "Submitted At": "date",
}
STORY = Story(
    "Book a repair",
    "As a cyclist I want to book.",
    ({"Title": "Good", "Overall Rating": "4"}, {"Title": "=1+1", "Overall Rating": ""}),
)


def artifact(kind: str) -> dict[str, Any]:
    metadata = {"database_id": DATABASE} if kind == "notion_database" else {}
    return {"type": kind, "url": f"https://x.example/{kind}", "title": kind, "metadata": metadata}


@dataclass
class World:
    """What a loop sees of the platform; `fates` says how an agent's runs end."""

    fates: dict[str, str] = field(default_factory=dict)
    chain: dict[str, str] = field(default_factory=dict)
    """Agent -> the agent that the project's chain starts after it."""
    makes_nothing: set[str] = field(default_factory=set)
    steps: tuple[Step, ...] = LOOP

    def __post_init__(self) -> None:
        self.statuses: list[str] = []
        self.rows: list[tuple[str, dict[str, Any], str]] = []
        self.events: list[dict[str, Any]] = []
        self.nodes: dict[str, Node] = {}
        self.told: list[str] = []
        self.now = 0.0
        self._makes = {step.agent_type: step.makes for step in LOOP}

    # the board
    def create_story(self, title: str, markdown: str) -> dict[str, Any]:
        return {"id": PAGE, "url": f"https://notion.example/{PAGE}"}

    def set_status(self, page_id: str, value: str) -> None:
        self.statuses.append(value)
        agent = next(step.agent_type for step in LOOP if step.trigger == value)
        if self.fates.get(agent) == "rejected":
            self._event("TriggerRejected.v1", notion_page_id=PAGE, **ERROR)
        elif self.fates.get(agent) != "silent":
            self._run(agent)

    def data_source_of(self, database_id: str) -> dict[str, Any]:
        assert database_id == DATABASE
        return {"id": "ds-1", "properties": {name: {"type": kind} for name, kind in SCHEMA.items()}}

    def add_row(self, data_source_id: str, properties: dict[str, Any], user: str) -> None:
        self.rows.append((data_source_id, properties, user))

    # the bus
    def batch(self) -> list[dict[str, Any]]:
        self.now += 1
        taken, self.events = self.events[:3], self.events[3:]
        return taken

    # the records
    def tree(self, invocation_id: str) -> Node:
        return self.nodes[invocation_id]

    def receipt(self, invocation_id: str) -> dict[str, Any]:
        return {"lines": [], "total_usd": self.nodes[invocation_id]["cost_usd"]}

    def calls(self) -> dict[str, int]:
        return {"orchestrator": 9}

    # the teller
    def begun(self, run: StoryRun) -> None:
        self.told.append(run.title)

    def step(self, run: StepRun, *, last: bool) -> None:
        self.told.append(f"{run.step.agent_type} {run.status}{' (last)' if last else ''}")

    def loop(self) -> StoryRun:
        clock = lambda: self.now  # noqa: E731 - the shortest clock there is
        run = RunLoop(self, GiveFeedback(self), self, self, self, self.steps, 20, clock)
        return run(STORY)

    def _run(self, agent: str, parent: str | None = None) -> str:
        made = f"inv-{len(self.nodes)}-{agent}"
        status = self.fates.get(agent, "completed")
        kinds = self._makes[agent] if agent not in self.makes_nothing else ()
        node = {
            "invocation_id": made,
            "agent_type": agent,
            "status": status,
            "cost_usd": "0.01",
            "duration_seconds": 1.0,
            "output_artifacts": [artifact(kind) for kind in kinds] if status == "completed" else [],
            "error": ERROR if status == "failed" else None,
            "children": [],
        }
        self.nodes[made] = node
        about = {"invocation_id": made, "notion_page_id": PAGE, "parent_invocation_id": parent}
        self._event("InvocationRequested.v1", agent_type=agent, **about)
        end = "InvocationCompleted.v1" if status == "completed" else "InvocationFailed.v1"
        self._event(end, status=status, error=node["error"], **about)
        delivered = self._event("InvocationDelivered.v1", **about)
        if (following := self.chain.get(agent)) and status == "completed":
            child = self._run(following, made)
            delivered["next_invocation_id"] = child
            node["children"].append(self.nodes[child])
        return made

    def _event(self, detail_type: str, **data: Any) -> dict[str, Any]:
        time = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
        metadata = {"id": f"{len(self.nodes)}", "time": time, "correlation_id": "flow"}
        self.events.append(
            {"detail-type": detail_type, "detail": {"metadata": metadata, "data": data}}
        )
        return data


@pytest.fixture
def new_world() -> type[World]:
    return World


@pytest.fixture
def world() -> World:
    return World()
