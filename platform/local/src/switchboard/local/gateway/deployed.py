"""The deployed gateways with their targets, policies and interceptors, read from the registry."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from switchboard.local.agentcore.registry import Registry, Resource
from switchboard.local.gateway.policy import PolicyEngine

GATEWAY = "AWS::BedrockAgentCore::Gateway"
TARGET = "AWS::BedrockAgentCore::GatewayTarget"
POLICY = "AWS::BedrockAgentCore::Policy"
SEPARATOR = "___"


@dataclass(frozen=True)
class Tool:
    """One tool of a Lambda target."""

    name: str
    """As callers see it: `<target>___<tool>`."""
    description: str
    input_schema: Mapping[str, Any]
    target_id: str
    function_arn: str
    allowed_headers: frozenset[str]
    """Lower-case names of the request headers that reach the function."""


@dataclass(frozen=True)
class Interceptor:
    """A function that sees each request before its target does."""

    function_arn: str
    pass_headers: bool


@dataclass(frozen=True)
class Gateway:
    """One gateway, complete."""

    resource: Resource
    tools: Mapping[str, Tool]
    interceptors: tuple[Interceptor, ...]
    policies: PolicyEngine | None
    """None when the gateway names no policy engine: then everything is permitted, as on AWS."""

    @cached_property
    def arn(self) -> str:
        """The gateway's ARN."""
        return str(self.resource.attributes.get("GatewayArn") or self.resource.physical_id)

    @cached_property
    def gateway_id(self) -> str:
        """The gateway's identifier."""
        return str(self.resource.attributes.get("GatewayIdentifier") or self.arn.rsplit("/", 1)[-1])

    @cached_property
    def authorizer(self) -> Mapping[str, Any]:
        """Its `CustomJWTAuthorizer`."""
        found: Mapping[str, Any] = self.resource.property(
            "AuthorizerConfiguration", "CustomJWTAuthorizer", default={}
        )
        return found

    @property
    def searchable(self) -> bool:
        """Whether it offers the search tool."""
        kind = self.resource.property("ProtocolConfiguration", "Mcp", "SearchType")
        return bool(kind == "SEMANTIC")


class Deployed:
    """The gateways, built again whenever the registry changes."""

    def __init__(self, registry: Registry) -> None:
        """Read `registry`."""
        self._registry = registry
        self._source: tuple[Resource, ...] | None = None
        self._gateways: tuple[Gateway, ...] = ()

    def gateways(self) -> tuple[Gateway, ...]:
        """All of them, ordered by physical id."""
        source = self._registry.resources()
        if source is not self._source:
            self._gateways = tuple(
                self._gateway(resource) for resource in self._registry.of_type(GATEWAY)
            )
            self._source = source
        return self._gateways

    def _gateway(self, resource: Resource) -> Gateway:
        identifiers = _identifiers(resource, "GatewayIdentifier", "GatewayArn")
        tools = {
            tool.name: tool
            for target in self._registry.of_type(TARGET)
            if target.property("GatewayIdentifier") in identifiers
            for tool in _tools(target)
        }
        return Gateway(
            resource=resource,
            tools=tools,
            interceptors=tuple(_interceptors(resource)),
            policies=self._policies(resource),
        )

    def _policies(self, gateway: Resource) -> PolicyEngine | None:
        engine = gateway.property("PolicyEngineConfiguration", "Arn")
        if engine is None:
            return None
        engine_id = str(engine).rsplit("/", 1)[-1]
        statements = {
            str(policy.property("Name", default=policy.physical_id)): str(
                policy.property("Definition", "Cedar", "Statement")
                or policy.property("Definition", "Policy", "Statement", default="")
            )
            for policy in self._registry.of_type(POLICY)
            if str(policy.property("PolicyEngineId", default="")).rsplit("/", 1)[-1] == engine_id
            and policy.property("EnforcementMode", default="ACTIVE") == "ACTIVE"
        }
        mode = gateway.property("PolicyEngineConfiguration", "Mode", default="ENFORCE")
        arn = str(gateway.attributes.get("GatewayArn") or gateway.physical_id)
        return PolicyEngine(statements, arn, enforced=mode == "ENFORCE")


def _identifiers(resource: Resource, *attributes: str) -> set[str]:
    found = {resource.physical_id, resource.physical_id.rsplit("/", 1)[-1]}
    return found | {
        str(resource.attributes[name]) for name in attributes if name in resource.attributes
    }


def _tools(target: Resource) -> list[Tool]:
    configuration = target.property("TargetConfiguration", "Mcp", "Lambda", default={})
    headers = target.property("MetadataConfiguration", "AllowedRequestHeaders", default=[])
    prefix = target.property("Name", default=target.physical_id)
    return [
        Tool(
            name=f"{prefix}{SEPARATOR}{tool['Name']}",
            description=str(tool.get("Description", "")),
            input_schema=json_schema(tool.get("InputSchema") or {"Type": "object"}),
            target_id=str(target.attributes.get("TargetId") or target.physical_id),
            function_arn=str(configuration["LambdaArn"]),
            allowed_headers=frozenset(str(header).lower() for header in headers),
        )
        for tool in configuration.get("ToolSchema", {}).get("InlinePayload", [])
    ]


def json_schema(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A CloudFormation `SchemaDefinition` (Type, Properties, ...) as JSON Schema."""
    schema: dict[str, Any] = {}
    for key in ("Type", "Description", "Required"):
        if key in definition:
            schema[key.lower()] = definition[key]
    if "Properties" in definition:
        schema["properties"] = {
            name: json_schema(child) for name, child in definition["Properties"].items()
        }
    if "Items" in definition:
        schema["items"] = json_schema(definition["Items"])
    return schema


def _interceptors(resource: Resource) -> list[Interceptor]:
    return [
        Interceptor(
            function_arn=str(item["Interceptor"]["Lambda"]["Arn"]),
            pass_headers=bool((item.get("InputConfiguration") or {}).get("PassRequestHeaders")),
        )
        for item in resource.property("InterceptorConfigurations", default=[])
        if "REQUEST" in item.get("InterceptionPoints", [])
    ]
