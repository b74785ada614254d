"""The environment of the desk gateway's interceptor as one frozen model."""

import os
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Validated environment; the stack sets exactly these names."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    CONNECT_INSTANCE_ID: str
    CONTACT_CLAIM: str = "contact_id"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Fail at cold start, naming every missing variable at once."""
        return cls.model_validate(dict(env))
