"""The desk's side of the platform: its own gateway, and how Amazon Connect may use it.

A gateway has one issuer of tokens and one Connect instance, so the desk has its own (K-61). The
targets are the ticket service's. Not run on AWS.
"""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_appintegrations as appintegrations
from aws_cdk import aws_connect as connect
from aws_cdk import aws_iam as iam
from constructs import Construct
from platform_connect import DESK_TAG
from platform_desk_budget import DeskBudget
from platform_desk_gateway import DeskGateway

from switchboard.constructs.api_call import ApiCall
from switchboard.constructs.environments import Environment
from switchboard.constructs.explained import explain_wildcard
from switchboard.constructs.service_alarms import ServiceAlarms
from switchboard.constructs.service_stack import ServiceStack

APP_INTEGRATIONS = "app-integrations.amazonaws.com"


class DeskStack(ServiceStack):
    """Gateway, MCP application, role of the AI agent and budget of one environment."""

    def __init__(self, app: cdk.App, environment: Environment) -> None:
        """Build everything; the instance is known by SSM names."""
        super().__init__(app, service="desk", environment=environment, environment_tag=DESK_TAG)
        instance_arn = self.platform_value("connect/instance-arn")
        self.gateway = DeskGateway(
            self,
            "Gateway",
            name=named("poc-itsm-agentcore-gateway", environment),
            role_name=named("poc-agentcore-gateway-role", environment),
            policy_name=named("poc-agentcore-gateway-policy", environment),
            instance_arn=instance_arn,
        )
        self.application = McpApplication(
            self,
            "Application",
            name=named("poc-itsm-tools", environment),
            gateway=self.gateway,
            instance_arn=instance_arn,
        )
        self._agent_role(instance_arn)
        self._bots(instance_arn)
        DeskBudget(
            self,
            "Budget",
            name=named("poc-itsm-desk", environment),
            topic_arn=self.platform_value("alarms/topic-arn"),
        )
        ServiceAlarms(self)
        self.publish_platform_values({**self.gateway.values(), **self.application.values()})

    def _agent_role(self, instance_arn: str) -> None:
        """The seed's role; which tools the agent may call, its security profile says (K-21)."""
        role = iam.Role(
            self,
            "AgentRole",
            role_name=named("poc-connect-ai-agent-role", self.environment_data),
            assumed_by=iam.ServicePrincipal(
                "connect.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": self.account},
                    "ArnLike": {"aws:SourceArn": instance_arn},
                },
            ),
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["bedrock-agentcore:InvokeGateway"], resources=[self.gateway.arn]
            )
        )

    def _bots(self, instance_arn: str) -> None:
        """Let the instance use Lex bots with agentic voice.

        Neither CloudFormation nor the SDK's list knows this attribute; AWS's sample sets it like
        this. Where the API does not take it, a person switches it on in the console (README).
        """
        linked = f"arn:{self.partition}:iam::{self.account}:role/aws-service-role"
        call = ApiCall(
            self,
            "BotManagement",
            service="connect",
            create=(
                "update_instance_attribute",
                {
                    "InstanceId": self.platform_value("connect/instance-id"),
                    "AttributeType": "BOT_MANAGEMENT",
                    "Value": "true",
                },
            ),
            physical_id="bot-management",
            allow=[
                (["connect:UpdateInstanceAttribute"], [instance_arn]),
                # Connect writes into its own service-linked role, in the name of the caller
                (
                    ["iam:PutRolePolicy"],
                    [f"{linked}/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_*"],
                ),
            ],
            ignore=["InvalidParameterException"],
        )
        explain_wildcard(
            call,
            "AWSServiceRoleForAmazonConnect_*",
            reason="Connect ends its role's name with letters of its own",
        )


class McpApplication(Construct):
    """The gateway as an MCP server Connect knows: AppIntegrations application and its link."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        gateway: DeskGateway,
        instance_arn: str,
    ) -> None:
        """Register `gateway` with the instance."""
        super().__init__(scope, construct_id)
        kind = appintegrations.CfnApplication
        self.application = appintegrations.CfnApplication(
            self,
            "Application",
            name=name,
            description="Tickets of the service desk",
            # the namespace of its tools in a security profile
            namespace=gateway.id,
            application_type="MCP_SERVER",
            application_source_config=kind.ApplicationSourceConfigProperty(
                external_url_config=kind.ExternalUrlConfigProperty(access_url=gateway.url)
            ),
        )
        self.application.node.add_dependency(self._service_linked_role(), gateway.audience)
        connect.CfnIntegrationAssociation(
            self,
            "Association",
            instance_id=instance_arn,  # the ARN, whatever the property is called
            integration_type="APPLICATION",
            integration_arn=self.application.attr_application_arn,
        )

    def _service_linked_role(self) -> ApiCall:
        """An account has it once; a CloudFormation resource would refuse a second one."""
        account = cdk.Aws.ACCOUNT_ID
        role = f"arn:aws:iam::{account}:role/aws-service-role/{APP_INTEGRATIONS}"
        return ApiCall(
            self,
            "ServiceLinkedRole",
            service="iam",
            create=("create_service_linked_role", {"AWSServiceName": APP_INTEGRATIONS}),
            physical_id="AWSServiceRoleForAppIntegrations",
            allow=[(["iam:CreateServiceLinkedRole"], [f"{role}/AWSServiceRoleForAppIntegrations"])],
            ignore=["InvalidInput: has been taken"],
        )

    def values(self) -> Mapping[str, str]:
        """What services look up."""
        return {"desk/application-arn": self.application.attr_application_arn}


def named(name: str, environment: Environment) -> str:
    """The seed's name in dev; elsewhere with the environment, so that an account can hold both."""
    return name if environment.name == "dev" else f"{name}-{environment.name}"
