"""The environment of the Notion target as one frozen model."""

import os
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

NO_KNOWLEDGE_BASE = "off"
"""What the platform publishes when an environment has none."""


class Settings(BaseModel):
    """Validated environment; the stack sets exactly these names."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    NOTION_API_URL: str
    WORKLOAD_NAME: str
    """Who the function is to AgentCore Identity."""
    NOTION_PROVIDER: str
    """The credential provider that holds the integration's token."""
    LEDGER_TABLE: str
    KNOWLEDGE_BASE_ID: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Fail at cold start, naming every missing variable at once."""
        return cls.model_validate(dict(env))
