"""Doubles of this service's tests: a clock, makers of events, and a world that delivers them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from switchboard.events.envelope import Event, EventData, new_event, new_id
from switchboard.events.invocation import (
    AgentRunCompletedV1,
    AgentRunFailedV1,
    InvocationRequestedV1,
)
from switchboard.events.project import ProjectConfiguredV1
from switchboard.events.values import Artifact, ErrorInfo, PageSnapshot, RunUsage, TokenUsage
from switchboard.orchestrator.adapters.memory import (
    MemoryDeadlines,
    MemoryProjects,
    MemoryRuntimes,
    MemoryStore,
    MemoryStories,
)
from switchboard.orchestrator.adapters.scheduler import deadline_message
from switchboard.orchestrator.adapters.seals import JwsSeals, MemoryKeys
from switchboard.orchestrator.domain.identity import session_id_for
from switchboard.orchestrator.domain.model import Ledger
from switchboard.orchestrator.domain.ports import AgentRun
from switchboard.orchestrator.wiring import Limits, Orchestrator, Ports

START = datetime(2026, 2, 4, 10, 0, tzinfo=UTC)
MONTH = "2026-02"
REDELIVERY = timedelta(seconds=270)
"""The queue's visibility timeout: when a message whose consumer died comes again."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Make:
    """Events as other services publish them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def event(self, data: EventData, service: str, correlation_id: str = "flow") -> Event[Any]:
        return new_event(
            data,
            service=service,
            correlation_id=correlation_id,
            project_id=getattr(data, "project_id", None),
            clock=self._clock,
        )

    def project(self, project_id: str = "proj-demo", **changes: Any) -> ProjectConfiguredV1:
        values: dict[str, Any] = {
            "project_id": project_id,
            "workspace_id": "ws-1",
            "notion_database_id": "db-1",
            "github_repo": "acme/shop",
            "github_branch_strategy": "feature-branch",
            "coding_standards": "PEP 8",
            "framework_preferences": ["FastAPI"],
            "agent_chain_template": "story-to-code",
            "trigger_map": {"Generate Code": "code", "Generate Prototype": "mock"},
            "cost_limit_per_invocation": Decimal("1.00"),
            "cost_limit_per_month": Decimal("50.00"),
            "owner_user_ids": ["owner-1"],
            "created_at": START,
            "updated_at": START,
        }
        return ProjectConfiguredV1.model_validate(values | changes)

    def request(self, **changes: Any) -> Event[InvocationRequestedV1]:
        values: dict[str, Any] = {
            "invocation_id": new_id(),
            "workspace_id": "ws-1",
            "notion_page_id": "page-1",
            "agent_type": "code",
            "trigger_value": "Generate Code",
            "project_id": "proj-demo",
            "page_snapshot": PageSnapshot(
                title="Export the list",
                properties={"Acceptance Criteria": "- one file\n- all rows"},
                content_markdown="As a user I want an export.",
                url="https://notion.example/page-1",
            ),
            "origin": "webhook",
            "requested_by": ["user-1"],
        }
        data = InvocationRequestedV1.model_validate(values | changes)
        return self.event(data, "ingress", data.invocation_id)

    def completed(self, invocation_id: str, **changes: Any) -> Event[AgentRunCompletedV1]:
        values: dict[str, Any] = {
            "invocation_id": invocation_id,
            "agent_type": "code",
            "session_id": session_id_for(invocation_id),
            "status": "completed",
            "summary": "Opened a pull request",
            "artifacts": [
                Artifact(
                    type="pull_request",
                    url="https://github.example/acme/shop/pull/1",
                    title="Export",
                    metadata={"repo": "acme/shop", "pr_number": 1},
                )
            ],
            "token_usage": TokenUsage(input_tokens=4000, output_tokens=1000, total_tokens=5000),
            "usage": self.usage(),
            "finished_at": self._clock(),
        }
        return self.event(AgentRunCompletedV1.model_validate(values | changes), "agents")

    def failed(self, invocation_id: str, **changes: Any) -> Event[AgentRunFailedV1]:
        values: dict[str, Any] = {
            "invocation_id": invocation_id,
            "agent_type": "code",
            "session_id": session_id_for(invocation_id),
            "error": ErrorInfo(code="AGENT_ERROR", message="it broke", remediation="look"),
            "token_usage": TokenUsage(input_tokens=400, output_tokens=100, total_tokens=500),
            "usage": self.usage(),
            "finished_at": self._clock(),
        }
        return self.event(AgentRunFailedV1.model_validate(values | changes), "agents")

    def usage(self, **changes: Any) -> RunUsage:
        values: dict[str, Any] = {
            "model_id": "global.anthropic.claude-sonnet-4-6",
            "turns": 4,
            "tool_calls": 4,
            "wall_seconds": 36.0,
            "cpu_seconds": 3.6,
            "peak_memory_gb": 0.5,
        }
        return RunUsage.model_validate(values | changes)


@dataclass
class Message:
    """A message of the queue."""

    body: str
    visible_at: datetime
    received: int = 0


class Crash(BaseException):
    """The process died; not an Exception, so that no handler can survive it."""


@dataclass
class Faults:
    """Crashes once, at the n-th call of any port: before it, or after it was applied."""

    at: int = 0
    after: bool = False
    calls: int = 0
    happened: bool = False

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **options: Any) -> Any:
            self.calls += 1
            hit = self.calls == self.at
            self.happened |= hit
            if hit and not self.after:
                raise Crash
            answer = call(*args, **options)
            if hit:
                raise Crash
            return answer

        return guarded


class Guarded:
    """A port whose calls may crash."""

    def __init__(self, port: Any, faults: Faults) -> None:
        self._port = port
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._port, name)
        return self._faults.around(value) if callable(value) else value


@dataclass
class World:
    """The orchestrator over ports in memory, with its queue, its timers and agents."""

    clock: Clock
    make: Make
    store: MemoryStore = field(default_factory=MemoryStore)
    projects: MemoryProjects = field(default_factory=MemoryProjects)
    stories: MemoryStories = field(default_factory=MemoryStories)
    deadlines: MemoryDeadlines = field(default_factory=MemoryDeadlines)
    keys: MemoryKeys = field(default_factory=MemoryKeys)
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)
    copies: int = 1
    """How often the bus delivers each event."""
    agent: str = "completes"
    """completes, fails, obeys a cancel, or is silent."""

    def __post_init__(self) -> None:
        self.runtimes = MemoryRuntimes(frozenset({"code", "mock"}))
        self.runtimes.on_start = self._agent_works
        self.queue: list[Message] = []
        self.buried: list[tuple[str, str]] = []
        self.hidden: list[int] = []

    @property
    def orchestrator(self) -> Orchestrator:
        ports = Ports(
            self._guarded(self.store),
            self._guarded(self.store.ledgers),
            self._guarded(self.projects),
            self._guarded(self.stories),
            self._guarded(self.runtimes),
            self._guarded(self.deadlines),
            JwsSeals(self.keys),
            self.clock,
        )
        return Orchestrator(ports, self.limits)

    def _guarded(self, port: Any) -> Any:
        return Guarded(port, self.faults)

    def configure(self, **changes: Any) -> ProjectConfiguredV1:
        project = self.make.project(**changes)
        self.projects.put(project)
        return project

    def send(self, event: Event[Any]) -> None:
        body = json.dumps(
            {
                "detail-type": event.detail_type,
                "source": event.source,
                "detail": json.loads(event.detail()),
            }
        )
        self.queue.extend(Message(body, self.clock()) for _ in range(self.copies))

    def hide(self, receipt_handle: str, seconds: int) -> None:
        self.hidden.append(seconds)
        message = next(item for item in self.queue if str(id(item)) == receipt_handle)
        message.visible_at = self.clock() + timedelta(seconds=seconds)

    def bury(self, body: str, reason: str) -> None:
        self.buried.append((body, reason))

    def work(self) -> bool:
        """Handle one visible message; tell whether there was one."""
        visible = [item for item in self.queue if item.visible_at <= self.clock()]
        if not visible:
            return False
        message = visible[0]
        message.received += 1
        message.visible_at = self.clock() + REDELIVERY
        record = {
            "messageId": "m",
            "receiptHandle": str(id(message)),
            "body": message.body,
            "attributes": {"ApproximateReceiveCount": str(message.received)},
        }
        try:
            answer = self.orchestrator.inbox(self)({"Records": [record]})
        except Crash:
            return True
        if not answer["batchItemFailures"]:
            self.queue.remove(message)
        return True

    def work_off(self) -> None:
        """Handle everything that is visible now."""
        while self.work():
            pass

    def settle(self, hours: float = 3) -> None:
        """Let time pass: messages, timers and the sweep every five minutes, as long as needed."""
        end = self.clock() + timedelta(hours=hours)
        while self.clock() < end and not self.at_rest():
            self.work_off()
            self.ring()
            if self.clock().minute % 5 == 0 and self.clock().second == 0:
                self.sweep()
            self.clock.tick(10)

    def at_rest(self) -> bool:
        open_records = [one for one in self.store.records.values() if not one.ended]
        return not (self.queue or self.deadlines.timers or open_records)

    def ring(self) -> None:
        due = self.deadlines.due(self.clock())
        self.queue.extend(Message(deadline_message(one), self.clock()) for one in due)

    def sweep(self) -> None:
        try:
            self.orchestrator.sweep()()
        except Crash:
            return

    def _agent_works(self, run: AgentRun) -> None:
        invocation_id = run.payload["invocation_id"]
        if self.agent == "completes":
            self.send(self.make.completed(invocation_id))
        elif self.agent == "fails":
            self.send(self.make.failed(invocation_id))

    def record(self, invocation_id: str) -> Any:
        return self.store.records[invocation_id]

    def told(self, *detail_types: str) -> list[Event[Any]]:
        return [event for event in self.store.outbox if event.detail_type in detail_types]

    def ends(self) -> list[Event[Any]]:
        return self.told("InvocationCompleted.v1", "InvocationFailed.v1", "InvocationCancelled.v1")

    def month(self) -> Ledger:
        return self.store.month("proj-demo", MONTH)

    def with_spent(self, amount: str) -> None:
        spent = Decimal(amount)
        ledger = Ledger("proj-demo", MONTH, committed=spent, spent=spent, accepted=1)
        self.store.months["proj-demo", MONTH] = replace(ledger, spent_by_agent={"mock": spent})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(clock: Clock) -> Make:
    return Make(clock)


@pytest.fixture
def new_world(clock: Clock, make: Make) -> Callable[..., World]:
    """Build a world with one configured project."""

    def build(**options: Any) -> World:
        clock.now = START
        world = World(clock, make, **options)
        world.configure()
        return world

    return build


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    return new_world()


@pytest.fixture
def faults() -> type[Faults]:
    return Faults


@pytest.fixture
def crash() -> type[Crash]:
    return Crash
