"""CloudFormation types the engine lacks, so that templates stay byte for byte those for AWS.

Each answers Ref and GetAtt and is recorded in the registry. AgentCore types are served from there
by the local runtime and gateway; the rest (NAT gateways, budgets, Connect...) is a placeholder that
means something on AWS only. `attributes.json` lists the GetAtt names of each type, as in CDK.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from switchboard.local.engine.registry import Registry, Resource

ATTRIBUTES: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "attributes.json").read_text()
)
AGENTCORE = "AWS::BedrockAgentCore::"
Properties = Mapping[str, Any]
Answer = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Kind:
    """How ids of a type look; `{name}`, `{suffix}`, `{id}` and properties are filled in."""

    arn: str
    id: str = "{name}-{suffix}"
    ref: str = "{id}"


KINDS = {
    f"{AGENTCORE}Runtime": Kind("runtime/{id}"),
    f"{AGENTCORE}RuntimeEndpoint": Kind(
        "runtime/{AgentRuntimeId}/runtime-endpoint/{id}", id="{name}", ref="{arn}"
    ),
    f"{AGENTCORE}Gateway": Kind("gateway/{id}"),
    f"{AGENTCORE}GatewayTarget": Kind(
        "gateway/{GatewayIdentifier}/target/{id}", id="{suffix}", ref="{GatewayIdentifier}|{id}"
    ),
    f"{AGENTCORE}PolicyEngine": Kind("policy-engine/{id}", ref="{arn}"),
    f"{AGENTCORE}Policy": Kind("policy-engine/{PolicyEngineId}/policy/{id}", ref="{arn}"),
    f"{AGENTCORE}Memory": Kind("memory/{id}", ref="{arn}"),
    f"{AGENTCORE}CodeInterpreterCustom": Kind("code-interpreter-custom/{id}"),
    f"{AGENTCORE}BrowserCustom": Kind("browser-custom/{id}"),
    f"{AGENTCORE}WorkloadIdentity": Kind(
        "workload-identity-directory/default/workload-identity/{id}", id="{name}"
    ),
    f"{AGENTCORE}OAuth2CredentialProvider": Kind(
        "token-vault/default/oauth2credentialprovider/{id}", id="{name}", ref="{arn}"
    ),
    f"{AGENTCORE}ApiKeyCredentialProvider": Kind(
        "token-vault/default/apikeycredentialprovider/{id}", id="{name}", ref="{arn}"
    ),
    "AWS::EventSchemas::Registry": Kind("registry/{id}", id="{name}", ref="{arn}"),
    "AWS::EventSchemas::Schema": Kind("schema/{RegistryName}/{id}", id="{name}", ref="{arn}"),
    "AWS::EC2::EIP": Kind("elastic-ip/{id}", id="eipalloc-{suffix}", ref="203.0.113.1"),
    "AWS::EC2::NatGateway": Kind("natgateway/{id}", id="nat-{suffix}"),
}
NESTED = {
    "WorkloadIdentityDetails": "WorkloadIdentityArn",
    "ApiKeySecretArn": "SecretArn",
    "ClientSecretArn": "SecretArn",
}
"""Attributes that are structures on AWS, with the member templates read."""
SERVICES = {"BedrockAgentCore": "bedrock-agentcore", "EventSchemas": "schemas"}
"""ARN service names that are not the lower-cased namespace."""


@dataclass(frozen=True)
class ResourceTypes:
    """Create, update and delete of the added types."""

    registry: Registry
    scope: Callable[[], tuple[str, str]]
    """Account and region of the request being served."""
    gateway_url: str
    """What `GatewayUrl` answers: the local gateway's MCP endpoint."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def register(self, handlers: dict[str, Any]) -> None:
        """Add every type that the engine does not know itself."""
        for type_name in ATTRIBUTES:
            if type_name.startswith(AGENTCORE) or type_name not in handlers:
                handlers[type_name] = self._handler(type_name)

    def _handler(self, type_name: str) -> dict[str, Any]:
        def create(logical_id: str, properties: Properties, stack: str) -> Answer:
            return self._put(type_name, stack, logical_id, properties)

        def update(
            physical_id: str, _old: Properties, new: Properties, stack: str, logical_id: str
        ) -> Answer:
            answer = self._put(type_name, stack, logical_id, new)
            if answer[0] != physical_id:
                self.registry.remove(physical_id)
            return answer

        def delete(physical_id: str, _properties: Properties) -> None:
            self.registry.remove(physical_id)

        return {
            "create": create,
            "update": update,
            "update_with_logical_id": True,
            "delete": delete,
        }

    def _put(self, type_name: str, stack: str, logical_id: str, properties: Properties) -> Answer:
        kind = KINDS.get(type_name) or Kind(type_name.rsplit("::", 1)[-1].lower() + "/{id}")
        words = self._words(kind, type_name, stack, logical_id, properties)
        physical_id = kind.ref.format_map(words)
        attributes = self._attributes(type_name, words, self.registry.get(physical_id))
        self.registry.put(
            Resource(type_name, stack, logical_id, physical_id, dict(properties), attributes)
        )
        return physical_id, attributes

    def _words(
        self, kind: Kind, type_name: str, stack: str, logical_id: str, properties: Properties
    ) -> dict[str, str]:
        account, region = self.scope()
        short = type_name.rsplit("::", 1)[-1]
        named = ("AgentRuntimeName", f"{short}Name", "Name")
        name = next((properties[key] for key in named if properties.get(key)), None)
        words = defaultdict(
            str, {key: value for key, value in properties.items() if isinstance(value, str)}
        )
        # The same stack and logical id give the same physical id, after a reset as well.
        words["suffix"] = hashlib.sha256(f"{stack}/{logical_id}".encode()).hexdigest()[:10]
        words["name"] = str(name or f"{stack}-{logical_id}")
        words["id"] = kind.id.format_map(words)
        namespace = type_name.split("::")[1]
        service = SERVICES.get(namespace, namespace.lower())
        words["prefix"] = f"arn:aws:{service}:{region}:{account}:"
        words["arn"] = words["prefix"] + kind.arn.format_map(words)
        return words

    def _attributes(
        self, type_name: str, words: Mapping[str, str], before: Resource | None
    ) -> dict[str, str]:
        answers = {
            name: self._attribute(name, words) for name in ATTRIBUTES[type_name]
        } | self._special(type_name, words, before)
        for name, member in NESTED.items():
            if name in answers:
                answers[f"{name}.{member}"] = answers[name]
        return answers

    def _attribute(self, name: str, words: Mapping[str, str]) -> str:
        if name.endswith("Arn") or name == "WorkloadIdentityDetails":
            return words["arn"]
        if name.endswith(("At", "Time", "Date", "LastModified")):
            return self.now().isoformat(timespec="seconds")
        if name in {"Status", "State"}:
            return "READY"
        if name.endswith(("Id", "Identifier", "Name")):
            return words["id"]
        return ""

    def _special(  # noqa: PLR0911 - one answer for each type that has one
        self, type_name: str, words: Mapping[str, str], before: Resource | None
    ) -> dict[str, str]:
        prefix = words["prefix"]
        match type_name.removeprefix(AGENTCORE):
            case "Runtime":
                version = int(before.attributes["AgentRuntimeVersion"]) + 1 if before else 1
                return {"AgentRuntimeVersion": str(version)}
            case "RuntimeEndpoint":
                version_of = words.get("AgentRuntimeVersion", "1")
                return {
                    "AgentRuntimeArn": f"{prefix}runtime/{words.get('AgentRuntimeId', '')}",
                    "LiveVersion": version_of,
                    "TargetVersion": version_of,
                }
            case "Gateway":
                return {"GatewayUrl": self.gateway_url}
            case "GatewayTarget":
                return {"GatewayArn": f"{prefix}gateway/{words.get('GatewayIdentifier', '')}"}
            case "OAuth2CredentialProvider" | "ApiKeyCredentialProvider":
                secret = f"bedrock-agentcore-identity!default/{words['name']}-{words['suffix'][:6]}"
                arn = prefix.replace("bedrock-agentcore", "secretsmanager") + f"secret:{secret}"
                return {"ClientSecretArn": arn, "ApiKeySecretArn": arn}
            case "AWS::EC2::EIP":
                return {"PublicIp": "203.0.113.1"}
            case _:
                return {}
