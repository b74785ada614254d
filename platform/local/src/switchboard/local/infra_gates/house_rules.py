"""Rules of ours over any template: endpoint policies, secrets in variables, names."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from switchboard.constructs.resource_names import too_long
from switchboard.local.infra_gates.assembly import Stack
from switchboard.local.infra_gates.finding import Finding
from switchboard.local.infra_gates.iam import as_list

OPEN_ENDPOINT, SECRET, NAME = "endpoint-open-to-all", "secret-in-variable", "name-too-long"
SECRET_VALUE = re.compile(r"\{\{resolve:(?:secretsmanager|ssm-secure)")
SECRET_NAME = re.compile(r"(?:PASSWORD|SECRET|TOKEN|CREDENTIALS?|API_?KEY|PRIVATE_?KEY)$")
"""Names of values. `..._SECRET_ARN`, `..._TOKEN_URL` and the like name places and are fine."""
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "AWS::Lambda::Function": ("Environment", "Variables"),
    "AWS::BedrockAgentCore::Runtime": ("EnvironmentVariables",),
}


def check_house_rules(stack: Stack) -> Iterator[Finding]:
    """All of them over one stack."""
    yield from open_endpoints(stack)
    yield from secrets_in_variables(stack)
    yield from long_names(stack)


def open_endpoints(stack: Stack) -> Iterator[Finding]:
    """VPC endpoints whose policy lets anybody in; without a policy AWS writes one (T036)."""
    for path, _, properties in stack.resources("AWS::EC2::VPCEndpoint"):
        document = properties.get("PolicyDocument")
        reason = "has no policy" if document is None else open_to_all(document)
        if reason:
            yield Finding(
                stack.app,
                path,
                OPEN_ENDPOINT,
                f"the endpoint {reason}: everybody in the network may use it for everything",
                "name the principals (role ARNs, or this account by aws:PrincipalAccount)",
                stack.environment,
            )


def open_to_all(document: Mapping[str, Any]) -> str:
    """Why a resource policy is open to all, or nothing."""
    for statement in as_list(document["Statement"]):
        principal = statement.get("Principal")
        named = principal.get("AWS") if isinstance(principal, Mapping) else principal
        # a caller with a bearer token has no principal: then exact things have to be named
        anything = "*" in as_list(statement.get("Resource", "*"))
        anybody = "*" in as_list(named) and anything
        narrowed = any(
            key.lower().startswith(("aws:principal", "aws:source"))
            for condition in statement.get("Condition", {}).values()
            for key in condition
        )
        if statement["Effect"] == "Allow" and anybody and not narrowed:
            return "allows every principal on everything"
    return ""


def secrets_in_variables(stack: Stack) -> Iterator[Finding]:
    """Variables that hold a secret instead of the name of one (SEC-11)."""
    for kind, where in VARIABLES.items():
        for path, _, properties in stack.resources(kind):
            variables: Any = properties
            for part in where:
                variables = variables.get(part, {})
            for name, value in variables.items():
                if holds_secret(name, value):
                    yield Finding(
                        stack.app,
                        path,
                        SECRET,
                        f"the variable {name} holds a secret",
                        f"hand on the secret's ARN as {name}_ARN and read it at run time",
                        stack.environment,
                        detail=name,
                    )


def holds_secret(name: str, value: Any) -> bool:
    """By its value, or by a name that says so and a value that is none of our references."""
    text = value if isinstance(value, str) else json.dumps(value)
    return bool(SECRET_VALUE.search(text) or (text and SECRET_NAME.search(name)))


def long_names(stack: Stack) -> Iterator[Finding]:
    """Names above what the service takes, with a twelve-digit account in them."""
    for path, kind, properties in stack.resources():
        for name, most in too_long(kind, properties):
            yield Finding(
                stack.app,
                path,
                NAME,
                f"{name!r} has {len(name)} characters, {kind} takes {most}",
                "shorten it, or the environment's name",
                stack.environment,
            )
