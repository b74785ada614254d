"""Secret values of the local platform: on AWS a person puts them, here the stand-ins give them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mypy_boto3_secretsmanager import SecretsManagerClient
from mypy_boto3_ssm import SSMClient


@dataclass(frozen=True)
class SecretValues:
    """What the stand-ins have made up, ready to be put."""

    notion_token: str
    github_app: Mapping[str, Any]
    """`{"app_id", "private_key"}`."""
    webhook: Mapping[str, Any]
    """`{"verification_token", "automation_secret", "armed_until"}`."""


@dataclass(frozen=True)
class Secrets:
    """Puts values into the secrets that the deployed stacks publish."""

    ssm: SSMClient
    secretsmanager: SecretsManagerClient
    stage: str

    def put(self, values: SecretValues) -> None:
        """Put all values; one that is there already is left alone."""
        self._put("platform/notion/token-arn", json.dumps({"token": values.notion_token}))
        self._put("platform/github/app-arn", json.dumps(dict(values.github_app)))
        self._put("ingress/webhook/secret-arn", json.dumps(dict(values.webhook)))

    def _put(self, parameter: str, value: str) -> None:
        name = f"/switchboard/{self.stage}/{parameter}"
        arn = self.ssm.get_parameter(Name=name)["Parameter"]["Value"]
        if self.secretsmanager.get_secret_value(SecretId=arn).get("SecretString") != value:
            self.secretsmanager.put_secret_value(SecretId=arn, SecretString=value)
