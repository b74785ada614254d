"""The environment of the GitHub target as one frozen model."""

import os
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Validated environment; the stack sets exactly these names."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    GITHUB_API_URL: str
    WORKLOAD_NAME: str
    """Who the function is to AgentCore Identity."""
    GITHUB_APP_ID_PROVIDER: str
    GITHUB_APP_KEY_PROVIDER: str
    """The credential providers that hold the App's id and its private key."""
    LEDGER_TABLE: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Fail at cold start, naming every missing variable at once."""
        return cls.model_validate(dict(env))
