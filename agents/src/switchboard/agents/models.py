"""Which model an agent talks to: provider and id come from the environment.

Locally `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` points elsewhere; nothing here knows about that.
"""

import re
from typing import TYPE_CHECKING

from switchboard.agents.prices import price_of

if TYPE_CHECKING:
    from strands.models.model import Model

MAX_OUTPUT_TOKENS = 16_000
"""Per turn; a whole prototype page fits. The meter lowers it when the budget is nearly used."""
_PROFILE = re.compile(r"(global|us|eu|apac|jp|au|ca)\.[a-z0-9]+\.[A-Za-z0-9.:-]+")
_OFFLINE = re.compile(r"offline\.[a-z0-9_-]+")


class BareModelIdError(ValueError):
    """The id names a foundation model; newer ones are reached by an inference profile only."""


def checked_model_id(model_id: str) -> str:
    """Return the id if it is an inference profile with a price.

    Raises:
        BareModelIdError: it is a bare Bedrock id (K-36).
        ValueError: it has no price; a run with it could not be held to its budget.
    """
    if not (_PROFILE.fullmatch(model_id) or _OFFLINE.fullmatch(model_id)):
        raise BareModelIdError(
            f"MODEL_ID {model_id!r} is not an inference profile; "
            "write e.g. global.anthropic.claude-sonnet-4-6"
        )
    try:
        price_of(model_id)
    except LookupError as error:
        raise ValueError(str(error)) from error
    return model_id


def build_model(model_id: str) -> "Model":
    """The Bedrock model. Only the agent's loop retries it, so that every attempt is metered."""
    from botocore.config import Config
    from strands.models import BedrockModel, CacheConfig

    return BedrockModel(
        model_id=model_id,
        max_tokens=MAX_OUTPUT_TOKENS,
        cache_config=CacheConfig(strategy="auto"),
        boto_client_config=Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            connect_timeout=10,
            read_timeout=300,
        ),
    )
