"""The invocation and the ledger as values, and the errors of this service.

OrchestratorError
├── RefusedError            a caller asked for something impossible; carries code and remedy
│   ├── NotFoundError
│   ├── InvalidRequestError
│   └── ConflictError
├── StartFailedError        an agent cannot be started, whoever tries again
└── RetryLaterError         nothing is wrong for good: the same message must come again
    ├── StartUnavailableError, StartPendingError, ProjectNotConfiguredError
    └── StaleRecordError, StoreBusyError
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from switchboard.events.invocation import InvocationRecord
from switchboard.events.values import Artifact, ErrorInfo, Receipt, RunUsage, TokenUsage, Usd

SERVICE = "orchestrator"


class OrchestratorError(Exception):
    """Anything this service raises on purpose."""


class RefusedError(OrchestratorError):
    """A request that cannot be served; the caller is told why and what to do."""

    def __init__(self, code: str, message: str, remediation: str) -> None:
        """Keep the three parts of the common error format (F15)."""
        super().__init__(message)
        self.info = ErrorInfo(code=code, message=message, remediation=remediation)


class NotFoundError(RefusedError):
    """What was asked about does not exist."""


class InvalidRequestError(RefusedError):
    """The request itself must be changed."""


class ConflictError(RefusedError):
    """The request contradicts an earlier one."""


class StartFailedError(OrchestratorError):
    """The agent cannot be started and another try would not help; carries the remedy."""

    def __init__(self, message: str, remediation: str) -> None:
        """Say what failed and what a person can do about it."""
        super().__init__(message)
        self.remediation = remediation


class RetryLaterError(OrchestratorError):
    """The same work must be tried again later."""


class StartUnavailableError(RetryLaterError):
    """The runtime, or what a start needs, is out of reach for the moment."""


class StartPendingError(RetryLaterError):
    """Another delivery of the same request is starting the agent right now."""


class ProjectNotConfiguredError(RetryLaterError):
    """The project's configuration has not arrived yet."""


class StaleRecordError(RetryLaterError):
    """Somebody else changed the record after it was read: read it again and decide anew."""


class StoreBusyError(RetryLaterError):
    """The table did not take the write in time."""


class Status(StrEnum):
    """The five statuses of F6."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})


class AgentType(StrEnum):
    """The agent types a story can ask for (F12)."""

    CODE = "code"
    MOCK = "mock"
    DEMO_DECK = "demo_deck"
    INSIGHT = "insight"
    SPEC = "spec"
    REVIEW = "review"
    A_B_TEST = "a_b_test"


@dataclass(frozen=True)
class Flow:
    """The two ids by which everything about an invocation is found (ORC-16)."""

    invocation_id: str
    correlation_id: str


class Invocation(InvocationRecord):
    """The record of F6 and, below its fields, what only this service needs to know."""

    project_id: str
    trigger_value: str = ""
    title: str = ""
    origin: str = "webhook"
    requested_by: list[str] = Field(default_factory=list)
    parent_artifacts: list[Artifact] = Field(default_factory=list)
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
    version: int = Field(default=0, description="0 until stored; each write adds one")
    month: str | None = Field(default=None, description="ledger month of the reservation")
    reserved_usd: Usd | None = Field(default=None, description="held for this run; None = nothing")
    attempts: int = Field(default=0, description="how often a start was tried, at most three")
    waits: int = Field(default=0, description="deliveries that found no project configuration")
    due_at: datetime | None = Field(
        default=None,
        description="queued: earliest next start; running: when it must have ended",
    )
    deadline_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    stop_begun_at: datetime | None = Field(
        default=None, description="when a session that may have started unseen was to be stopped"
    )
    error: ErrorInfo | None = None
    receipt: Receipt | None = None
    turns: int = 0
    duration_seconds: float = 0.0
    delivered_at: datetime | None = None
    delivery_error: str | None = None

    @property
    def ended(self) -> bool:
        """Whether the one terminal status has been reached."""
        return self.status in ENDED

    @property
    def flow(self) -> Flow:
        """Its ids."""
        return Flow(self.invocation_id, self.correlation_id)


BULKY_FIELDS = frozenset({"input_context", "config", "receipt", "parent_artifacts"})
"""Fields a list of invocations leaves out."""
LISTED_FIELDS = tuple(sorted(set(Invocation.model_fields) - BULKY_FIELDS))
"""Fields a list of invocations carries."""


class Charge(StrEnum):
    """What a run that ends is charged."""

    METERED = "metered"
    NOTHING = "nothing"
    WHOLE_RESERVATION = "whole_reservation"


@dataclass(frozen=True)
class Outcome:
    """How a run ended, whoever says so: the agent, a deadline, a person, a failed start."""

    status: Status
    charge: Charge
    at: datetime
    summary: str = ""
    artifacts: tuple[Artifact, ...] = ()
    token_usage: TokenUsage = field(default_factory=TokenUsage)
    usage: RunUsage | None = None
    error: ErrorInfo | None = None


ZERO = Decimal(0)


@dataclass(frozen=True)
class Ledger:
    """A project's month: `committed` is always `spent` + `reserved`."""

    project_id: str
    month: str
    committed: Decimal = ZERO
    spent: Decimal = ZERO
    reserved: Decimal = ZERO
    accepted: int = 0
    spent_by_agent: dict[str, Decimal] = field(default_factory=dict)
    accepted_by_agent: dict[str, int] = field(default_factory=dict)
    warned: dict[int, Decimal] = field(default_factory=dict)
    """Threshold in percent -> the limit it was reported for."""
