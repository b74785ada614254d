"""What the insight agent answers with."""

from typing import Literal

from pydantic import BaseModel, Field

from switchboard.agents.definition import AgentOutput


class ReportMetadata(BaseModel):
    """Where the report is, and what it rests on (F7)."""

    page_id: str
    parent_page_id: str
    feedback_database_id: str
    response_count: int


class ReportArtifact(BaseModel):
    """The report, as notion-create-pages returned it."""

    type: Literal["insight_report"] = "insight_report"
    url: str
    title: str
    metadata: ReportMetadata


class InsightOutput(AgentOutput):
    """The result of a run of the insight agent."""

    artifacts: list[ReportArtifact] = Field(default_factory=list)
