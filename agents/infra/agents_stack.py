"""The agents' stack: an AgentCore runtime per agent, each with its own role, logs and endpoints.

Context: `artifact=image` runs the images of the agents' ECR repositories (`tag`, default `1`)
instead of the zip; `<agent>:<endpoint>=<version>` pins an endpoint, e.g. `-c code:prod=3`; a
rollback is the same with an earlier version. DEFAULT always follows the newest version.
"""

import aws_cdk as cdk
import images_stack
from agents_role import Reach, execution_role
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from switchboard.constructs.bundling import code_asset
from switchboard.constructs.environments import REGION, Environment
from switchboard.constructs.service_stack import ServiceStack

AGENTS = ("code", "mock", "demo_deck", "insight", "spec", "review", "a_b_test")
ENDPOINTS = ("dev", "staging", "prod")
DEFAULT_MODEL = "global.anthropic.claude-sonnet-4-6"
OAUTH_SCOPES = "gateway"
"""The resource server whose scopes are the agent types; the platform makes it."""
IDLE_SECONDS = 900
LIFE_SECONDS = 28_800


def build(app: cdk.App, environment: Environment) -> cdk.Stack:
    """The app: the stack of the runtimes, and that of the images when the runtimes run images."""
    if app.node.try_get_context("artifact") == "image":
        images_stack.build(app, environment, AGENTS)
    return AgentsStack(app, environment)


class AgentsStack(ServiceStack):
    """Every agent's runtime. They share the code and nothing else."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Build the runtimes of `environment`."""
        super().__init__(scope, service="agents", environment=environment)
        self.images = self.node.try_get_context("artifact") == "image"
        self.model = cdk.CfnParameter(
            self,
            "ModelId",
            type="String",
            default=DEFAULT_MODEL,
            description="Inference profile of Bedrock all agents use (never a bare model id)",
        )
        members = ["agents", "shared-events"]
        self.code = None if self.images else code_asset(self, "Bundle", members)
        for agent in AGENTS:
            AgentRuntime(self, agent)


