"""Outbound API keys: a credential provider's own, or in the secret it refers to."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from switchboard.local.agentcore.aws_answers import NotFoundError
from switchboard.local.agentcore.registry import Registry

PROVIDER = "AWS::BedrockAgentCore::ApiKeyCredentialProvider"
KEEP_SECONDS = 60.0
"""A secret is read again after so long: a call should not wait for it."""

ReadSecret = Callable[[str], str]
"""A secret's string by its name or ARN; NotFoundError when there is none."""


class KeyMissingError(LookupError):
    """The provider is not deployed or has no key; the message names it."""


@dataclass(frozen=True)
class KeySource:
    """Where the key of a provider is."""

    provider_arn: str
    key: str = field(default="", repr=False)
    """The key itself, when the provider holds it."""
    secret_id: str = ""
    json_key: str = ""


def key_source(registry: Registry, provider_arn: str) -> KeySource:
    """Where the deployed provider has its key; an empty source when it is not deployed."""
    for provider in registry.of_type(PROVIDER):
        arn = provider.attributes.get("CredentialProviderArn")
        if provider_arn in {provider.physical_id, arn}:
            return KeySource(
                provider_arn,
                key=str(provider.property("ApiKey", default="")),
                secret_id=str(provider.property("ApiKeySecretConfig", "SecretId", default="")),
                json_key=str(provider.property("ApiKeySecretConfig", "JsonKey", default="")),
            )
    return KeySource(provider_arn)


class ApiKeys:
    """Reads keys; those in secrets are kept for a minute."""

    def __init__(
        self, read_secret: ReadSecret, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Read secrets with `read_secret`."""
        self._read_secret = read_secret
        self._clock = clock
        self._kept: dict[KeySource, tuple[float, str]] = {}

    def key(self, source: KeySource) -> str:
        """The key.

        Raises:
            KeyMissingError: there is no such provider, or no secret where it refers to.
        """
        if source.key:
            return source.key
        if not source.secret_id:
            raise KeyMissingError(f"{source.provider_arn} is not deployed, or has no key")
        read, key = self._kept.get(source, (float("-inf"), ""))
        if self._clock() - read >= KEEP_SECONDS:
            key = self._from_secret(source)
            self._kept[source] = (self._clock(), key)
        return key

    def _from_secret(self, source: KeySource) -> str:
        try:
            text = self._read_secret(source.secret_id)
            return str(json.loads(text)[source.json_key]) if source.json_key else text
        except (NotFoundError, ValueError, KeyError, TypeError) as error:
            message = f"{source.provider_arn} has no key: {type(error).__name__} {error}"
            raise KeyMissingError(message) from error
