"""The webhook credentials as one JSON secret."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from switchboard.ingress.domain.ports import Credentials

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_secretsmanager import SecretsManagerClient


def credentials_from(text: str) -> Credentials:
    """Read the secret's JSON: verification_token, automation_secret, armed_until (or null)."""
    value: dict[str, Any] = json.loads(text)
    armed = value.get("armed_until")
    return Credentials(
        verification_token=value.get("verification_token") or None,
        automation_secret=value.get("automation_secret") or None,
        armed_until=datetime.fromisoformat(armed) if armed else None,
    )


def credentials_text(credentials: Credentials) -> str:
    """The secret's JSON."""
    armed = credentials.armed_until
    return json.dumps(
        {
            "verification_token": credentials.verification_token,
            "automation_secret": credentials.automation_secret,
            "armed_until": armed.isoformat() if armed else None,
        }
    )


class SecretsManagerVault:
    """The vault on Secrets Manager."""

    def __init__(self, client: "SecretsManagerClient", secret_id: str) -> None:
        """Keep the credentials in the secret `secret_id` (ARN or name)."""
        self._client = client
        self._secret_id = secret_id

    def read(self) -> Credentials:
        """GetSecretValue."""
        answer = self._client.get_secret_value(SecretId=self._secret_id)
        return credentials_from(answer["SecretString"])

    def write(self, credentials: Credentials) -> None:
        """PutSecretValue."""
        self._client.put_secret_value(
            SecretId=self._secret_id, SecretString=credentials_text(credentials)
        )
