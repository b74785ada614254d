"""Events and a project as the other services would send them."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from switchboard.completion.domain.model import Project
from switchboard.events.content import TriggerRejectedV1
from switchboard.events.envelope import Event, EventData, new_event
from switchboard.events.invocation import (
    InvocationCancelledV1,
    InvocationCompletedV1,
    InvocationFailedV1,
    InvocationRequestedV1,
    InvocationStartedV1,
)
from switchboard.events.project import BudgetThresholdReachedV1, ProjectConfiguredV1
from switchboard.events.values import Artifact, ErrorInfo, PageSnapshot, Receipt, TokenUsage

NOON = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)
STORY = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"
DASHBOARD = "1f2e3d4c-5b6a-4798-8f7e-6d5c4b3a2918"
PARENT = "01KGM2T5D0J8Z6Q4XW9R3V7B1C"
ADA = "a1c9d6f2-3b47-4b6a-9a3e-5d8e2c7f4b01"
OWNER = "b2d0e7a3-4c58-4c7b-8b4f-6e9f3d805c12"

PROTOTYPE = Artifact(
    type="prototype",
    url="https://prototypes.example.com/01KGM2T5D0J8Z6Q4XW9R3V7B1C/index.html",
    title="Discount codes, clickable",
    metadata={
        "s3_key": "01KGM2T5D0J8Z6Q4XW9R3V7B1C/index.html",
        "cloudfront_url": "https://prototypes.example.com/01KGM2T5D0J8Z6Q4XW9R3V7B1C/index.html",
        "expiry_days": 7,
        "screenshot_url": None,
    },
    expires_at=datetime(2026, 2, 11, tzinfo=UTC),
)
ERROR = ErrorInfo(
    code="BUDGET_EXCEEDED",
    message="Monthly budget of $50.00 has been exhausted ($49.50 spent)",
    remediation="Increase cost_limit_per_month in project settings or wait",
)
ENDS: dict[str, type[Any]] = {
    "completed": InvocationCompletedV1,
    "failed": InvocationFailedV1,
    "cancelled": InvocationCancelledV1,
}
Make = Callable[..., Event[Any]]
CALL = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"
"""The flow began with a call, so its id is no invocation's (K-63)."""


def fact(data: EventData) -> Event[Any]:
    return new_event(
        data, service="orchestrator", correlation_id=CALL, project_id="proj-demo", clock=_noon
    )


def _noon() -> datetime:
    return NOON


@pytest.fixture
def configured() -> Make:
    """`ProjectConfigured.v1` of a project whose mocks are followed by demo decks."""

    def make(**changes: Any) -> Event[Any]:
        fields: dict[str, Any] = {
            "project_id": "proj-demo",
            "workspace_id": "ws",
            "notion_database_id": "db",
            "notion_dashboard_data_source_id": DASHBOARD,
            "github_repo": "acme/storefront",
            "github_branch_strategy": "feature-branch",
            "agent_chain_template": "story-to-mock-to-deck",
            "trigger_map": {"Generate Prototype": "mock", "Generate Demo Deck": "demo_deck"},
            "cost_limit_per_invocation": Decimal("2.00"),
            "cost_limit_per_month": Decimal("50.00"),
            "owner_user_ids": [OWNER],
            "created_at": NOON,
            "updated_at": NOON,
        }
        return fact(ProjectConfiguredV1(**{**fields, **changes}))

    return make


@pytest.fixture
def project(configured: Make) -> Callable[..., Project]:
    """The same as a read model."""
    return lambda **changes: Project.configured(configured(**changes).data)


@pytest.fixture
def requested() -> Make:
    """`InvocationRequested.v1` for a mock."""

    def make(**changes: Any) -> Event[Any]:
        fields: dict[str, Any] = {
            "invocation_id": PARENT,
            "workspace_id": "ws",
            "notion_page_id": STORY,
            "agent_type": "mock",
            "trigger_value": "Generate Prototype",
            "project_id": "proj-demo",
            "page_snapshot": PageSnapshot(title="Apply discount codes"),
            "origin": "webhook",
            "requested_by": [ADA],
        }
        return fact(InvocationRequestedV1(**{**fields, **changes}))

    return make


@pytest.fixture
def started() -> Make:
    """`InvocationStarted.v1` of a mock."""

    def make(**changes: Any) -> Event[Any]:
        fields: dict[str, Any] = {
            "invocation_id": PARENT,
            "workspace_id": "ws",
            "notion_page_id": STORY,
            "project_id": "proj-demo",
            "agent_type": "mock",
            "trigger_value": "Generate Prototype",
            "title": "Apply discount codes",
            "session_id": "s",
            "started_at": NOON,
            "requested_by": [ADA],
        }
        return fact(InvocationStartedV1(**{**fields, **changes}))

    return make


@pytest.fixture
def ended() -> Make:
    """The terminal event of a mock; `status` chooses which."""

    def make(status: str = "completed", **changes: Any) -> Event[Any]:
        fields: dict[str, Any] = {
            "invocation_id": PARENT,
            "notion_page_id": STORY,
            "workspace_id": "ws",
            "agent_type": "mock",
            "status": status,
            "output_summary": "Three screens with sample data." if status == "completed" else "",
            "output_artifacts": [PROTOTYPE] if status == "completed" else [],
            "cost_usd": Decimal("0.0375"),
            "token_usage": TokenUsage(),
            "session_id": "s",
            "started_at": NOON,
            "completed_at": NOON,
            "created_at": NOON,
            "project_id": "proj-demo",
            "trigger_value": "Generate Prototype",
            "title": "Apply discount codes",
            "origin": "webhook",
            "requested_by": [ADA],
            "error": ERROR if status == "failed" else None,
            "receipt": Receipt(
                lines=[],
                price_table_version="2026-11-01",
                total_usd=Decimal("0.0375"),
                note="offline playbook",
            ),
            "turns": 7,
            "duration_seconds": 71.2,
        }
        return fact(ENDS[status](**{**fields, **changes}))

    return make


@pytest.fixture
def rejected() -> Make:
    """`TriggerRejected.v1` of an empty story."""

    def make(**changes: Any) -> Event[Any]:
        fields: dict[str, Any] = {
            "notion_page_id": STORY,
            "workspace_id": "ws",
            "trigger_value": "Generate Code",
            "code": "STORY_EMPTY",
            "message": "The story has no text",
            "remediation": "Describe what is wanted, then set the status again",
            "requested_by": [ADA],
        }
        return fact(TriggerRejectedV1(**{**fields, **changes}))

    return make


@pytest.fixture
def budget() -> Make:
    """`BudgetThresholdReached.v1` at 80 %."""

    def make(**changes: Any) -> Event[Any]:
        fields: dict[str, Any] = {
            "project_id": "proj-demo",
            "month": "2026-02",
            "threshold_percent": 80,
            "limit_usd": Decimal("50.00"),
            "spent_usd": Decimal("40.12"),
            "reserved_usd": Decimal("1.00"),
            "invocation_id": PARENT,
            "notion_page_id": STORY,
        }
        return fact(BudgetThresholdReachedV1(**{**fields, **changes}))

    return make
