"""Credentials of the outside world, asked of AgentCore Identity (SEC-01, SEC-02).

Wire (botocore 1.44.5, service `bedrock-agentcore`): GetWorkloadAccessToken says who asks,
GetResourceApiKey hands out what the credential provider of this name holds. The provider reads the
seed in Secrets Manager; a tool's role may not read it past the provider.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from switchboard.tools.errors import AuthFailedError, FailedError, RateLimitedError

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_bedrock_agentcore import BedrockAgentCoreClient

KEEP_SECONDS = 300.0
"""A credential that was replaced is in use after this time at the latest."""

_LIMITS = {"ThrottlingException"}
_REFUSALS = {
    "AccessDeniedException",
    "ResourceNotFoundException",
    "UnauthorizedException",
    "ValidationException",
}


class IdentityKeys:
    """The keys one workload may ask for."""

    def __init__(
        self, client: BedrockAgentCoreClient, workload: str, clock: Callable[[], float]
    ) -> None:
        """Ask as `workload`; `clock` is monotonic, in seconds."""
        self._client = client
        self._workload = workload
        self._clock = clock
        self._kept: dict[str, tuple[float, str]] = {}

    def key(self, provider: str) -> str:
        """What the credential provider holds; asked for again after five minutes.

        Raises:
            AuthFailedError: Identity hands out nothing.
            RateLimitedError: it asks for a pause.
            FailedError: it did not answer.
        """
        read, value = self._kept.get(provider, (float("-inf"), ""))
        if self._clock() - read >= KEEP_SECONDS:
            value = self._ask(provider)
            self._kept[provider] = (self._clock(), value)
        return value

    def forget(self) -> None:
        """Ask again at the next use: somebody refused what is kept here."""
        self._kept.clear()

    def _ask(self, provider: str) -> str:
        try:
            # its own life is short and unknown, so a token is used at once and not kept
            token = self._client.get_workload_access_token(workloadName=self._workload)
            answer = self._client.get_resource_api_key(
                workloadIdentityToken=token["workloadAccessToken"],
                resourceCredentialProviderName=provider,
            )
        except (ClientError, BotoCoreError) as error:
            _refuse(provider, error)
        return answer["apiKey"]


def _refuse(provider: str, error: ClientError | BotoCoreError) -> NoReturn:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code in _LIMITS:
        raise RateLimitedError(
            "AgentCore Identity asks for a pause", "Wait a minute, then call again"
        ) from error
    if code in _REFUSALS:
        raise AuthFailedError(
            f"AgentCore Identity hands out no credential of {provider} ({code})",
            "Ask the platform team to check the credential provider and the secret it refers to",
        ) from error
    raise FailedError("AgentCore Identity did not answer", "Try again in a minute") from error
