"""What the orchestrator sends to a runtime (requirements F11); it never holds a token."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from ulid import ULID

from switchboard.events.values import Artifact


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Story(_Part):
    """The page as it was when the work was asked for: data written by people, no instructions."""

    title: str
    properties: dict[str, Any] = Field(default_factory=dict)
    content_markdown: str | None = None
    acceptance_criteria: list[str] = Field(default_factory=list)
    url: str | None = None
    related_page_ids: list[str] = Field(default_factory=list)


class Project(_Part):
    """What the project's configuration says about how to work."""

    coding_standards: str | None = None
    framework_preferences: list[str] = Field(default_factory=list)
    github_repo: str | None = None
    github_branch_strategy: str = "feature-branch"
    prototype_expiry_days: int = 7
    knowledge_base_id: str | None = None


class Parent(_Part):
    """The invocation before this one in a chain."""

    parent_invocation_id: str
    artifacts: list[Artifact] = Field(default_factory=list)


class Budget(_Part):
    """What this run may cost, in USD."""

    cost_limit_per_invocation: Decimal = Field(gt=0)


class RunRequest(_Part):
    """One piece of work for one agent."""

    invocation_id: str = Field(min_length=1)
    agent_type: str
    project_id: str
    workspace_id: str
    notion_page_id: str
    acting_user: str | None = None
    """The person who asked for it, as Notion knows them."""
    session_id: str
    correlation_id: str
    causation_id: str | None = None
    story: Story
    project: Project
    parent: Parent | None = None
    earlier_artifacts: list[Artifact] = Field(default_factory=list)
    """What completed invocations of the same page made, the newest first."""
    budget: Budget

    @property
    def requested_at(self) -> datetime | None:
        """When the work was asked for: invocation ids are ULIDs, which begin with their time."""
        try:
            return ULID.from_str(self.invocation_id).datetime
        except ValueError:
            return None

    @property
    def work_branch(self) -> str:
        """The one branch this invocation may write; a retry derives the same name."""
        return f"switchboard/{self.invocation_id.lower()}"

    @property
    def flow(self) -> dict[str, str]:
        """The ids that every log line and trace of the run carries (ORC-16)."""
        return {"invocation_id": self.invocation_id, "correlation_id": self.correlation_id}
