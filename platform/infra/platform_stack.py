"""The platform of one environment: what every service uses and none owns (CARD-07)."""

from collections.abc import Mapping

import aws_cdk as cdk
from platform_bus import EventBackbone
from platform_code_interpreter import Sandbox
from platform_credentials import Credentials
from platform_gateway import DeliveryGateway
from platform_identity import AgentIdentity
from platform_parameters import Endpoints
from platform_prototypes import PrototypeHosting
from platform_storage import Storage
from platform_tools import ToolFunctions, ToolResources

from switchboard.constructs.bundling import lambda_code
from switchboard.constructs.environments import Environment
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
            ),
        )
        gateway = DeliveryGateway(
            self, "Gateway", environment=environment, functions=functions, identity=identity
        )
        self._publish(backbone.values())
        self._publish(storage.values())
        self._publish(credentials.values())
        self._publish(prototypes.values())
        self._publish(sandbox.values())
        self._publish(identity.values())
        self._publish(gateway.values())
        self._publish(endpoints.values())

    def _publish(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            words = name.replace("-", "/").split("/")
            self.publish_value("Value" + "".join(word.title() for word in words), name, value)


def build(app: cdk.App, environment: Environment) -> cdk.Stack:
    """The platform's stack in `app`."""
    return PlatformStack(app, environment)
