"""Events about a project's configuration and money."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from switchboard.events.envelope import EventData
from switchboard.events.values import Usd


class ProjectConfiguredV1(EventData):
    """A project's configuration as it stands now (F8); readers replace what they had."""

    DETAIL_TYPE: ClassVar[str] = "ProjectConfigured.v1"

    project_id: str
    workspace_id: str
    notion_database_id: str
    notion_data_source_id: str | None = None
    notion_dashboard_data_source_id: str | None = Field(
        default=None, description="where the rows of the execution dashboard live (ours)"
    )
    github_repo: str = Field(description="owner/name")
    github_branch_strategy: str = Field(description="feature-branch or direct-to-main")
    coding_standards: str = ""
    framework_preferences: list[str] = Field(default_factory=list)
    agent_chain_template: str = Field(
        description="story-to-code, story-to-mock-to-deck, story-to-spec-to-code or custom"
    )
    chain_steps: list[str] = Field(
        default_factory=list, description="agent types in order, for `custom`"
    )
    trigger_map: dict[str, str]
    prototype_expiry_days: int = 7
    cost_limit_per_invocation: Usd
    cost_limit_per_month: Usd
    knowledge_base_id: str | None = None
    owner_user_ids: list[str] = Field(default_factory=list)
    defect_status: str | None = Field(
        default=None,
        description="Status of a story made from a software-defect ticket; a trigger starts work "
        "at once. None: the project takes no stories from tickets",
    )
    created_at: datetime
    updated_at: datetime = Field(description="orders versions: an older one never replaces")


class BudgetThresholdReachedV1(EventData):
    """A project's month passed 80 % of its limit, or a run no longer fits (100 %)."""

    DETAIL_TYPE: ClassVar[str] = "BudgetThresholdReached.v1"

    project_id: str
    month: str = Field(description="YYYY-MM")
    threshold_percent: int = Field(description="80 or 100")
    limit_usd: Usd
    spent_usd: Usd
    reserved_usd: Usd
    invocation_id: str
    notion_page_id: str
