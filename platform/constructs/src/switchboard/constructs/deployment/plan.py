"""What a synthesized app would deploy, read from its cloud assembly."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from switchboard.constructs.deployment.parameter_rules import broken_rule
from switchboard.constructs.deployment.refusal import Refusal
from switchboard.constructs.resource_names import LONGEST_STACK, too_long

STACK = "aws:cloudformation:stack"
SSM = "AWS::SSM::Parameter::Value"
BOOTSTRAP = "BootstrapVersion"


@dataclass(frozen=True)
class Parameter:
    """A parameter of a stack; `ssm` is the name its value is read from when it is deployed."""

    name: str
    value: str | None
    ssm: str | None
    given: bool = False
    problem: str | None = None
    """Why CloudFormation would refuse the value, in the middle of a deployment."""


@dataclass(frozen=True)
class StackPlan:
    """One stack, as it would be handed to CloudFormation."""

    name: str
    region: str
    resources: Mapping[str, int]
    """How many of each type."""
    parameters: tuple[Parameter, ...]
    publishes: tuple[str, ...]
    """SSM names that others read."""
    bundles: int
    long_names: tuple[tuple[str, int], ...]
    bootstrap: int
    """The version of the bootstrap stack it needs."""


def read_plan(assembly: Path, given: Mapping[str, str]) -> list[StackPlan]:
    """The stacks of an assembly in the order they are deployed; `given` values replace defaults.

    Raises:
        Refusal: a given parameter that no stack has.
    """
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    names = [name for name, item in artifacts.items() if item["type"] == STACK]
    plans = [_plan(assembly, artifacts[name], given) for name in in_order(names, artifacts)]
    known = sorted(parameter_names(plans))
    if unknown := sorted(set(given) - set(known)):
        raise Refusal(
            f"no stack has a parameter {unknown[0]}",
            f"choose from: {', '.join(known) or 'none, it has no parameters'}",
        )
    return plans


def parameter_names(plans: list[StackPlan]) -> set[str]:
    """The parameters a person gives, of all stacks."""
    return {item.name for plan in plans for item in plan.parameters if item.ssm is None}


def demand_values(plans: list[StackPlan]) -> None:
    """Every parameter has a value, and every name fits.

    Raises:
        Refusal: for the first that does not.
    """
    for plan in plans:
        for parameter in plan.parameters:
            if parameter.value is None and parameter.ssm is None:
                raise Refusal(
                    f"{plan.name} needs a value for its parameter {parameter.name}",
                    f"add --parameter {parameter.name}=<value>",
                )
            if parameter.problem:
                raise Refusal(
                    f"{plan.name}: {parameter.name}={parameter.value!r}: {parameter.problem}",
                    f"give another --parameter {parameter.name}=<value>",
                )
        if len(plan.name) > LONGEST_STACK:
            raise Refusal(
                f"the stack name {plan.name} has {len(plan.name)} characters, "
                f"{LONGEST_STACK} are allowed",
                "shorten the environment's name in switchboard.constructs.environments",
            )
        for name, most in plan.long_names:
            raise Refusal(
                f"{plan.name}: the name {name} has {len(name)} characters, {most} are allowed",
                "shorten the name, or the environment's in switchboard.constructs.environments",
            )


def wanted_values(plans: list[StackPlan]) -> list[str]:
    """SSM names that must exist before: those which no earlier stack of the app makes."""
    made: set[str] = set()
    wanted: dict[str, None] = {}
    for plan in plans:
        for parameter in plan.parameters:
            if parameter.ssm and parameter.ssm not in made:
                wanted[parameter.ssm] = None
        made |= set(plan.publishes)
    return list(wanted)


def in_order(names: list[str], artifacts: Mapping[str, Any]) -> Iterator[str]:
    """Stacks after those they depend on; an assembly's manifest lists them in no useful order."""
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in done:
            return
        done.add(name)
        for other in artifacts[name].get("dependencies", []):
            if other in names:
                yield from visit(other)
        yield name

    for name in names:
        yield from visit(name)


def _plan(assembly: Path, artifact: Mapping[str, Any], given: Mapping[str, str]) -> StackPlan:
    properties = artifact["properties"]
    file = str(properties["templateFile"])
    template = json.loads((assembly / file).read_text())
    found = template.get("Resources", {}).values()
    assets = json.loads((assembly / file.replace(".template.json", ".assets.json")).read_text())
    return StackPlan(
        name=file.removesuffix(".template.json"),
        region=str(artifact["environment"]).rpartition("/")[2],
        resources=Counter(resource["Type"] for resource in found),
        parameters=tuple(_parameters(template, given)),
        publishes=tuple(
            str(resource["Properties"]["Name"])
            for resource in found
            if resource["Type"] == "AWS::SSM::Parameter"
        ),
        bundles=sum(
            item["source"]["packaging"] == "zip" for item in assets.get("files", {}).values()
        ),
        long_names=tuple(
            long
            for resource in found
            for long in too_long(resource["Type"], resource.get("Properties", {}))
        ),
        bootstrap=int(properties.get("requiresBootstrapStackVersion", 0)),
    )


def _parameters(template: Mapping[str, Any], given: Mapping[str, str]) -> Iterator[Parameter]:
    for name, item in template.get("Parameters", {}).items():
        if name == BOOTSTRAP:
            continue
        default = item.get("Default")
        text = None if default is None else str(default)
        if str(item["Type"]).startswith(SSM):
            yield Parameter(name, value=None, ssm=text)
        else:
            value = given.get(name, text)
            problem = None if value is None else broken_rule(item, value)
            yield Parameter(name, value, ssm=None, given=name in given, problem=problem)
