"""The key of a model provider, from Secrets Manager; never logged, never part of a message."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from switchboard.agents.outcome import AgentRunError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


def key_from(client: "SecretsManagerClient", secret_arn: str) -> Callable[[], str]:
    """What gives the key when it is needed; it is read once in the life of the process."""

    @cache
    def key() -> str:
        """Read the key.

        Raises:
            AgentRunError: it cannot be read, or is empty; says what to do.
        """
        remedy = f"Put the provider's API key, as plain text, into the secret {secret_arn}."
        try:
            found = client.get_secret_value(SecretId=secret_arn).get("SecretString", "").strip()
        except (BotoCoreError, ClientError) as error:
            message = f"the key of the model provider cannot be read: {error}"
            raise AgentRunError(message, remediation=remedy) from error
        if not found:
            raise AgentRunError("the key of the model provider is empty", remediation=remedy)
        return found

    return key
