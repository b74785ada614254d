"""The environment of an agent process as one frozen model; the only reader of `os.environ`."""

import os
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from switchboard.agents.models import checked_model_id


class Settings(BaseModel):
    """Validated environment; the stack sets exactly the names without a default."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    AGENT: str
    ENVIRONMENT: str
    MODEL_PROVIDER: Literal["bedrock"]
    MODEL_ID: str
    GATEWAY_MCP_ENDPOINT: str
    GATEWAY_OAUTH_PROVIDER: str
    GATEWAY_OAUTH_SCOPE: str
    EVENT_BUS_NAME: str
    PORT: int = 8080
    HOST: str | None = None
    DOCKER_CONTAINER: str = ""
    LOG_LEVEL: str = "INFO"

    @field_validator("MODEL_ID")
    @classmethod
    def _known_model(cls, value: str) -> str:
        """Refuse at start what would only fail, or could not be metered, in the middle of a run."""
        return checked_model_id(value)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Fail at start, naming every missing variable at once."""
        return cls.model_validate(dict(env))

    @property
    def bind_host(self) -> str:
        """All interfaces inside AgentCore or a container, loopback on a laptop; HOST decides."""
        return self.HOST or ("0.0.0.0" if self.DOCKER_CONTAINER == "1" else "127.0.0.1")  # noqa: S104 - the runtime reaches the container from outside
