"""`bedrock-agentcore-control`: the gateway whose audience only a call can set.

UpdateGateway rewrites the registered resource, which the local gateway reads at the next request.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from switchboard.local.agentcore.aws_answers import NotFoundError
from switchboard.local.connect.api.dispatch import Call, Operation
from switchboard.local.connect.desk import last
from switchboard.local.engine.registry import Registry, Resource

GATEWAY = "AWS::BedrockAgentCore::Gateway"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
SETTINGS = (
    "name",
    "description",
    "roleArn",
    "protocolType",
    "protocolConfiguration",
    "authorizerType",
    "authorizerConfiguration",
    "kmsKeyArn",
    "interceptorConfigurations",
    "policyEngineConfiguration",
    "exceptionLevel",
)
"""What both operations share; on AWS an update without one of them takes it away."""


class Gateways:
    """GetGateway and UpdateGateway."""

    def __init__(self, registry: Registry) -> None:
        """Rewrite `registry`, the engine's."""
        self._registry = registry

    def operations(self) -> list[Operation]:
        """Both."""
        uri = "/gateways/{gatewayIdentifier}/"
        return [
            Operation("GET", uri, self.get),
            Operation("PUT", uri, self.update, status=202),
        ]

    def get(self, call: Call) -> dict[str, Any]:
        """GetGateway; the URL comes without `/mcp`, as on AWS."""
        return _shown(self._found(call))

    def update(self, call: Call) -> dict[str, Any]:
        """UpdateGateway."""
        found = self._found(call)
        kept = {
            name: value
            for name, value in found.properties.items()
            if _lower(name) not in {*SETTINGS, *call.body}
        }
        given = {_upper(name): _to_template(value) for name, value in call.body.items()}
        changed = replace(found, properties={**kept, **given})
        self._registry.put(changed)
        return _shown(changed)

    def _found(self, call: Call) -> Resource:
        wanted = last(call.path["gatewayIdentifier"])
        for found in self._registry.of_type(GATEWAY):
            if wanted in {last(found.physical_id), _id(found)}:
                return found
        raise NotFoundError(f"gateway {call.path['gatewayIdentifier']} is not deployed")


def _shown(gateway: Resource) -> dict[str, Any]:
    settings = {
        name: from_template(gateway.properties[_upper(name)])
        for name in SETTINGS
        if _upper(name) in gateway.properties
    }
    return {
        "gatewayArn": gateway.attributes.get("GatewayArn", gateway.physical_id),
        "gatewayId": _id(gateway),
        "gatewayUrl": gateway.attributes.get("GatewayUrl", "").removesuffix("/mcp"),
        "createdAt": gateway.attributes.get("CreatedAt") or EPOCH,
        "updatedAt": gateway.attributes.get("UpdatedAt") or EPOCH,
        "status": "READY",
        **settings,
    }


def _id(gateway: Resource) -> str:
    return gateway.attributes.get("GatewayIdentifier") or last(gateway.physical_id)


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _to_template(value: Any) -> Any:
    """Names as CloudFormation writes them."""
    return _renamed(value, _upper)


def from_template(value: Any) -> Any:
    """Names as the API writes them."""
    return _renamed(value, _lower)


def _renamed(value: Any, rename: Any) -> Any:
    if isinstance(value, Mapping):
        return {rename(str(name)): _renamed(item, rename) for name, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, rename) for item in value]
    return value
