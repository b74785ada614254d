"""`bedrock-agentcore-control`: runtimes and their endpoints as they were deployed (S001-FR-024).

Read only: a runtime is made by its template. What is in the registry is deployed, so it is READY.
"""

from collections.abc import Iterable
from typing import Any

from switchboard.local.agentcore.aws_answers import NotFoundError
from switchboard.local.connect.api.dispatch import Call, Operation
from switchboard.local.connect.api.gateways import EPOCH, from_template
from switchboard.local.connect.desk import last
from switchboard.local.engine.registry import Registry, Resource

RUNTIME = "AWS::BedrockAgentCore::Runtime"
ENDPOINT = "AWS::BedrockAgentCore::RuntimeEndpoint"
DEFAULT = "DEFAULT"
READY = "READY"
SHOWN = (
    "agentRuntimeName",
    "description",
    "roleArn",
    "agentRuntimeArtifact",
    "networkConfiguration",
    "lifecycleConfiguration",
    "authorizerConfiguration",
)
"""Not the environment variables: the answers of these doors may be printed."""


class DeployedRuntimes:
    """GetAgentRuntime, ListAgentRuntimes, and the same of endpoints."""

    def __init__(self, registry: Registry) -> None:
        """Read `registry`, the engine's."""
        self._registry = registry

    def operations(self) -> list[Operation]:
        """All four."""
        one = "/runtimes/{agentRuntimeId}/"
        endpoints = f"{one}runtime-endpoints/"
        return [
            Operation("GET", one, self.get),
            Operation("POST", "/runtimes/", self.every),
            Operation("GET", endpoints + "{endpointName}/", self.endpoint),
            Operation("POST", endpoints, self.endpoints),
        ]

    def get(self, call: Call) -> dict[str, Any]:
        """GetAgentRuntime."""
        found = self._found(call)
        settings = {
            name: from_template(found.properties[upper])
            for name in SHOWN
            if (upper := name[:1].upper() + name[1:]) in found.properties
        }
        protocol = found.properties.get("ProtocolConfiguration", "HTTP")
        return {
            **_shown(found),
            "createdAt": EPOCH,
            "lifecycleConfiguration": {},
            # one word in a template, a structure in the API
            "protocolConfiguration": {"serverProtocol": protocol},
            **settings,
        }

    def every(self, _call: Call) -> dict[str, Any]:
        """ListAgentRuntimes, all on one page."""
        return {"agentRuntimes": [_shown(item) for item in self._registry.of_type(RUNTIME)]}

    def endpoint(self, call: Call) -> dict[str, Any]:
        """GetAgentRuntimeEndpoint."""
        name = call.path["endpointName"]
        for found in self._of(self._found(call)):
            if found["name"] == name:
                return found
        raise NotFoundError(f"runtime {call.path['agentRuntimeId']} has no endpoint {name}")

    def endpoints(self, call: Call) -> dict[str, Any]:
        """ListAgentRuntimeEndpoints, all on one page."""
        return {"runtimeEndpoints": list(self._of(self._found(call)))}

    def _of(self, runtime: Resource) -> Iterable[dict[str, Any]]:
        yield _endpoint(runtime, DEFAULT, _version(runtime))
        for item in self._registry.of_type(ENDPOINT):
            if item.properties.get("AgentRuntimeId") == _id(runtime):
                name = str(item.properties["Name"])
                yield _endpoint(runtime, name, str(item.properties["AgentRuntimeVersion"]))

    def _found(self, call: Call) -> Resource:
        wanted = last(call.path["agentRuntimeId"])
        for found in self._registry.of_type(RUNTIME):
            if wanted == _id(found):
                return found
        raise NotFoundError(f"agent runtime {call.path['agentRuntimeId']} is not deployed")


def _id(runtime: Resource) -> str:
    return last(str(runtime.attributes.get("AgentRuntimeArn") or runtime.physical_id))


def _version(runtime: Resource) -> str:
    return str(runtime.attributes.get("AgentRuntimeVersion") or 1)


def _shown(runtime: Resource) -> dict[str, Any]:
    return {
        "agentRuntimeArn": runtime.attributes.get("AgentRuntimeArn", runtime.physical_id),
        "agentRuntimeId": _id(runtime),
        "agentRuntimeVersion": _version(runtime),
        "agentRuntimeName": str(runtime.properties["AgentRuntimeName"]),
        "lastUpdatedAt": runtime.attributes.get("LastUpdatedAt") or EPOCH,
        "status": READY,
    }


def _endpoint(runtime: Resource, name: str, version: str) -> dict[str, Any]:
    arn = runtime.attributes.get("AgentRuntimeArn", runtime.physical_id)
    return {
        "agentRuntimeArn": arn,
        "agentRuntimeEndpointArn": f"{arn}/runtime-endpoint/{name}",
        "id": name,
        "name": name,
        "liveVersion": version,
        "targetVersion": version,
        "status": READY,
        "createdAt": EPOCH,
        "lastUpdatedAt": EPOCH,
    }
