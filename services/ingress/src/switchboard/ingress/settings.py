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


class DoorSettings(_Environment):
    """Environment of the webhook door."""

    TABLE_NAME: str
    WEBHOOK_SECRET_ARN: str
    NOTION_WORKSPACE_ID: str
    """The workspace whose webhooks are taken; `unset` takes any."""


class OutcomesSettings(_Environment):
    """Environment of the function that answers why."""

    TABLE_NAME: str


class WorkerSettings(_Environment):
    """Environment of the worker."""

    TABLE_NAME: str
    CONTENT_BUCKET: str
    NOTION_API_URL: str
    NOTION_TOKEN_SECRET_ARN: str
    PROJECTS_DATA_SOURCE_ID: str
    QUEUE_URL: str
    DLQ_URL: str
    SYNC_QUEUE_URL: str
    KNOWLEDGE_BASE_ID: str


class SyncDoorSettings(_Environment):
    """Environment of the doors of knowledge syncs."""

    TABLE_NAME: str
    SYNC_QUEUE_URL: str
    KNOWLEDGE_BASE_ID: str


class SyncWorkerSettings(_Environment):
    """Environment of the worker that syncs."""

    TABLE_NAME: str
    NOTION_API_URL: str
    NOTION_TOKEN_SECRET_ARN: str
    KNOWLEDGE_BASE_ID: str
    KNOWLEDGE_DATA_SOURCE_ID: str
    SYNC_QUEUE_URL: str
    SYNC_DLQ_URL: str
