"""Secrets, read when needed and kept for a few minutes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.parameters import SecretsProvider

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEEP_SECONDS = 300
"""A rotated secret is in use after this time at the latest."""


class Secret:
    """One secret of Secrets Manager."""

    def __init__(self, client: SecretsManagerClient, arn: str) -> None:
        """Read the secret `arn` with `client`."""
        self._provider = SecretsProvider(boto3_client=client)
        self._arn = arn

    def text(self) -> str:
        """The secret as it stands."""
        return str(self._provider.get(self._arn, max_age=KEEP_SECONDS))

    def fields(self) -> dict[str, Any]:
        """The secret as a JSON object."""
        value: dict[str, Any] = json.loads(self.text())
        return value
