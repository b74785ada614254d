"""Which model an agent talks to: provider, id, address and key come from the environment.

Each provider is a class of Strands; its package is imported in its own branch. Locally endpoint
variables point elsewhere; nothing here knows about that.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from switchboard.agents.prices import price_of

if TYPE_CHECKING:
    from strands.models.model import Model

Provider = Literal["bedrock", "anthropic", "openai", "ollama"]

MAX_OUTPUT_TOKENS = 16_000
"""Per turn; a whole prototype page fits. The meter lowers it when the budget is nearly used."""
CONNECT_SECONDS, ANSWER_SECONDS = 10, 300
NO_KEY = "none"
"""What a server of one's own gets, which asks for no key; the client insists on one."""
_PROFILE = re.compile(r"(global|us|eu|apac|jp|au|ca)\.[a-z0-9]+\.[A-Za-z0-9.:-]+")
_OFFLINE = re.compile(r"offline\.[a-z0-9_-]+")


class BareModelIdError(ValueError):
    """The id names a foundation model; newer ones are reached by an inference profile only."""


@dataclass(frozen=True)
class ModelChoice:
    """A model of a provider; `base_url` replaces the provider's own address."""

    provider: Provider
    model_id: str
    base_url: str | None = None
    api_key: Callable[[], str] | None = None
    """Asked when the model is built, so that a run without a model call needs no key."""

    @property
    def name(self) -> str:
        """How prices, receipts and pages call it: any model of Ollama is the machine's own."""
        return f"ollama/{self.model_id}" if self.provider == "ollama" else self.model_id


def checked(choice: ModelChoice) -> ModelChoice:
    """Return the choice if it can be called, and metered.

    Raises:
        BareModelIdError: it is a bare Bedrock id (K-36).
        ValueError: it has no price, so a run could not be held to its budget; or it needs a key.
    """
    known = _PROFILE.fullmatch(choice.model_id) or _OFFLINE.fullmatch(choice.model_id)
    if choice.provider == "bedrock" and not known:
        raise BareModelIdError(
            f"MODEL_ID {choice.model_id!r} is not an inference profile; "
            "write e.g. global.anthropic.claude-sonnet-4-6"
        )
    try:
        price_of(choice.name)
    except LookupError as error:
        raise ValueError(str(error)) from error
    own_server = choice.provider == "openai" and choice.base_url
    if choice.provider in ("anthropic", "openai") and not (choice.api_key or own_server):
        raise ValueError(
            f"MODEL_PROVIDER={choice.provider} needs a key: put it into a secret of Secrets "
            "Manager and give its ARN as MODEL_API_KEY_SECRET_ARN"
        )
    return choice


def build_model(choice: ModelChoice) -> "Model":
    """The model. Only the agent's loop retries it, so that every attempt is metered.

    Raises:
        AgentRunError: the provider's package is not installed; says what to do.
    """
    try:
        return _BUILD[choice.provider](choice)
    except ImportError as error:
        from switchboard.agents.outcome import AgentRunError

        raise AgentRunError(
            f"the model provider {choice.provider!r} needs the package {error.name!r}, "
            "which this bundle does not have",
            remediation=f"Install {error.name} with the agents (agents/pyproject.toml) and deploy "
            "them again, or set MODEL_PROVIDER=bedrock.",
        ) from error


def _bedrock(choice: ModelChoice) -> "Model":
    from botocore.config import Config
    from strands.models import BedrockModel, CacheConfig

    return BedrockModel(
        model_id=choice.model_id,
        max_tokens=MAX_OUTPUT_TOKENS,
        endpoint_url=choice.base_url,
        cache_config=CacheConfig(strategy="auto"),
        boto_client_config=Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
        ),
    )


def _anthropic(choice: ModelChoice) -> "Model":
    from strands.models import CacheConfig
    from strands.models.anthropic import AnthropicModel

    return AnthropicModel(
        client_args=_client(choice),
        model_id=choice.model_id,
        max_tokens=MAX_OUTPUT_TOKENS,
        cache_config=CacheConfig(strategy="auto"),
    )


def _openai(choice: ModelChoice) -> "Model":
    from switchboard.agents.openai_model import BoundedOpenAIModel

    return BoundedOpenAIModel(
        # OpenAI's own newer models refuse the name that every compatible server knows
        most="max_tokens" if choice.base_url else "max_completion_tokens",
        client_args=_client(choice),
        model_id=choice.model_id,
        max_tokens=MAX_OUTPUT_TOKENS,
    )


def _ollama(choice: ModelChoice) -> "Model":
    from strands.models.ollama import OllamaModel

    return OllamaModel(
        choice.base_url,
        ollama_client_args={"timeout": ANSWER_SECONDS},
        model_id=choice.model_id,
        max_tokens=MAX_OUTPUT_TOKENS,
    )


def _client(choice: ModelChoice) -> dict[str, Any]:
    address = {"base_url": choice.base_url} if choice.base_url else {}
    key = choice.api_key() if choice.api_key else NO_KEY
    return {"api_key": key, "max_retries": 0, "timeout": ANSWER_SECONDS, **address}


_BUILD: dict[Provider, Callable[[ModelChoice], "Model"]] = {
    "bedrock": _bedrock,
    "anthropic": _anthropic,
    "openai": _openai,
    "ollama": _ollama,
}
