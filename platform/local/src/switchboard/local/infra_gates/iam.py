"""Permissions in templates: actions that exist, no whole service, no needless `*` (SEC-03).

policy-sentry knows every action of AWS from a database in its package; nothing is asked of AWS.
"""

import fnmatch
import functools
from collections.abc import Iterator, Mapping
from typing import Any

from policy_sentry.querying.actions import get_action_data
from policy_sentry.querying.all import get_all_actions

from switchboard.local.infra_gates.assembly import Stack
from switchboard.local.infra_gates.finding import Finding

NEWER_THAN_THE_DATABASE: frozenset[str] = frozenset(
    {
        "connect:associatesecurityprofiles",
        "connect:disassociatesecurityprofiles",
    }
)
"""Lower case; actions of operations botocore knows, in no release of policy-sentry yet."""
UNKNOWN, WHOLE_SERVICE, EVERYTHING = "iam-unknown-action", "iam-whole-service", "iam-any-resource"


def statements(stack: Stack) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The statements of identity policies, each with the construct it belongs to."""
    for path, kind, properties in stack.resources(
        "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role"
    ):
        documents = (
            [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
            if kind == "AWS::IAM::Role"
            else [properties["PolicyDocument"]]
        )
        for document in documents:
            for statement in document["Statement"]:
                yield path, statement


def check_permissions(stack: Stack) -> Iterator[Finding]:
    """The findings of one stack."""
    for path, statement in statements(stack):
        if statement.get("Effect") != "Allow":
            continue
        everything = "*" in as_list(statement.get("Resource", [])) and not statement.get(
            "Condition"
        )
        for action in as_list(statement.get("Action", [])):
            if problem := _problem(action, everything=everything):
                rule, message, remedy = problem
                yield Finding(
                    stack.app, path, rule, message, remedy, stack.environment, detail=action
                )


def as_list(value: Any) -> list[Any]:
    """IAM writes one thing without a list around it."""
    return value if isinstance(value, list) else [value]


def _problem(action: str, *, everything: bool) -> tuple[str, str, str] | None:
    known = _meant(action)
    if not known:
        return UNKNOWN, f"no action {action} exists", "look the name up; case does not matter"
    if action == "*" or action.endswith(":*"):
        return WHOLE_SERVICE, f"{action} allows a whole service", "name the actions that are used"
    if everything and any(_has_resources(name) for name in known):
        return EVERYTHING, f"{action} is allowed on every resource", "name the ARNs it is needed on"
    return None


@functools.cache
def _all_actions() -> tuple[str, ...]:
    return tuple(name.lower() for name in get_all_actions())


@functools.cache
def _meant(action: str) -> tuple[str, ...]:
    """The actions a name or pattern stands for."""
    wanted = action.lower()
    if wanted in NEWER_THAN_THE_DATABASE:
        return (wanted,)
    if "*" not in wanted and "?" not in wanted:
        return (wanted,) if wanted in _all_action_set() else ()
    return tuple(fnmatch.filter(_all_actions(), wanted))


@functools.cache
def _all_action_set() -> frozenset[str]:
    return frozenset(_all_actions())


@functools.cache
def _has_resources(action: str) -> bool:
    """Whether a policy can name resources for it."""
    service, _, name = action.partition(":")
    if action in NEWER_THAN_THE_DATABASE:
        return True
    data = get_action_data(service, name) or {}
    return any(row["resource_arn_format"] != "*" for row in data.get(service, []))
