"""The delivery gateway: one MCP endpoint with tokens, policies, targets and search (GTW-01)."""

from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from constructs import Construct
from platform_identity import AgentIdentity
from platform_tools import ToolFunctions

from switchboard.constructs.bundling import repository_root
from switchboard.constructs.environments import Environment
from switchboard.constructs.explained import explain_wildcard
from switchboard.tools.invocation import HEADER_OF_CLAIM
from switchboard.tools.manifest import TARGETS
from switchboard.tools.policy_files import load
from switchboard.tools.schema import Schema
from switchboard.tools.tool import Target, Tool

_INSTRUCTIONS = "Tools of Switchboard's delivery agents. What you may call follows from your token."


class DeliveryGateway(Construct):
    """Gateway, policy engine with the Cedar files' statements, and one target per function."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        functions: ToolFunctions,
        identity: AgentIdentity,
    ) -> None:
        """Build the gateway `switchboard-<env>`."""
        super().__init__(scope, construct_id)
        self._environment = environment
        self._functions = functions
        self.engine = agentcore.CfnPolicyEngine(
            self,
            "PolicyEngine",
            name=f"switchboard_{environment.name}",
            description="What agents may call; default deny",
        )
        self.role = self._role()
        self.gateway = self._gateway(identity)
        targets = [self._target(target) for target in TARGETS]
        self._policies(targets)

    def _role(self) -> iam.Role:
        """Trusted by AgentCore in this account only; may call these functions and this engine."""
        account = cdk.Aws.ACCOUNT_ID
        ours = f"arn:aws:bedrock-agentcore:{cdk.Stack.of(self).region}:{account}"
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "bedrock-agentcore.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": account},
                    "ArnLike": {"aws:SourceArn": f"{ours}:*"},
                },
            ),
        )
        called = [self._functions.interceptor, *self._functions.targets.values()]
        role.add_to_policy(
            iam.PolicyStatement(
                sid="Functions",
                actions=["lambda:InvokeFunction"],
                resources=[item.function.function_arn for item in called],
            )
        )
        gateway = f"{ours}:gateway/{self._name}-*"
        role.add_to_policy(
            iam.PolicyStatement(
                sid="Policies",
                actions=[
                    "bedrock-agentcore:GetPolicyEngine",
                    "bedrock-agentcore:AuthorizeAction",
                    "bedrock-agentcore:PartiallyAuthorizeActions",
                ],
                # the gateway's own ARN is not known yet: it needs this role first
                resources=[self.engine.attr_policy_engine_arn, gateway],
            )
        )
        explain_wildcard(
            role,
            f"gateway/{self._name}-*",
            reason="AWS ends the name with letters of its own, once this role is there",
        )
        return role

    @property
    def _name(self) -> str:
        return f"switchboard-{self._environment.name}"

    def _gateway(self, identity: AgentIdentity) -> agentcore.CfnGateway:
        kind = agentcore.CfnGateway
        gateway = agentcore.CfnGateway(
            self,
            "Gateway",
            name=self._name,
            role_arn=self.role.role_arn,
            protocol_type="MCP",
            protocol_configuration=kind.GatewayProtocolConfigurationProperty(
                mcp=kind.MCPGatewayConfigurationProperty(
                    instructions=_INSTRUCTIONS,
                    search_type="SEMANTIC",
                    supported_versions=["2025-03-26", "2025-06-18"],
                )
            ),
            authorizer_type="CUSTOM_JWT",
            authorizer_configuration=kind.AuthorizerConfigurationProperty(
                custom_jwt_authorizer=kind.CustomJWTAuthorizerConfigurationProperty(
                    discovery_url=identity.discovery_url,
                    allowed_clients=identity.client_ids,
                    # one of them is enough, and a client is allowed no more than one
                    allowed_scopes=identity.scope_names,
                )
            ),
            policy_engine_configuration=kind.GatewayPolicyEngineConfigurationProperty(
                arn=self.engine.attr_policy_engine_arn, mode="ENFORCE"
            ),
            interceptor_configurations=[
                kind.GatewayInterceptorConfigurationProperty(
                    interception_points=["REQUEST"],
                    interceptor=kind.InterceptorConfigurationProperty(
                        lambda_=kind.LambdaInterceptorConfigurationProperty(
                            arn=self._functions.interceptor.function.function_arn
                        )
                    ),
                    input_configuration=kind.InterceptorInputConfigurationProperty(
                        pass_request_headers=True
                    ),
                )
            ],
            exception_level="DEBUG" if self._environment.name == "dev" else None,
        )
        # the service checks at creation what the role may do
        gateway.node.add_dependency(self.role)
        return gateway

    def _target(self, target: Target) -> agentcore.CfnGatewayTarget:
        kind = agentcore.CfnGatewayTarget
        function = self._functions.targets[target.name].function
        return agentcore.CfnGatewayTarget(
            self,
            f"Target{target.name.title()}",
            name=target.name,
            description=target.description,
            gateway_identifier=self.gateway.attr_gateway_identifier,
            credential_provider_configurations=[
                kind.CredentialProviderConfigurationProperty(
                    credential_provider_type="GATEWAY_IAM_ROLE"
                )
            ],
            metadata_configuration=kind.MetadataConfigurationProperty(
                allowed_request_headers=list(HEADER_OF_CLAIM.values())
            ),
            target_configuration=kind.TargetConfigurationProperty(
                mcp=kind.McpTargetConfigurationProperty(
                    lambda_=kind.McpLambdaTargetConfigurationProperty(
                        lambda_arn=function.function_arn,
                        tool_schema=kind.ToolSchemaProperty(
                            inline_payload=[tool_definition(tool) for tool in target.tools]
                        ),
                    )
                )
            ),
        )

    def _policies(self, targets: list[agentcore.CfnGatewayTarget]) -> None:
        kind = agentcore.CfnPolicy
        for policy in load(repository_root(Path(__file__)) / "platform/policies"):
            statement = policy.statement(self.gateway.attr_gateway_arn)
            resource = agentcore.CfnPolicy(
                self,
                "Policy" + "".join(word.title() for word in policy.name.split("_")),
                name=policy.name,
                policy_engine_id=self.engine.attr_policy_engine_id,
                definition=kind.PolicyDefinitionProperty(
                    cedar=kind.CedarPolicyProperty(statement=statement)
                ),
                validation_mode="FAIL_ON_ANY_FINDINGS",
            )
            # the statements name the targets' tools, which the service looks for
            resource.node.add_dependency(*targets)

    def values(self) -> Mapping[str, str]:
        """What services look up."""
        return {
            "gateway/url": self.gateway.attr_gateway_url,
            "gateway/arn": self.gateway.attr_gateway_arn,
        }


def tool_definition(tool: Tool) -> agentcore.CfnGatewayTarget.ToolDefinitionProperty:
    """The tool as the gateway's target declares it."""
    return agentcore.CfnGatewayTarget.ToolDefinitionProperty(
        name=tool.name,
        description=tool.description,
        input_schema=_schema_definition(tool.input_schema),
    )


def _schema_definition(schema: Schema) -> agentcore.CfnGatewayTarget.SchemaDefinitionProperty:
    properties = schema.get("properties")
    return agentcore.CfnGatewayTarget.SchemaDefinitionProperty(
        type=schema["type"],
        description=schema.get("description"),
        items=_schema_definition(schema["items"]) if "items" in schema else None,
        properties=(
            {name: _schema_definition(item) for name, item in properties.items()}
            if properties
            else None
        ),
        required=schema.get("required"),
    )
