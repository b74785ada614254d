"""The environment of the functions, validated once per cold start."""

import os
from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """What the API needs. The CDK stack sets exactly these names."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    TABLE_NAME: str = Field(description="the tickets (F21)")
    REGION: str
    STATE_TABLE_NAME: str = Field(description="entries, claims, counters and the outbox")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Fail at cold start, naming every missing variable at once."""
        return cls.model_validate(env)


class WorkerSettings(Settings):
    """What the queue's worker needs besides."""

    QUEUE_URL: str
    DLQ_URL: str
