"""The agents' model as deployment parameters; its key goes into the engine's Secrets Manager."""

from dataclasses import dataclass

from mypy_boto3_secretsmanager import SecretsManagerClient

from switchboard.local.settings import LocalSettings

SECRET = "switchboard/local/model-api-key"  # noqa: S105 - its name, not its value
STACK = "switchboard-{environment}-agents"


@dataclass(frozen=True)
class AgentsModel:
    """What the settings say about the model, for the agents' stack alone."""

    settings: LocalSettings
    secretsmanager: SecretsManagerClient

    def parameters(self) -> dict[str, str]:
        """The stack's parameters; the key is put first, so that its ARN is one of them."""
        stack = STACK.format(environment=self.settings.environment)
        return {
            f"{stack}:ModelProvider": self.settings.model_provider,
            f"{stack}:ModelId": self.settings.model_id,
            f"{stack}:ModelBaseUrl": self.settings.model_base_url,
            f"{stack}:ModelApiKeySecretArn": self._secret_arn(),
        }

    def _secret_arn(self) -> str:
        """Empty without a key; one of an earlier `up` is not used then."""
        key = self.settings.model_api_key.get_secret_value()
        if not key:
            return ""
        found = self.secretsmanager.list_secrets(Filters=[{"Key": "name", "Values": [SECRET]}])
        for secret in found["SecretList"]:
            if secret.get("Name") == SECRET:
                self.secretsmanager.put_secret_value(SecretId=secret["ARN"], SecretString=key)
                return secret["ARN"]
        return self.secretsmanager.create_secret(Name=SECRET, SecretString=key)["ARN"]
