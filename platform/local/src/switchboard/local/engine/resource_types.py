"""CloudFormation types the engine lacks, so that templates stay byte for byte those for AWS.

Each answers Ref and GetAtt and is recorded in the registry. AgentCore and Connect types are served
from there by the local runtime, gateway and call centre; the rest (NAT gateways, budgets...) is a
placeholder that means something on AWS only. `attributes.json` lists the GetAtt names of each type,
as in CDK; `resource_kinds` how they look.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from switchboard.local.engine.registry import Registry, Resource
from switchboard.local.engine.resource_kinds import (
    AGENTCORE,
    KINDS,
    NESTED,
    SERVICES,
    Kind,
    name_code,
)

ATTRIBUTES: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "attributes.json").read_text()
)
SERVED_TARGETS = {"Lambda", "OpenApiSchema"}
"""What the local gateway can call."""
Properties = Mapping[str, Any]
Answer = tuple[str, dict[str, str]]


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
        if type_name == f"{AGENTCORE}GatewayTarget":
            _refuse_what_is_not_served(properties)
        kind = KINDS.get(type_name) or Kind(type_name.rsplit("::", 1)[-1].lower() + "/{id}")
        words = self._words(kind, type_name, stack, logical_id, properties)
        physical_id = kind.ref.format_map(words)
        attributes = self._attributes(kind, type_name, words)
        self.registry.put(
            Resource(type_name, stack, logical_id, physical_id, dict(properties), attributes)
        )
        return physical_id, attributes

    def _words(
        self, kind: Kind, type_name: str, stack: str, logical_id: str, properties: Properties
    ) -> dict[str, str]:
        account, region = self.scope()
        words = defaultdict(
            str, {key: value for key, value in properties.items() if isinstance(value, str)}
        )
        # The same stack and logical id give the same physical id, after a reset as well.
        seed = hashlib.sha256(f"{stack}/{logical_id}".encode()).digest()
        words["suffix"] = seed.hex()[:10]
        words["code"] = words["suffix"].upper()
        words["uuid"] = str(UUID(bytes=seed[:16], version=4))
        words["name"] = _name(type_name, properties) or f"{stack}-{logical_id}"
        words["name_code"] = name_code(words["name"])
        words["number"] = str(self._number(kind, type_name, properties))
        namespace = type_name.split("::")[1]
        service = SERVICES.get(namespace, namespace.lower())
        words["prefix"] = f"arn:aws:{service}:{region}:{account}:"
        words |= {"account": account, "region": region, "gateway_url": self.gateway_url}
        words["assistant"] = words["AssistantId"].rsplit("/", 1)[-1]
        words["secret_arn"] = _secret_arn(words, properties)
        words["modified"] = str(int(self.now().timestamp()))
        words["digest"] = hashlib.sha256(
            json.dumps(properties, sort_keys=True).encode()
        ).hexdigest()
        # An endpoint that names no version runs the first one.
        words.setdefault("AgentRuntimeVersion", "1")
        words["id"] = kind.id.format_map(words)
        arn = kind.arn.format_map(words)
        words["arn"] = arn if arn.startswith("arn:") else words["prefix"] + arn
        if kind.id == "{arn}":
            words["id"] = words["arn"]
        return words

    def _number(self, kind: Kind, type_name: str, properties: Properties) -> int:
        """The next version of what `kind` counts; a change of a version makes a new one."""
        if not kind.counts:
            return 1
        taken = [
            int(item.attributes.get(kind.number, 0))
            for item in self.registry.of_type(type_name)
            if item.properties.get(kind.counts) == properties.get(kind.counts)
        ]
        return max(taken, default=0) + 1

    def _attributes(self, kind: Kind, type_name: str, words: Mapping[str, str]) -> dict[str, str]:
        answers = {name: self._attribute(name, words) for name in ATTRIBUTES[type_name]}
        answers |= {name: text.format_map(words) for name, text in kind.answers.items()}
        if kind.counts:
            answers[kind.number] = words["number"]
        for name, member in NESTED.items():
            if name in answers:
                answers[f"{name}.{member}"] = answers[name]
        return answers

    def _attribute(self, name: str, words: Mapping[str, str]) -> str:
        rules = (
            (("Arn", "ARN", "WorkloadIdentityDetails"), words["arn"]),
            (("At", "Time", "Date", "LastModified"), self.now().isoformat(timespec="seconds")),
            (("Status", "State"), "READY"),
            (("Id", "Identifier", "Name"), words["id"]),
            (("LiveVersion", "TargetVersion"), words["AgentRuntimeVersion"]),
            (("Region",), words["region"]),
            (("Sha256",), words["digest"]),
        )
        return next((answer for endings, answer in rules if name.endswith(endings)), "")


def _refuse_what_is_not_served(target: Properties) -> None:
    kinds = (target.get("TargetConfiguration") or {}).get("Mcp") or {}
    if unserved := sorted(set(kinds) - SERVED_TARGETS):
        raise ValueError(
            f"the local gateway calls {' and '.join(sorted(SERVED_TARGETS))} targets, not"
            f" {', '.join(unserved)}: describe the API with OpenApiSchema instead"
        )


def _name(type_name: str, properties: Properties) -> str:
    short = type_name.rsplit("::", 1)[-1]
    named = ("AgentRuntimeName", f"{short}Name", "Name")
    return next((str(properties[key]) for key in named if properties.get(key)), "")


def _secret_arn(words: Mapping[str, str], properties: Properties) -> str:
    """Where a credential provider keeps its secret: the one it was given, or one of its own."""
    given = properties.get("ApiKeySecretConfig") or {}
    if given.get("SecretId"):
        return str(given["SecretId"])
    secret = f"bedrock-agentcore-identity!default/{words['name']}-{words['suffix'][:6]}"
    return f"arn:aws:secretsmanager:{words['region']}:{words['account']}:secret:{secret}"
