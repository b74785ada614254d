"""The agents' stack: an AgentCore runtime per agent, each with its own role, logs and endpoints.

What a deployment can choose stands in `agents_artifact` (zip or image), `agents_network`,
`agents_inbound` and `agents_endpoints` (versions; a rollback is the pin of an earlier one). Each
refuses what cannot work before anything is deployed. DEFAULT always follows the newest version.
"""

from collections.abc import Sequence
from dataclasses import asdict

import agents_endpoints as endpoints
import aws_cdk as cdk
import images_stack
import quality_stack
from agents_artifact import artifact, runs_images
from agents_inbound import authorizer
from agents_model import AgentModel
from agents_network import runtime_network
from agents_outputs import announce
from agents_role import MemoryReach, Reach, execution_role
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from switchboard.constructs.agent_roles import agent_role_name
from switchboard.constructs.bundling import code_asset
from switchboard.constructs.environments import REGION, Environment
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.stack_order import follow
from switchboard.constructs.tracing import posts_to_x_ray, spans_variable

AGENTS = ("code", "mock", "demo_deck", "insight", "spec", "review", "a_b_test")
REMEMBERING = ("spec",)
"""The agents that opt in to memory in their definition; a test compares."""
OAUTH_SCOPES = "gateway"
"""The resource server whose scopes are the agent types; the platform makes it."""
PLATFORM = "linux/arm64"
"""The only one AgentCore runs, zip or image; it is no property of a runtime either."""
IDLE_SECONDS = 900
LIFE_SECONDS = 28_800


def build(app: cdk.App, environment: Environment) -> cdk.Stack:
    """The app: the runtimes, their evaluation, and their images when they run images."""
    if runs_images(app):
        images_stack.build(app, environment, AGENTS)
    agents = AgentsStack(app, environment)
    # nothing but an order: the runtimes' logs are known by their names
    quality_stack.build(app, environment, AGENTS).add_stack_dependency(agents)
    return agents


class AgentsStack(ServiceStack):
    """Every agent's runtime. They share the code and nothing else."""

    def __init__(
        self, scope: Construct, environment: Environment, agents: Sequence[str] = AGENTS
    ) -> None:
        """Build the runtimes of `agents` in `environment`."""
        super().__init__(scope, service="agents", environment=environment)
        endpoints.demand_known_pins(self, agents)
        self.model = AgentModel(self)
        members = ["agents", "shared-events"]
        self.code = None if runs_images(self) else code_asset(self, "Bundle", members)
        self.network = runtime_network(self)
        own_key = environment.customer_managed_keys
        self.key_arn = self.platform_value("security/key-arn") if own_key else None
        self.runtimes = {agent: AgentRuntime(self, agent) for agent in agents}
        first = self.runtimes[agents[0]]
        announce(self, "", first.runtime, first.role.role_arn)
        follow(self)


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
                role_name=agent_role_name(stack.environment_data, agent),
                runtime_name=self._name,
                model=stack.model.reach,
                bus_arn=stack.platform_value("bus/arn"),
                oauth_provider=self._provider,
                code=stack.code,
                repository=images_stack.repository_name(stack.environment_data, agent),
                memory=self._memory(),
                key_arn=stack.key_arn,
                traces=posts_to_x_ray(self),
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
            agent_runtime_artifact=artifact(stack, stack.environment_data, self._agent, stack.code),
            authorizer_configuration=authorizer(stack, self._agent),
            network_configuration=stack.network,
            protocol_configuration="HTTP",
            lifecycle_configuration=agentcore.CfnRuntime.LifecycleConfigurationProperty(
                idle_runtime_session_timeout=IDLE_SECONDS, max_lifetime=LIFE_SECONDS
            ),
            environment_variables={
                "AGENT": self._agent,
                "ENVIRONMENT": stack.environment_data.name,
                **stack.model.variables,
                "GATEWAY_MCP_ENDPOINT": stack.platform_value("gateway/url"),
                "GATEWAY_OAUTH_PROVIDER": self._provider,
                "GATEWAY_OAUTH_SCOPE": f"{OAUTH_SCOPES}/{self._agent}",
                "EVENT_BUS_NAME": stack.platform_value("bus/name"),
                "DOCKER_CONTAINER": "1",
                **self._memory_variable(),
                **spans_variable(self),
            },
        )
        runtime.node.add_dependency(self.role)
        # The API cannot be told yet (K-14): whoever reads the template sees what was meant.
        allocation = stack.environment_data.allocation
        runtime.add_metadata("switchboard:allocation", asdict(allocation))
        runtime.add_metadata("switchboard:platform", PLATFORM)
        return runtime

    def _memory(self) -> MemoryReach | None:
        if self._agent not in REMEMBERING:
            return None
        stack = self._stack
        own_key = stack.environment_data.customer_managed_keys
        return MemoryReach(
            arn=stack.platform_value("memory/arn"),
            key_arn=stack.platform_value("memory/key-arn") if own_key else None,
        )

    def _memory_variable(self) -> dict[str, str]:
        if self._agent not in REMEMBERING:
            return {}
        return {"MEMORY_ID": self._stack.platform_value("memory/id")}

    def _log_group(self) -> None:
        """AgentCore names the group; it is declared here to be kept for a month, not for ever."""
        logs.LogGroup(
            self,
            "Logs",
            log_group_name=(
                f"/aws/bedrock-agentcore/runtimes/{self.runtime.attr_agent_runtime_id}-DEFAULT"
            ),
            retention=logs.RetentionDays.ONE_MONTH,
            encryption_key=(
                kms.Key.from_key_arn(self, "Key", self._stack.key_arn)
                if self._stack.key_arn
                else None
            ),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

    def _endpoints(self) -> None:
        stack, agent = self._stack, self._agent
        stage = stack.environment_data.name
        versions = endpoints.versions_of(stack, stage, agent)
        endpoints.add_endpoints(self, self.runtime.attr_agent_runtime_id, versions)
        stack.publish_value(
            f"{self.node.id}Traffic",
            f"{agent}/traffic",
            endpoints.traffic(stack, stage, agent),
        )

    def _announce(self) -> None:
        """Tell the orchestrator (SSM) and people (outputs) where the runtime is."""
        arn = self.runtime.attr_agent_runtime_arn
        self._stack.publish_value(f"{self.node.id}Parameter", f"{self._agent}/runtime-arn", arn)
        prefix = self.node.id.removesuffix("Agent")
        announce(self._stack, prefix, self.runtime, self.role.role_arn)
