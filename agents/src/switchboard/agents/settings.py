"""The environment of an agent process as one frozen model; the only reader of `os.environ`."""

import os
from collections.abc import Callable, Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from switchboard.agents.models import ModelChoice, Provider, checked
from switchboard.events.trace import Spans
from switchboard.events.trace_export import ENDPOINT, FOLDER, configured


class Settings(BaseModel):
    """Validated environment; the stack sets exactly the names without a default."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    AGENT: str
    ENVIRONMENT: str
    MODEL_PROVIDER: Provider
    MODEL_ID: str
    MODEL_BASE_URL: str | None = None
    MODEL_API_KEY_SECRET_ARN: str | None = None
    GATEWAY_MCP_ENDPOINT: str
    GATEWAY_OAUTH_PROVIDER: str
    GATEWAY_OAUTH_SCOPE: str
    EVENT_BUS_NAME: str
    MEMORY_ID: str | None = None
    """Set for an agent that opts in to memory; without it the agent remembers nothing."""
    MODEL_CASSETTES: str | None = Field(default=None, pattern=r"^(record|replay):.+")
    """Record model calls into a folder, or play them from it; no template sets it."""
    PORT: int = 8080
    HOST: str | None = None
    DOCKER_CONTAINER: str = ""
    LOG_LEVEL: str = "INFO"
    SWITCHBOARD_TRACES_FOLDER: str | None = None
    """Write spans below this folder (the local platform sets it)."""
    OTEL_EXPORTER_OTLP_ENDPOINT: str | None = None
    """Post spans to X-Ray or a collector; without either nothing is traced, and nothing paid."""

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, given: Any) -> Any:
        """A template has no way to leave a variable out when its parameter is empty."""
        return {name: value for name, value in dict(given).items() if value != ""}

    @model_validator(mode="after")
    def _usable_model(self) -> Self:
        """Refuse at start what would only fail, or could not be metered, in the middle of a run."""
        secret = self.MODEL_API_KEY_SECRET_ARN
        checked(self.model_choice((lambda: "") if secret else None))
        return self

    def model_choice(self, api_key: Callable[[], str] | None) -> ModelChoice:
        """The model to talk to, with what gives its key."""
        return ModelChoice(self.MODEL_PROVIDER, self.MODEL_ID, self.MODEL_BASE_URL, api_key)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Fail at start, naming every missing variable at once."""
        return cls.model_validate(dict(env))

    @property
    def spans(self) -> Spans:
        """Where spans go; a session lives on after its run, so nobody waits for them."""
        return configured(self.model_dump(include={FOLDER, ENDPOINT}), queued=True)

    @property
    def bind_host(self) -> str:
        """All interfaces inside AgentCore or a container, loopback on a laptop; HOST decides."""
        return self.HOST or ("0.0.0.0" if self.DOCKER_CONTAINER == "1" else "127.0.0.1")  # noqa: S104 - the runtime reaches the container from outside
