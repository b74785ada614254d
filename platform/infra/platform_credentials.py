"""Credentials of the outside world: seeds in Secrets Manager, held by AgentCore Identity.

The secrets start with generated placeholders; an operator puts the real values.
"""

import json
from collections.abc import Mapping

from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from switchboard.constructs.environments import Environment


class Credentials(Construct):
    """The Notion token (plain text) and the GitHub App (JSON `app_id`, `private_key`)."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment) -> None:
        """Build the secrets and the credential providers that hold them (SEC-01, SEC-02)."""
        super().__init__(scope, construct_id)
        self.notion = secretsmanager.Secret(
            self,
            "NotionToken",
            description="Notion integration token, plain text",
            generate_secret_string=secretsmanager.SecretStringGenerator(exclude_punctuation=True),
        )
        self.github = secretsmanager.Secret(
            self,
            "GithubApp",
            description="GitHub App: app_id and private_key (PEM)",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({"app_id": "0"}),
                generate_string_key="private_key",
                exclude_punctuation=True,
            ),
        )
        agentcore.CfnApiKeyCredentialProvider(
            self,
            "NotionProvider",
            name=f"switchboard-notion-{environment.name}",
            # resolved by CloudFormation at deployment; the template holds the reference only
            api_key=self.notion.secret_value.unsafe_unwrap(),
        )
        agentcore.CfnApiKeyCredentialProvider(
            self,
            "GithubProvider",
            name=f"switchboard-github-{environment.name}",
            api_key_secret_source="EXTERNAL",  # noqa: S106 - an enum value of AWS
            api_key_secret_config=agentcore.CfnApiKeyCredentialProvider.SecretReferenceProperty(
                secret_id=self.github.secret_arn,
                json_key="private_key",
            ),
        )

    def values(self) -> Mapping[str, str]:
        """What services look up: ARNs, never values."""
        return {
            "notion/token-arn": self.notion.secret_arn,
            "github/app-arn": self.github.secret_arn,
        }
