"""The environment of completion's worker, complete at cold start."""

import os
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Validated environment. The stack sets exactly these names."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    TABLE_NAME: str
    CONTENT_BUCKET: str
    NOTION_API_URL: str
    NOTION_TOKEN_SECRET_ARN: str
    QUEUE_URL: str
    DLQ_URL: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Fail at cold start, naming every missing variable at once."""
        return cls.model_validate(env)
