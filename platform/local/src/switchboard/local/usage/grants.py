"""What the templates grant to which role, statement by statement."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from switchboard.local.infra_gates.assembly import Stack
from switchboard.local.infra_gates.iam import as_list

ROLE = "AWS::IAM::Role"
POLICY = "AWS::IAM::Policy"
NOT_READ = ("AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
PARAMETER = "AWS::SSM::Parameter"
UNREADABLE_KEYS = ("NotAction", "NotResource")


class UnreadableGrantError(ValueError):
    """A template grants in a way this proof does not read; the message says where and how."""

    remedy = "grant with Allow, Action and Resource in a policy of the role itself"


@dataclass(frozen=True)
class Grant:
    """One Allow statement of a role."""

    role: str
    """Construct path with the stack in front, e.g. `orchestrator/Worker/Role`."""
    policy: str
    number: int
    """Place of the statement in its policy."""
    actions: tuple[str, ...]
    """As written."""
    resources: tuple[str, ...] = ()
    """As deployed, or the template's own text; empty when nothing is deployed."""
    condition: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Policy:
    """A policy of a role, still as the template says it."""

    stack: str
    """The stack that holds it, by its full name."""
    role: str
    role_stack: str
    role_id: str
    """The role's logical id in `role_stack`."""
    name: str
    statements: Sequence[Mapping[str, Any]]

    def grants(self) -> Iterator[Grant]:
        """Its Allow statements.

        Raises:
            UnreadableGrantError: there are others.
        """
        for number, statement in enumerate(self.statements):
            strange = [key for key in UNREADABLE_KEYS if key in statement]
            if strange or statement.get("Effect") != "Allow":
                what = ", ".join(strange) or f"Effect {statement.get('Effect')}"
                raise UnreadableGrantError(f"{self.role}: {what} in policy {self.name}")
            yield Grant(
                self.role,
                self.name,
                number,
                tuple(as_list(statement["Action"])),
                tuple(_text(item) for item in as_list(statement["Resource"])),
                statement.get("Condition", {}),
            )


def policies(stacks: Sequence[Stack]) -> list[Policy]:
    """Every policy of every role.

    Raises:
        UnreadableGrantError: a role has permissions from elsewhere.
    """
    exported = _exported_roles(stacks)
    return [policy for stack in stacks for policy in _of_stack(stack, exported)]


def template_grants(stacks: Sequence[Stack]) -> list[Grant]:
    """Every Allow statement of every role, with resources as the templates write them."""
    return [grant for policy in policies(stacks) for grant in policy.grants()]


Exported = Mapping[str, tuple[Stack, str]]
"""The role behind a parameter's name: its stack and logical id."""


def _exported_roles(stacks: Sequence[Stack]) -> Exported:
    found = {}
    for stack in stacks:
        resources = stack.template["Resources"]
        for resource in resources.values():
            value = resource.get("Properties", {}).get("Value")
            if resource["Type"] != PARAMETER or not isinstance(value, dict):
                continue
            role_id = str(value.get("Ref", ""))
            if resources.get(role_id, {}).get("Type") == ROLE:
                found[str(resource["Properties"]["Name"])] = (stack, role_id)
    return found


def _of_stack(stack: Stack, exported: Exported) -> Iterator[Policy]:
    for logical_id, resource in stack.template["Resources"].items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind in NOT_READ:
            raise UnreadableGrantError(f"{stack.short_name}/{logical_id}: {kind}")
        if kind == ROLE:
            if properties.get("ManagedPolicyArns"):
                raise UnreadableGrantError(f"{label(stack, logical_id)}: ManagedPolicyArns")
            for inline in properties.get("Policies", []):
                yield _policy(stack, stack, logical_id, inline)
        elif kind == POLICY:
            for reference in properties["Roles"]:
                owner, role_id = _role(stack, reference, exported)
                yield _policy(stack, owner, role_id, properties)


def _policy(stack: Stack, owner: Stack, role_id: str, written: Mapping[str, Any]) -> Policy:
    document = written["PolicyDocument"]
    name, statements = str(written["PolicyName"]), document["Statement"]
    return Policy(stack.name, label(owner, role_id), owner.name, role_id, name, statements)


def _role(stack: Stack, reference: Any, exported: Exported) -> tuple[Stack, str]:
    wanted = reference.get("Ref", "") if isinstance(reference, dict) else ""
    if stack.template["Resources"].get(wanted, {}).get("Type") == ROLE:
        return stack, wanted
    parameter = stack.template.get("Parameters", {}).get(wanted, {}).get("Default")
    if parameter in exported:
        return exported[parameter]
    raise UnreadableGrantError(f"{stack.short_name}: a policy of the unknown role {reference}")


def label(stack: Stack, role_id: str) -> str:
    """How a role is called in reports and excuses."""
    path = stack.paths.get(role_id, role_id).removesuffix("/Resource")
    return f"{stack.short_name}/{path}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
