"""A clock that stands still, a gateway's context, and a bench to call targets on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from aws_lambda_powertools import Logger

from switchboard.tools.adapters.memory import MemoryLedger, MemoryMetrics
from switchboard.tools.invocation import Invocation
from switchboard.tools.ledger import EffectLedger, Once
from switchboard.tools.tool import Target
from switchboard.tools.tool_target import Call, ToolTarget, UseCase

INVOCATION = "01J9ZQ8H3V5T7W2X4Y6A8B0C1D"
PAGE = "1f0e0000-0000-4000-8000-000000000001"
PROJECT = "proj-demo"
FLOW = "01J9ZQ8H3V5T7W2X4Y6A8B0C1A"


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    now: datetime = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def invocation() -> Invocation:
    return Invocation(INVOCATION, "code", PAGE, "acme/app")


@pytest.fixture
def call(invocation: Invocation) -> Call:
    return Call(invocation)


def _context(tool: str, headers: dict[str, str] | None = None) -> Any:
    given = {
        "x-switchboard-invocation-id": INVOCATION,
        "x-switchboard-agent-type": "code",
        "x-switchboard-page-id": PAGE,
        "x-switchboard-repo": "acme/app",
        "x-switchboard-project-id": PROJECT,
        "x-switchboard-correlation-id": FLOW,
    }
    custom = {
        "bedrockAgentCoreToolName": f"target___{tool}",
        "bedrockAgentCorePropagatedHeaders": given if headers is None else headers,
    }
    return SimpleNamespace(client_context=SimpleNamespace(custom=custom))


@pytest.fixture
def context() -> Callable[..., Any]:
    return _context


@dataclass
class Bench:
    """Builds targets on memory; `call` behaves like the gateway."""

    clock: Clock
    ledger: EffectLedger = field(default_factory=MemoryLedger)
    metrics: MemoryMetrics = field(default_factory=MemoryMetrics)
    log: StringIO = field(default_factory=StringIO)

    def target(self, target: Target, use_cases: dict[str, UseCase]) -> ToolTarget:
        owners = count()
        once = Once(self.ledger, self.clock, self.clock.sleep, lambda: f"owner-{next(owners)}")
        ticks = count()
        # a name of its own: Powertools keeps one stream per name
        logger = Logger(service=f"test-{uuid4()}", stream=self.log)
        return ToolTarget(target, use_cases, once, self.metrics, logger, lambda: next(ticks) / 100)

    def call(self, target: ToolTarget, tool: str, **arguments: Any) -> dict[str, Any]:
        return target(arguments, _context(tool))


@pytest.fixture
def bench(clock: Clock) -> Bench:
    return Bench(clock)
