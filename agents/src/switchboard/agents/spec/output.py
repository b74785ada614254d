"""What the spec agent answers with."""

from typing import Literal

from pydantic import BaseModel, Field

from switchboard.agents.definition import AgentOutput


class SpecificationMetadata(BaseModel):
    """Where the page is (F7)."""

    page_id: str
    parent_page_id: str
    page_type: Literal["spec"] = "spec"


class SpecificationArtifact(BaseModel):
    """The page, as notion-create-pages returned it."""

    type: Literal["notion_page"] = "notion_page"
    url: str
    title: str
    metadata: SpecificationMetadata


class SpecOutput(AgentOutput):
    """The result of a run of the spec agent."""

    artifacts: list[SpecificationArtifact] = Field(default_factory=list)
    decisions: list[str] = Field(
        default_factory=list,
        description="what the page settles that later stories of the project must know, "
        "one sentence each",
    )
