"""The deployed agent runtimes, as their CloudFormation resources describe them."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from switchboard.local.agentcore.registry import Registry, Resource

TYPE = "AWS::BedrockAgentCore::Runtime"
ENDPOINT = "AWS::BedrockAgentCore::RuntimeEndpoint"
IDLE_SECONDS = 900
LIFE_SECONDS = 28_800
"""AgentCore's own defaults for idleRuntimeSessionTimeout and maxLifetime."""
LOCAL_IDLE_SECONDS = 120.0
"""A known lie: here a session that is not busy ends sooner than the template's 15 minutes, because
it holds 130 MB of somebody's laptop. No session is ever used for a second invocation."""


@dataclass(frozen=True)
class RuntimeSpec:
    """What is needed to start a session of a runtime."""

    arn: str
    runtime_id: str
    name: str
    agent_type: str
    bucket: str
    key: str
    entry_point: tuple[str, ...]
    environment: Mapping[str, str]
    idle_seconds: float
    life_seconds: float
    fingerprint: str
    """Changes with every deployment that changes anything of the above."""
    authorizer: Mapping[str, Any] = field(default_factory=dict)
    """`AuthorizerConfiguration`; empty where callers sign."""
    role: str = ""
    """ARN of the role its sessions run with."""


class Runtimes:
    """Looks up runtimes in the registry."""

    def __init__(
        self,
        registry: Registry,
        environment: str,
        added: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """Serve the runtimes of stage `environment` (part of their names).

        `added` says which variables a session that starts now gets besides those deployed.
        """
        self._registry = registry
        self._environment = environment
        self._added = added

    def all(self) -> list[RuntimeSpec]:
        """Every deployed runtime."""
        added = self._added()
        return [_spec(item, self._environment, added) for item in self._registry.of_type(TYPE)]

    def has_endpoint(self, spec: RuntimeSpec, qualifier: str) -> bool:
        """Whether the runtime can be called by this qualifier; `DEFAULT` always exists."""
        return qualifier == "DEFAULT" or any(
            item.property("Name") == qualifier
            and item.property("AgentRuntimeId") == spec.runtime_id
            for item in self._registry.of_type(ENDPOINT)
        )

    def find(self, identifier: str) -> RuntimeSpec | None:
        """By ARN or by id (the ARN's last part)."""
        wanted = identifier.rsplit("/", 1)[-1]
        for spec in self.all():
            if identifier == spec.arn or wanted == spec.runtime_id:
                return spec
        return None


def agent_type_of(name: str, environment: str) -> str:
    """The agent type in a runtime's name `switchboard_<agent_type>_<env>[_...]`.

    The name comes from the template, not from a caller: an agent cannot ask for another's rights.
    """
    found = re.fullmatch(rf"switchboard_(.+?)_{re.escape(environment)}(?:_.*)?", name)
    return found[1] if found else name.removeprefix("switchboard_")


def _spec(resource: Resource, environment: str, added: Mapping[str, str]) -> RuntimeSpec:
    arn = str(resource.attributes.get("AgentRuntimeArn") or resource.physical_id)
    name = str(resource.property("AgentRuntimeName", default=""))
    code = resource.property("AgentRuntimeArtifact", "CodeConfiguration", default={})
    location = code.get("Code", {}).get("S3", {})
    lifecycle = resource.property("LifecycleConfiguration", default={})
    content = json.dumps([resource.properties, dict(added)], sort_keys=True, default=str)
    return RuntimeSpec(
        arn=arn,
        runtime_id=arn.rsplit("/", 1)[-1],
        name=name,
        agent_type=agent_type_of(name, environment),
        bucket=location.get("Bucket", ""),
        key=location.get("Prefix", ""),
        entry_point=tuple(code.get("EntryPoint", ())),
        environment={
            key: str(value)
            for key, value in resource.property("EnvironmentVariables", default={}).items()
        }
        | dict(added),
        idle_seconds=min(
            float(lifecycle.get("IdleRuntimeSessionTimeout", IDLE_SECONDS)), LOCAL_IDLE_SECONDS
        ),
        life_seconds=float(lifecycle.get("MaxLifetime", LIFE_SECONDS)),
        fingerprint=hashlib.sha256(f"{arn} {content}".encode()).hexdigest()[:16],
        authorizer=resource.property("AuthorizerConfiguration", default={}),
        role=str(resource.property("RoleArn", default="")),
    )
