"""The desk's gateway: MCP for Connect's AI agents, with the caller bound on the server (D-05)."""

import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from switchboard.constructs.api_call import ApiCall
from switchboard.constructs.bundling import lambda_code
from switchboard.constructs.explained import explain_wildcard
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack

CODE = ["platform/tools", "platform/runtime", "shared-events"]
CONTACT_CLAIM = "contact_id"
"""Claim of Connect's token that names the contact; an open question (DECISIONS, section 4)."""
NOBODY = "set-after-creation"
"""Audience of no token: between its creation and the update the gateway lets nobody in."""
TIME_LIMIT = cdk.Duration.seconds(8)
"""A caller is waiting; above two tries of DescribeContact."""
SUPPORTED_VERSIONS = ["2025-03-26", "2025-06-18"]


class DeskGateway(Construct):
    """Gateway with its role, its interceptor, and itself as the only audience (K-20)."""

    def __init__(
        self,
        scope: ServiceStack,
        construct_id: str,
        *,
        name: str,
        role_name: str,
        policy_name: str,
        instance_arn: str,
    ) -> None:
        """Build it for the Connect instance of the environment."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._name = name
        alias = scope.platform_value("connect/instance-alias")
        self._discovery_url = f"https://{alias}.my.connect.aws/.well-known/openid-configuration"
        self.interceptor = self._interceptor(instance_arn)
        self.role = self._role(role_name)
        policy = self._policy(policy_name)
        self.gateway = self._gateway()
        # the service checks at creation what the role may do
        self.gateway.node.add_dependency(policy)
        self.audience = self._audience()

    @property
    def id(self) -> str:
        """Its id: the audience of Connect's tokens, the namespace of its tools."""
        return self.gateway.attr_gateway_identifier

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self.gateway.attr_gateway_arn

    @property
    def url(self) -> str:
        """Its MCP endpoint; GetGateway drops the `/mcp` that CreateApplication asks for."""
        bare = cdk.Fn.select(0, cdk.Fn.split("/mcp", self.gateway.attr_gateway_url))
        return f"{bare}/mcp"

    def _interceptor(self, instance_arn: str) -> ServiceFunction:
        function = ServiceFunction(
            self,
            "CallerBinding",
            service="tools-caller-binding",
            code=lambda_code(self, CODE),
            handler="switchboard.tools.caller_binding.handler.handler",
            environment={
                "CONNECT_INSTANCE_ID": self._stack.platform_value("connect/instance-id"),
                "CONTACT_CLAIM": CONTACT_CLAIM,
            },
            timeout=TIME_LIMIT,
        )
        function.allow("connect:DescribeContact", on=[f"{instance_arn}/contact/*"])
        explain_wildcard(function.role, "/contact/*", reason="A call's id is known when it rings")
        return function

    def _role(self, name: str) -> iam.Role:
        """Trusted by AgentCore for gateways of this account only (K-21)."""
        return iam.Role(
            self,
            "Role",
            role_name=name,
            description="The desk's gateway; the ticket service adds what its key needs",
            assumed_by=iam.ServicePrincipal(
                "bedrock-agentcore.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": self._stack.account},
                    "ArnLike": {"aws:SourceArn": self._ours("gateway/*")},
                },
            ),
        )

    def _ours(self, resource: str) -> str:
        stack = self._stack
        return f"arn:{stack.partition}:bedrock-agentcore:{stack.region}:{stack.account}:{resource}"

    def _policy(self, name: str) -> iam.Policy:
        """The gateway's own part; secret, provider and API stage come with the target (GTW-12)."""
        group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/bedrock-agentcore/gateways/{self._name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        directory = self._ours("workload-identity-directory/default")
        statements = {
            "Interceptor": (
                ["lambda:InvokeFunction"],
                [self.interceptor.function.function_arn],
            ),
            # its own ARN is not known yet: it needs this role first
            "Itself": (["bedrock-agentcore:GetGateway"], [self._ours(f"gateway/{self._name}-*")]),
            "Identity": (
                ["bedrock-agentcore:GetWorkloadAccessToken"],
                [directory, f"{directory}/workload-identity/{self._name}-*"],
            ),
            "Logs": (
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [group.log_group_arn],
            ),
        }
        policy = iam.Policy(
            self,
            "Policy",
            policy_name=name,
            roles=[self.role],
            statements=[
                iam.PolicyStatement(sid=sid, actions=actions, resources=resources)
                for sid, (actions, resources) in statements.items()
            ],
        )
        explain_wildcard(
            policy,
            f"gateway/{self._name}-*",
            f"workload-identity/{self._name}-*",
            reason="AWS ends the name with letters of its own, once this role is there",
        )
        return policy

    def _gateway(self) -> agentcore.CfnGateway:
        """No search among tools: that would be a tool made by the gateway itself (GTW-10)."""
        kind = agentcore.CfnGateway
        return agentcore.CfnGateway(
            self,
            "Gateway",
            name=self._name,
            role_arn=self.role.role_arn,
            protocol_type="MCP",
            protocol_configuration=kind.GatewayProtocolConfigurationProperty(
                mcp=kind.MCPGatewayConfigurationProperty(supported_versions=SUPPORTED_VERSIONS)
            ),
            authorizer_type="CUSTOM_JWT",
            authorizer_configuration=kind.AuthorizerConfigurationProperty(
                custom_jwt_authorizer=kind.CustomJWTAuthorizerConfigurationProperty(
                    discovery_url=self._discovery_url, allowed_audience=[NOBODY]
                )
            ),
            interceptor_configurations=[
                kind.GatewayInterceptorConfigurationProperty(
                    interception_points=["REQUEST"],
                    interceptor=kind.InterceptorConfigurationProperty(
                        lambda_=kind.LambdaInterceptorConfigurationProperty(
                            arn=self.interceptor.function.function_arn
                        )
                    ),
                    input_configuration=kind.InterceptorInputConfigurationProperty(
                        pass_request_headers=True
                    ),
                )
            ],
        )

    def _audience(self) -> ApiCall:
        """A gateway cannot name itself in its template (K-20).

        UpdateGateway replaces the whole, so everything the template says is said again. Whatever
        of it changes, its tags too, CloudFormation puts back `NOBODY` and this call runs again.
        """
        interceptor = {
            "interceptionPoints": ["REQUEST"],
            "interceptor": {"lambda": {"arn": self.interceptor.function.function_arn}},
            "inputConfiguration": {"passRequestHeaders": True},
        }
        parameters: dict[str, Any] = {
            "gatewayIdentifier": self.id,
            "name": self._name,
            "roleArn": self.role.role_arn,
            "protocolType": "MCP",
            "protocolConfiguration": {"mcp": {"supportedVersions": SUPPORTED_VERSIONS}},
            "authorizerType": "CUSTOM_JWT",
            "authorizerConfiguration": {
                "customJWTAuthorizer": {
                    "discoveryUrl": self._discovery_url,
                    "allowedAudience": [self.id],
                }
            },
            "interceptorConfigurations": [interceptor],
        }
        return ApiCall(
            self,
            "Audience",
            service="bedrock-agentcore-control",
            create=("update_gateway", parameters),
            physical_id=f"{self.id}-audience",
            again_when=json.dumps(self._stack.own_tags, sort_keys=True),
            allow=[
                (["bedrock-agentcore:UpdateGateway"], [self.arn]),
                (["iam:PassRole"], [self.role.role_arn]),
            ],
        )

    def values(self) -> Mapping[str, str]:
        """What services look up."""
        return {
            "desk/gateway-id": self.id,
            "desk/gateway-arn": self.arn,
            "desk/gateway-url": self.url,
            "desk/gateway-role-name": self.role.role_name,
        }
