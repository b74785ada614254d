"""The environment of the functions, validated once per cold start."""

import os
from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

MAX_RUN_SECONDS = 8 * 3600
"""AgentCore ends a session after eight hours whatever we say."""


class Settings(BaseModel):
    """What the API and the sweep need. The CDK stack sets exactly these names."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    TABLE_NAME: str
    CONTENT_BUCKET: str
    AGENT_PARAMETERS: str = Field(description="SSM prefix: <prefix>/<agent_type>/runtime-arn")
    TIMER_GROUP: str
    TIMER_ROLE_ARN: str
    TIMER_QUEUE_ARN: str
    RECEIPT_KEY_SECRET_ARN: str
    RUN_LIMIT_SECONDS: int = Field(default=3600, gt=0, le=MAX_RUN_SECONDS)
    CANCEL_GRACE_SECONDS: int = Field(default=60, gt=0, le=900)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Fail at cold start, naming every missing variable at once."""
        return cls.model_validate(env)


class WorkerSettings(Settings):
    """What the queue's worker needs besides."""

    QUEUE_URL: str
    DLQ_URL: str
