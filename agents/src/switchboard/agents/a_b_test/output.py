"""What the a_b_test agent answers with."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from switchboard.agents.definition import AgentOutput


class VariantMetadata(BaseModel):
    """Where the variant is (F7)."""

    s3_key: str
    cloudfront_url: str
    expiry_days: int
    screenshot_url: str | None = None


class VariantArtifact(BaseModel):
    """One variant, as the uploader returned it; its description is the title."""

    type: Literal["prototype"] = "prototype"
    url: str
    title: str = Field(
        description="'Variant A: ' and one sentence on how this variant differs from the others"
    )
    metadata: VariantMetadata
    expires_at: datetime | None = None


class VariantsOutput(AgentOutput):
    """The result of a run of the a_b_test agent."""

    artifacts: list[VariantArtifact] = Field(default_factory=list)
