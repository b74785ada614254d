"""What may pass a VPC endpoint: named callers only, and nothing else (T036).

A role is named by `aws:PrincipalArn` and not as the principal: that works before the role exists,
for interface and gateway endpoints alike. Where a caller has no AWS principal (a bearer token, the
layers of an image), the statement names exactly what may be done to what instead.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WHO = "aws:PrincipalArn"
_ROLE = re.compile(r".*:role/[A-Za-z0-9][\w+=,.@-]*\*?")


class OpenEndpointPolicyError(ValueError):
    """The policy lets through who is not named."""


@dataclass(frozen=True)
class Pass:
    """One thing that may pass; `callers` are role ARNs, none where there is no AWS principal."""

    sid: str
    actions: Sequence[str]
    resources: Sequence[str]
    callers: Sequence[str] = ()

    def statement(self) -> dict[str, Any]:
        """As a policy's statement."""
        made: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        if self.callers:
            made["Condition"] = {"ArnLike": {WHO: list(self.callers)}}
        return made


def endpoint_policy(name: str, passes: Sequence[Pass]) -> dict[str, Any]:
    """The policy document of an endpoint.

    Raises:
        OpenEndpointPolicyError: one of `passes` is open to all.
    """
    document = {"Version": "2012-10-17", "Statement": [item.statement() for item in passes]}
    demand_named(name, document)
    return document


def demand_named(name: str, document: Mapping[str, Any]) -> None:
    """Refuse a policy document that is open to all; `name` is the endpoint's, for the message.

    Raises:
        OpenEndpointPolicyError: it has no statement, or one that names neither callers nor things.
    """
    statements = document.get("Statement") or []
    if not statements:
        raise OpenEndpointPolicyError(
            f"the endpoint {name} has no policy, which lets everybody through; {_REMEDY}"
        )
    for statement in statements:
        if statement.get("Effect") == "Allow" and not (
            _names_callers(statement) or _names_things(statement)
        ):
            raise OpenEndpointPolicyError(
                f"the policy of the endpoint {name} is open to all in its statement "
                f"{statement.get('Sid', '(no Sid)')}; {_REMEDY}"
            )


_REMEDY = f"name the callers ({WHO} with ARNs of roles), or exact actions on exact resources"


def _names_callers(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    who = principal.get("AWS", principal) if isinstance(principal, Mapping) else principal
    named = _listed(who)
    if "*" in named:
        conditions = statement.get("Condition", {})
        named = [
            arn
            for operator in ("ArnLike", "ArnEquals")
            for arn in _listed(conditions.get(operator, {}).get(WHO, []))
        ]
    return bool(named) and all(_ROLE.fullmatch(arn) for arn in named)


def _names_things(statement: Mapping[str, Any]) -> bool:
    actions = _listed(statement.get("Action", "*"))
    resources = _listed(statement.get("Resource", "*"))
    return all("*" not in action for action in actions) and all(
        resource.startswith("arn:") and not resource.endswith(":*") for resource in resources
    )


def _listed(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value]
