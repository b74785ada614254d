"""Events about an invocation: asked for, started, run, ended."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from switchboard.events.envelope import Contract, EventData
from switchboard.events.values import (
    Artifact,
    ErrorInfo,
    PageSnapshot,
    Receipt,
    RunUsage,
    TokenUsage,
    Usd,
)


class InvocationRequestedV1(EventData):
    """Somebody, an API caller or a chain asked for an agent's work."""

    DETAIL_TYPE: ClassVar[str] = "InvocationRequested.v1"

    invocation_id: str = Field(description="ULID")
    workspace_id: str
    notion_page_id: str
    agent_type: str = Field(description="code, mock, demo_deck, insight, spec, review, a_b_test")
    trigger_value: str
    project_id: str
    page_snapshot: PageSnapshot
    origin: str = Field(description="webhook, api or chain")
    requested_by: list[str] = Field(
        default_factory=list, description="Notion user ids to be mentioned"
    )
    parent_invocation_id: str | None = None
    parent_artifacts: list[Artifact] = Field(default_factory=list)


class InvocationStartedV1(EventData):
    """An agent has taken the work."""

    DETAIL_TYPE: ClassVar[str] = "InvocationStarted.v1"

    invocation_id: str
    workspace_id: str
    notion_page_id: str
    project_id: str
    agent_type: str
    trigger_value: str
    title: str
    session_id: str
    started_at: datetime
    requested_by: list[str] = Field(default_factory=list)
    parent_invocation_id: str | None = None


class AgentRunCompletedV1(EventData):
    """An agent finished its run and says what it made (F12)."""

    DETAIL_TYPE: ClassVar[str] = "AgentRunCompleted.v1"

    invocation_id: str
    agent_type: str
    session_id: str
    status: str = Field(description="completed")
    summary: str
    artifacts: list[Artifact]
    token_usage: TokenUsage
    usage: RunUsage
    finished_at: datetime


class AgentRunFailedV1(EventData):
    """An agent gave up, was cancelled or ran into its budget; it reports what it used so far."""

    DETAIL_TYPE: ClassVar[str] = "AgentRunFailed.v1"

    invocation_id: str
    agent_type: str
    session_id: str
    error: ErrorInfo
    cancelled: bool = Field(default=False, description="true after a cooperative cancel")
    artifacts: list[Artifact] = Field(default_factory=list, description="made before the failure")
    token_usage: TokenUsage
    usage: RunUsage
    finished_at: datetime


class InvocationRecord(Contract):
    """The invocation record, with exactly the fields of F6."""

    invocation_id: str
    notion_page_id: str
    workspace_id: str
    agent_type: str
    status: str = Field(description="queued, running, completed, failed or cancelled")
    input_context: dict[str, Any] = Field(default_factory=dict)
    output_summary: str = ""
    output_artifacts: list[Artifact] = Field(default_factory=list)
    parent_invocation_id: str | None = None
    config: dict[str, Any] = Field(default_factory=dict)
    cost_usd: Usd
    token_usage: TokenUsage
    session_id: str
    started_at: datetime | None = None
    completed_at: datetime | None = None
    error_detail: str | None = None
    created_at: datetime


class InvocationEnded(EventData, InvocationRecord):
    """What the three terminal events share: the record as it ended, and how it got there."""

    project_id: str
    trigger_value: str
    title: str
    origin: str
    requested_by: list[str] = Field(default_factory=list)
    error: ErrorInfo | None = None
    receipt: Receipt | None = None
    turns: int = 0
    duration_seconds: float = 0.0


class InvocationCompletedV1(InvocationEnded):
    """The invocation ended well; exactly one terminal event exists per invocation."""

    DETAIL_TYPE: ClassVar[str] = "InvocationCompleted.v1"


class InvocationFailedV1(InvocationEnded):
    """The invocation failed, was refused or ran out of time; `error` says why."""

    DETAIL_TYPE: ClassVar[str] = "InvocationFailed.v1"


class InvocationCancelledV1(InvocationEnded):
    """A person ended the invocation."""

    DETAIL_TYPE: ClassVar[str] = "InvocationCancelled.v1"


class InvocationDeliveredV1(EventData):
    """The result stands in Notion."""

    DETAIL_TYPE: ClassVar[str] = "InvocationDelivered.v1"

    invocation_id: str
    notion_page_id: str
    status: str = Field(description="the terminal status that was delivered")
    dashboard_page_id: str | None = None
    comment_id: str | None = None
    next_invocation_id: str | None = Field(default=None, description="the chain's next step")


class DeliveryFailedV1(EventData):
    """The result, or the chain's next step, could not be handed on."""

    DETAIL_TYPE: ClassVar[str] = "DeliveryFailed.v1"

    invocation_id: str
    notion_page_id: str
    error: ErrorInfo = Field(description="DELIVERY_FAILED or CHAIN_FAILED")
