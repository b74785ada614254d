"""Cedar decisions in AgentCore's form: OAuthUser with claims as tags, Action, Gateway, {input}."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cedarpy

USER = "AgentCore::OAuthUser"
ACTION = "AgentCore::Action"
GATEWAY = "AgentCore::Gateway"
DEFAULT_DENIED = "No policy applies to the request (denied by default)."


@dataclass(frozen=True)
class Decision:
    """Whether a call is permitted, and what says so."""

    allowed: bool
    policies: tuple[str, ...] = ()
    """The policies behind it; none when the call is denied because nothing permits it."""
    problem: str = ""
    """What could not be evaluated."""

    @property
    def why_denied(self) -> str:
        """The reason as the gateway gives it."""
        if self.policies:
            return f"Policy evaluation denied due to {', '.join(self.policies)}"
        return f"{DEFAULT_DENIED} {self.problem}".strip()


class PolicyEngine:
    """The policies of one gateway; without a permit everything is denied."""

    def __init__(self, statements: Mapping[str, str], gateway_arn: str, *, enforced: bool) -> None:
        """Decide by `statements` (policy name -> Cedar)."""
        self._statements = statements
        self._gateway = gateway_arn
        self.enforced = enforced

    def why_denied(
        self, claims: Mapping[str, Any], tool: str, arguments: Mapping[str, Any]
    ) -> str | None:
        """The reason for a denial, naming the policy; None when the call is permitted."""
        if self._problem:
            return self._problem
        decision = self.decide(claims, tool, arguments)
        return None if decision.allowed else decision.why_denied

    def decide(
        self, claims: Mapping[str, Any], tool: str, arguments: Mapping[str, Any]
    ) -> Decision:
        """Decide one call; policies that cannot be read permit nothing."""
        if self._problem:
            return Decision(allowed=False, problem=self._problem)
        request = {**self._request(claims, tool), "context": {"input": cedar_value(arguments)}}
        result = cedarpy.is_authorized(
            request, self._policies, _entities(claims, [tool], self._gateway)
        )
        names = sorted(set(result.diagnostics.id_annotations_by_reason.values()))
        problem = "; ".join(map(str, result.diagnostics.errors))
        return Decision(result.allowed, tuple(names), problem)

    def listable(self, claims: Mapping[str, Any], tools: Iterable[str]) -> list[str]:
        """The tools of which some call could be permitted (arguments unknown)."""
        names = list(tools)
        if self._problem:
            return []
        # All actions must be in the store: `action in [...]` stays unresolved for an unknown one.
        entities = _entities(claims, names, self._gateway)
        return [
            name
            for name in names
            if cedarpy.is_authorized_partial(
                self._request(claims, name), self._policies, entities
            ).decision
            != cedarpy.Decision.Deny
        ]

    @cached_property
    def _loaded(self) -> tuple[Any, str | None]:
        text = "\n".join(
            f"@id({json.dumps(name)})\n{statement}" for name, statement in self._statements.items()
        )
        try:
            return cedarpy.PolicySet.from_str(text), None
        except ValueError as error:
            # Fail closed: half a set of policies could permit what the other half forbids.
            return None, f"The policies cannot be read: {error}"

    @property
    def _policies(self) -> Any:
        return self._loaded[0]

    @property
    def _problem(self) -> str | None:
        return self._loaded[1]

    def _request(self, claims: Mapping[str, Any], tool: str) -> dict[str, Any]:
        return {
            "principal": f"{USER}::{json.dumps(str(claims['sub']))}",
            "action": f"{ACTION}::{json.dumps(tool)}",
            "resource": f"{GATEWAY}::{json.dumps(self._gateway)}",
        }


def _entities(claims: Mapping[str, Any], tools: list[str], gateway: str) -> Any:
    tags = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in claims.items()
    }
    subject = str(claims["sub"])
    entities = [
        _entity(USER, subject, attrs={"id": subject}, tags=tags),
        _entity(GATEWAY, gateway),
        _entity(ACTION, "Mcp"),
        _entity(ACTION, "CallTool", parent="Mcp"),
        *(_entity(ACTION, tool, parent="CallTool") for tool in tools),
    ]
    return cedarpy.Entities.from_json_str(json.dumps(entities))


def _entity(
    type_name: str,
    entity_id: str,
    *,
    parent: str | None = None,
    attrs: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "uid": {"type": type_name, "id": entity_id},
        "attrs": attrs or {},
        "parents": [{"type": type_name, "id": parent}] if parent else [],
    }
    return entity | ({"tags": tags} if tags else {})


def cedar_value(value: Any) -> Any:
    """A JSON value as Cedar has it: no null (left out), numbers with a point as decimals."""
    if isinstance(value, Mapping):
        return {key: cedar_value(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [cedar_value(item) for item in value if item is not None]
    if isinstance(value, float):
        return {"__extn": {"fn": "decimal", "arg": f"{value:.4f}"}}
    return value
