"""Secrets of credential providers, in the engine's Secrets Manager."""

from botocore.exceptions import ClientError
from mypy_boto3_secretsmanager import SecretsManagerClient

from switchboard.local.agentcore.aws_answers import NotFoundError


class SecretsManager:
    """Reads secrets through the API."""

    def __init__(self, client: SecretsManagerClient) -> None:
        """Read with `client`."""
        self._client = client

    def text(self, secret_id: str) -> str:
        """GetSecretValue."""
        try:
            return self._client.get_secret_value(SecretId=secret_id)["SecretString"]
        except ClientError as error:
            raise NotFoundError(f"secret '{secret_id}': {error}") from error
