"""Credentials of the outside world: seeds in Secrets Manager, held by AgentCore Identity.

The secrets start with generated placeholders; an operator puts the real values. The providers refer
to the secrets instead of keeping copies, so what is put there counts at once, without a deployment.
A function gets a credential as a workload of its own, from the providers it is named for.
"""

import json
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from switchboard.constructs.environments import Environment
from switchboard.constructs.explained import explain
from switchboard.constructs.service_function import ServiceFunction

TOKEN_FIELD = "token"  # noqa: S105 - a field's name
APP_ID_FIELD, APP_KEY_FIELD = "app_id", "private_key"


class Credentials(Construct):
    """The Notion token (JSON `token`) and the GitHub App (JSON `app_id`, `private_key`)."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment) -> None:
        """Build the secrets and the credential providers that hold them (SEC-01, SEC-02)."""
        super().__init__(scope, construct_id)
        self._environment = environment
        # AgentCore Identity reads a field of a JSON secret, never plain text.
        self.notion = self._secret("NotionToken", "Notion integration: token", TOKEN_FIELD, {})
        self.github = self._secret(
            "GithubApp",
            "GitHub App: app_id and private_key (PEM)",
            APP_KEY_FIELD,
            {APP_ID_FIELD: "0"},
        )
        self.notion_token = self._provider("notion", self.notion, TOKEN_FIELD)
        self.github_app_id = self._provider("github-app-id", self.github, APP_ID_FIELD)
        self.github_app_key = self._provider("github-app-key", self.github, APP_KEY_FIELD)

    def _secret(
        self, construct_id: str, description: str, field: str, known: Mapping[str, str]
    ) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            construct_id,
            description=description,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps(known),
                generate_string_key=field,
                exclude_punctuation=True,
            ),
        )
        explain(
            secret,
            "AwsSolutions-SMG4",
            reason="Made by a person at Notion or GitHub, which offer no rotation to a program",
        )
        return secret

    def _provider(
        self, name: str, secret: secretsmanager.Secret, field: str
    ) -> agentcore.CfnApiKeyCredentialProvider:
        words = name.title().replace("-", "")
        return agentcore.CfnApiKeyCredentialProvider(
            self,
            f"{words}Provider",
            name=f"switchboard-{name}-{self._environment.name}",
            api_key_secret_source="EXTERNAL",  # noqa: S106 - an enum value of AWS
            api_key_secret_config=agentcore.CfnApiKeyCredentialProvider.SecretReferenceProperty(
                secret_id=secret.secret_arn, json_key=field
            ),
        )

    def workload(self, target: str) -> agentcore.CfnWorkloadIdentity:
        """Who the function of a target is to AgentCore Identity."""
        return agentcore.CfnWorkloadIdentity(
            self,
            f"{target.title()}Workload",
            name=f"switchboard-tools-{target}-{self._environment.name}",
        )

    def hand_out(
        self,
        function: ServiceFunction,
        workload: agentcore.CfnWorkloadIdentity,
        secret: secretsmanager.Secret,
        providers: Sequence[agentcore.CfnApiKeyCredentialProvider],
    ) -> None:
        """Let a function, as this workload, ask these providers; they read the secret for it.

        Identity reads a secret with the caller's permission (forward access session), so the role
        has it, but not for a call of its own. Not run on AWS.
        """
        ours = f"arn:{cdk.Aws.PARTITION}:bedrock-agentcore:{cdk.Stack.of(self).region}"
        vault = f"{ours}:{cdk.Aws.ACCOUNT_ID}:token-vault/default"
        directory = f"{ours}:{cdk.Aws.ACCOUNT_ID}:workload-identity-directory/default"
        who = [directory, workload.attr_workload_identity_arn]
        arns = [provider.attr_credential_provider_arn for provider in providers]
        function.allow("bedrock-agentcore:GetWorkloadAccessToken", on=who)
        function.allow("bedrock-agentcore:GetResourceApiKey", on=[*who, vault, *arns])
        function.role.add_to_policy(
            iam.PolicyStatement(
                sid="SeedThroughItsProviderOnly",
                actions=["secretsmanager:GetSecretValue"],
                resources=[secret.secret_arn],
                conditions={"Bool": {"aws:ViaAWSService": "true"}},
            )
        )

    def values(self) -> Mapping[str, str]:
        """What services look up: ARNs, never values."""
        return {
            "notion/token-arn": self.notion.secret_arn,
            "github/app-arn": self.github.secret_arn,
        }
