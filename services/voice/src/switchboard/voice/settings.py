"""Validated environments, one model per function; the stack sets exactly these names."""

import os
from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict


class _Environment(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Fail at cold start, naming every missing variable at once."""
        return cls.model_validate(env)


class DeskSettings(_Environment):
    """Environment of the function that the contact flow asks."""

    TABLE_NAME: str
    CONNECT_INSTANCE_ID: str


class QueueSettings(_Environment):
    """Environment of the two functions behind a queue: ticket events, contact events."""

    TABLE_NAME: str
    QUEUE_URL: str
    DLQ_URL: str
