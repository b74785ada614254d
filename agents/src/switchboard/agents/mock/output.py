"""What the mock agent answers with."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from switchboard.agents.definition import AgentOutput


class PrototypeMetadata(BaseModel):
    """Where the prototype is (F7)."""

    s3_key: str
    cloudfront_url: str
    expiry_days: int
    screenshot_url: str | None = None


class PrototypeArtifact(BaseModel):
    """The prototype, as the uploader returned it."""

    type: Literal["prototype"] = "prototype"
    url: str
    title: str
    metadata: PrototypeMetadata
    expires_at: datetime | None = None


class MockOutput(AgentOutput):
    """The result of a run of the mock agent."""

    artifacts: list[PrototypeArtifact] = Field(default_factory=list)
