"""What the code agent answers with."""

from typing import Literal

from pydantic import BaseModel, Field

from switchboard.agents.definition import AgentOutput


class PullRequestMetadata(BaseModel):
    """Where the pull request is (F7)."""

    repo: str = Field(description="owner/name")
    branch: str
    pr_number: int
    files_changed: int


class PullRequestArtifact(BaseModel):
    """The pull request, as create_pull_request returned it."""

    type: Literal["pull_request"] = "pull_request"
    url: str
    title: str
    metadata: PullRequestMetadata


class CodeOutput(AgentOutput):
    """The result of a run of the code agent."""

    artifacts: list[PullRequestArtifact] = Field(default_factory=list)