class AgentRuntime(Construct):
    """One agent: role, runtime, log retention, endpoints, and how others find it."""

    def __init__(self, stack: AgentsStack, agent: str) -> None:
        """Build the runtime of `agent` in `stack`."""
        super().__init__(stack, f"{agent.title().replace('_', '')}Agent")
        self._stack = stack
        self._agent = agent
        region = REGION.replace("-", "_")
        self._name = f"switchboard_{agent}_{stack.environment_data.name}_{region}"
        self._provider = stack.platform_value(f"gateway/oauth-provider/{agent}")
        self.role = execution_role(
            self,
            Reach(
                account=stack.account,
                runtime_name=self._name,
                model_id=stack.model.value_as_string,
                bus_arn=stack.platform_value("bus/arn"),
                oauth_provider=self._provider,
                code=stack.code,
                repository=images_stack.repository_name(stack.environment_data, agent),
            ),
        )
        self.runtime = self._runtime()
        self._log_group()
        self._endpoints()
        self._announce()

    def _runtime(self) -> agentcore.CfnRuntime:
        stack = self._stack
        runtime = agentcore.CfnRuntime(
            self,
            "Runtime",
            agent_runtime_name=self._name,
            description=f"Switchboard's {self._agent} agent",
            role_arn=self.role.role_arn,
            agent_runtime_artifact=self._artifact(stack.code),
            network_configuration=self._network(),
            protocol_configuration="HTTP",
            lifecycle_configuration=agentcore.CfnRuntime.LifecycleConfigurationProperty(
                idle_runtime_session_timeout=IDLE_SECONDS, max_lifetime=LIFE_SECONDS
            ),
            environment_variables={
                "AGENT": self._agent,
                "ENVIRONMENT": stack.environment_data.name,
                "MODEL_PROVIDER": "bedrock",
                "MODEL_ID": stack.model.value_as_string,
                "GATEWAY_MCP_ENDPOINT": stack.platform_value("gateway/url"),
                "GATEWAY_OAUTH_PROVIDER": self._provider,
                "GATEWAY_OAUTH_SCOPE": f"{OAUTH_SCOPES}/{self._agent}",
                "EVENT_BUS_NAME": stack.platform_value("bus/name"),
                "DOCKER_CONTAINER": "1",
            },
        )
        runtime.node.add_dependency(self.role)
        return runtime

    def _artifact(
        self, code: s3_assets.Asset | None
    ) -> agentcore.CfnRuntime.AgentRuntimeArtifactProperty:
        kinds = agentcore.CfnRuntime
        if code is not None:
            return kinds.AgentRuntimeArtifactProperty(
                code_configuration=kinds.CodeConfigurationProperty(
                    code=kinds.CodeProperty(
                        s3=kinds.S3LocationProperty(
                            bucket=code.s3_bucket_name, prefix=code.s3_object_key
                        )
                    ),
                    entry_point=["main.py"],
                    runtime="PYTHON_3_12",
                )
            )
        uri = images_stack.image_uri(self._stack, self._stack.environment_data, self._agent)
        return kinds.AgentRuntimeArtifactProperty(
            container_configuration=kinds.ContainerConfigurationProperty(container_uri=uri)
        )

    def _network(self) -> agentcore.CfnRuntime.NetworkConfigurationProperty:
        """PUBLIC in dev; elsewhere the subnets and the group of the platform's network (K-16)."""
        kinds = agentcore.CfnRuntime
        mode = self._stack.environment_data.network_mode
        if mode == "PUBLIC":
            return kinds.NetworkConfigurationProperty(network_mode=mode)
        subnets = self._stack.platform_value("network/agent-subnets")
        group = self._stack.platform_value("network/runtime-security-group")
        return kinds.NetworkConfigurationProperty(
            network_mode=mode,
            network_mode_config=kinds.VpcConfigProperty(
                subnets=cdk.Fn.split(",", subnets), security_groups=[group]
            ),
        )

    def _log_group(self) -> None:
        """AgentCore names the group; it is declared here to be kept for a month, not for ever."""
        logs.LogGroup(
            self,
            "Logs",
            log_group_name=(
                f"/aws/bedrock-agentcore/runtimes/{self.runtime.attr_agent_runtime_id}-DEFAULT"
            ),
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

    def _endpoints(self) -> None:
        for endpoint in ENDPOINTS:
            pinned = self.node.try_get_context(f"{self._agent}:{endpoint}")
            agentcore.CfnRuntimeEndpoint(
                self,
                f"{endpoint.title()}Endpoint",
                agent_runtime_id=self.runtime.attr_agent_runtime_id,
                name=endpoint,
                agent_runtime_version=str(pinned or 1),
            )

    def _announce(self) -> None:
        """Tell the orchestrator (SSM) and people (outputs) where the runtime is."""
        arn = self.runtime.attr_agent_runtime_arn
        self._stack.publish_value(f"{self.node.id}Parameter", f"{self._agent}/runtime-arn", arn)
        # CloudFormation has no such attribute (K-18): the address is the encoded ARN's.
        encoded = cdk.Fn.join("%2F", cdk.Fn.split("/", cdk.Fn.join("%3A", cdk.Fn.split(":", arn))))
        address = f"https://bedrock-agentcore.{REGION}.amazonaws.com/runtimes/{encoded}/invocations"
        for name, value in (
            ("AgentRuntimeArn", arn),
            ("AgentRuntimeId", self.runtime.attr_agent_runtime_id),
            ("AgentRuntimeVersion", self.runtime.attr_agent_runtime_version),
            ("AgentRuntimeStatus", self.runtime.attr_status),
            ("AgentRuntimeEndpointUrl", address),
            ("ExecutionRoleArn", self.role.role_arn),
        ):
            cdk.CfnOutput(self._stack, f"{self.node.id.removesuffix('Agent')}{name}", value=value)
