"""The platform of one environment: what every service uses and none owns (CARD-07)."""

import aws_cdk as cdk
from platform_bus import EventBackbone
from platform_code_interpreter import Sandbox
from platform_connect import ConnectStack
from platform_credentials import Credentials
from platform_desk import DeskStack
from platform_flows import FlowJournal
from platform_gateway import DeliveryGateway
from platform_identity import AgentIdentity
from platform_knowledge import KnowledgeBase
from platform_memory import AgentMemory
from platform_monitoring import MonitoringStack
from platform_network import NetworkStack
from platform_parameters import Endpoints
from platform_prototypes import PrototypeHosting
from platform_security import SecurityStack, takes_tokens
from platform_storage import Storage
from platform_tools import ToolFunctions, ToolResources

from switchboard.constructs.bundling import lambda_code
from switchboard.constructs.environments import Environment
from switchboard.constructs.network_mode import own_network
from switchboard.constructs.service_alarms import ServiceAlarms
from switchboard.constructs.service_stack import ServiceStack

TOOL_CODE = ["platform/tools", "platform/runtime", "shared-events"]


class PlatformStack(ServiceStack):
    """Composes the platform's parts and publishes what services look up (SSM)."""

    def __init__(self, app: cdk.App, environment: Environment) -> None:
        """Build everything of `environment`."""
        super().__init__(app, service="platform", environment=environment)
        code = lambda_code(self, TOOL_CODE)
        endpoints = Endpoints(self)
        backbone = EventBackbone(self, "Events", environment=environment)
        storage = Storage(self, "Storage", environment=environment)
        credentials = Credentials(self, "Credentials", environment=environment)
        prototypes = PrototypeHosting(
            self, "Prototypes", environment=environment, url=endpoints.prototypes
        )
        sandbox = Sandbox(self, "Sandbox", environment=environment)
        knowledge = KnowledgeBase(self, "Knowledge", environment=environment)
        memory = AgentMemory(self, "Memory", environment=environment)
        identity = AgentIdentity(self, "Identity", environment=environment, code=code)
        functions = ToolFunctions(
            self,
            "Tools",
            code=code,
            resources=ToolResources(
                endpoints=endpoints,
                storage=storage,
                credentials=credentials,
                prototypes=prototypes,
                sandbox=sandbox,
                knowledge=knowledge,
            ),
        )
        gateway = DeliveryGateway(
            self, "Gateway", environment=environment, functions=functions, identity=identity
        )
        flows = FlowJournal(self, "Flows", environment=environment, backbone=backbone, code=code)
        for part in (
            backbone,
            storage,
            credentials,
            prototypes,
            sandbox,
            knowledge,
            memory,
            identity,
            gateway,
            endpoints,
            flows,
        ):
            self.publish_platform_values(part.values())
        ServiceAlarms(self, topic=backbone.alarms)


def build(app: cdk.App, environment: Environment) -> cdk.Stack:
    """The platform's stacks in `app`; the answer is the one every service needs.

    The Connect instance depends on no other stack, so that destroying one never reaches it. The
    runtimes' network and key come first, where the environment has them (K-02).
    """
    if own_network(app, environment):
        NetworkStack(app, environment)
    if environment.customer_managed_keys or takes_tokens(app):
        SecurityStack(app, environment)
    platform = PlatformStack(app, environment)
    instance = ConnectStack(app, environment)
    desk = DeskStack(app, environment)
    # nothing but an order: what one stack knows of another it reads from SSM
    desk.add_stack_dependency(platform)
    desk.add_stack_dependency(instance)
    MonitoringStack(app, environment).add_stack_dependency(platform)
    return platform
