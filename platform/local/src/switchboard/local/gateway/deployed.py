"""The deployed gateways with their targets, policies and interceptors, read from the registry."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from switchboard.local.agentcore.registry import Registry, Resource
from switchboard.local.gateway.documents import DocumentMissingError
from switchboard.local.gateway.policy import PolicyEngine
from switchboard.local.gateway.tools import ReadTarget, TargetError, Tool

GATEWAY = "AWS::BedrockAgentCore::Gateway"
TARGET = "AWS::BedrockAgentCore::GatewayTarget"
POLICY = "AWS::BedrockAgentCore::Policy"

logger = logging.getLogger(__name__)


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
    problems: Mapping[str, str] = field(default_factory=dict)
    """Targets that offer no tools, and why."""

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

    def __init__(self, registry: Registry, read_target: ReadTarget) -> None:
        """Read `registry`, and the targets' tools with `read_target`."""
        self._registry = registry
        self._read_target = read_target
        self._source: tuple[Resource, ...] | None = None
        self._gateways: tuple[Gateway, ...] = ()

    def gateways(self) -> tuple[Gateway, ...]:
        """All of them, ordered by physical id."""
        source = self._registry.resources()
        if source is not self._source:
            # Set before the targets are read: a document that is missing now is looked for again.
            self._source = source
            self._gateways = tuple(
                self._gateway(resource) for resource in self._registry.of_type(GATEWAY)
            )
        return self._gateways

    def _gateway(self, resource: Resource) -> Gateway:
        identifiers = _identifiers(resource, "GatewayIdentifier", "GatewayArn")
        tools: dict[str, Tool] = {}
        problems: dict[str, str] = {}
        for target in self._registry.of_type(TARGET):
            if target.property("GatewayIdentifier") not in identifiers:
                continue
            name = str(target.property("Name", default=target.physical_id))
            try:
                tools |= {tool.name: tool for tool in self._read_target(target)}
            except TargetError as error:
                problems[name] = str(error)
            except DocumentMissingError as error:
                problems[name] = str(error)
                self._source = None
        for name, problem in problems.items():
            logger.error("target %s of %s offers no tools: %s", name, resource.physical_id, problem)
        return Gateway(
            resource=resource,
            tools=tools,
            interceptors=tuple(_interceptors(resource)),
            policies=self._policies(resource),
            problems=problems,
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


def _interceptors(resource: Resource) -> list[Interceptor]:
    return [
        Interceptor(
            function_arn=str(item["Interceptor"]["Lambda"]["Arn"]),
            pass_headers=bool((item.get("InputConfiguration") or {}).get("PassRequestHeaders")),
        )
        for item in resource.property("InterceptorConfigurations", default=[])
        if "REQUEST" in item.get("InterceptionPoints", [])
    ]
