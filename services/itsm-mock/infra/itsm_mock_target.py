"""The ticket API as a target of the desk's gateway: its tools, its key, what the gateway may do.

The gateway is the platform's (K-61), known by SSM names; the target is ours. The prefix of the key
in the header is left out: CDK's own construct would send `x-api-key: Bearer ...`.
"""

import json

from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from constructs import Construct
from itsm_mock_door import KEY_FIELD, TicketDoor

from switchboard.constructs.explained import explain_wildcard
from switchboard.constructs.service_stack import ServiceStack
from switchboard.itsm_mock.adapters import openapi

NAME = "itsm"
"""Tools are called `itsm___create_ticket` and so on."""
HEADER = "x-api-key"


class DeskTarget(Construct):
    """Credential provider, target, and the policy on the gateway's role that they need (GTW-12)."""

    def __init__(
        self, scope: ServiceStack, construct_id: str, *, suffix: str, door: TicketDoor
    ) -> None:
        """Offer the operations of `door` that are made for models."""
        super().__init__(scope, construct_id)
        self._stack = scope
        reference = agentcore.CfnApiKeyCredentialProvider.SecretReferenceProperty(
            secret_id=door.secret.secret_arn, json_key=KEY_FIELD
        )
        self.provider = agentcore.CfnApiKeyCredentialProvider(
            self,
            "KeyProvider",
            name=f"poc-itsm-api-key{suffix}",
            api_key_secret_source="EXTERNAL",  # noqa: S106 - an enum value of AWS
            api_key_secret_config=reference,
        )
        policy = self._policy(suffix, door)
        self.target = self._target(door)
        # the service looks at creation whether the gateway may use the key
        self.target.node.add_dependency(policy)

    def _policy(self, suffix: str, door: TicketDoor) -> iam.Policy:
        role = iam.Role.from_role_name(
            self, "GatewayRole", self._stack.platform_value("desk/gateway-role-name")
        )
        vault = self._ours("token-vault/default")
        directory = self._ours("workload-identity-directory/default")
        gateway_id = self._stack.platform_value("desk/gateway-id")
        statements = {
            "Secret": (["secretsmanager:GetSecretValue"], [door.secret.secret_arn]),
            "Key": (
                ["bedrock-agentcore:GetResourceApiKey"],
                [
                    *(self.provider.attr_credential_provider_arn, vault),
                    *(directory, f"{directory}/workload-identity/{gateway_id}"),
                ],
            ),
            "Stage": (["execute-api:Invoke"], door.method_arns()),
        }
        policy = iam.Policy(
            self,
            "Policy",
            policy_name=f"poc-itsm-gateway-target-policy{suffix}",
            roles=[role],
            statements=[
                iam.PolicyStatement(sid=sid, actions=actions, resources=resources)
                for sid, (actions, resources) in statements.items()
            ],
        )
        explain_wildcard(policy, "/tickets/*", reason="A ticket's number is part of the path")
        return policy

    def _target(self, door: TicketDoor) -> agentcore.CfnGatewayTarget:
        kind = agentcore.CfnGatewayTarget
        copy = openapi.gateway_copy(openapi.spec(), door.api.url)
        key = kind.ApiKeyCredentialProviderProperty(
            provider_arn=self.provider.attr_credential_provider_arn,
            credential_location="HEADER",
            credential_parameter_name=HEADER,
        )
        return agentcore.CfnGatewayTarget(
            self,
            "Target",
            name=NAME,
            description="Tickets of the service desk: create, look up, comment, list",
            gateway_identifier=self._stack.platform_value("desk/gateway-id"),
            credential_provider_configurations=[
                kind.CredentialProviderConfigurationProperty(
                    credential_provider_type="API_KEY",
                    credential_provider=kind.CredentialProviderProperty(
                        api_key_credential_provider=key
                    ),
                )
            ],
            target_configuration=kind.TargetConfigurationProperty(
                mcp=kind.McpTargetConfigurationProperty(
                    open_api_schema=kind.ApiSchemaConfigurationProperty(
                        inline_payload=json.dumps(copy)
                    )
                )
            ),
        )

    def _ours(self, resource: str) -> str:
        stack = self._stack
        return f"arn:{stack.partition}:bedrock-agentcore:{stack.region}:{stack.account}:{resource}"
