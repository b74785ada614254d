"""What the review agent answers with."""

from typing import Literal

from pydantic import BaseModel, Field, model_validator

from switchboard.agents.definition import AgentOutput

Verdict = Literal["PASS", "FAIL"]


class CriterionVerdict(BaseModel):
    """Whether the pull request meets one acceptance criterion."""

    criterion: str = Field(description="word for word")
    met: bool
    reason: str = Field(
        description="what in the diff shows it, with file and line, or what is missing"
    )


class ReviewMetadata(BaseModel):
    """Which pull request was reviewed, and how it came out (F7)."""

    repo: str = Field(description="owner/name")
    branch: str
    pr_number: int
    files_changed: int
    verdict: Verdict


class ReviewArtifact(BaseModel):
    """The review, as pull_request_review_write returned it."""

    type: Literal["pull_request"] = "pull_request"
    url: str = Field(description="the review's own url, as the tool returned it")
    title: str
    metadata: ReviewMetadata


class ReviewOutput(AgentOutput):
    """The result of a run of the review agent."""

    verdict: Verdict | None = Field(default=None, description="null when status is failed")
    criteria: list[CriterionVerdict] = Field(default_factory=list)
    suggestions: list[str] = Field(default_factory=list)
    not_read: list[str] = Field(
        default_factory=list, description="files, or parts of them, that could not be read"
    )
    artifacts: list[ReviewArtifact] = Field(default_factory=list)

    @model_validator(mode="after")
    def _passes_only_when_all_is_met(self) -> "ReviewOutput":
        unmet = [item.criterion for item in self.criteria if not item.met]
        if self.verdict == "PASS" and unmet:
            raise ValueError(f"verdict PASS, but not met: {'; '.join(unmet)}")
        return self
