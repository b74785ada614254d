"""Whether the agents' runtimes run in a network of ours, and what is refused (K-16)."""

import re
from collections.abc import Sequence

from constructs import Construct
from switchboard.constructs.environments import Environment

PUBLIC, VPC = "PUBLIC", "VPC"
CONTEXT = "network_mode"
SUBNETS, GROUPS = "subnets", "security_groups"
"""CDK context: an existing network's, comma-separated, instead of the platform's own."""
MOST = 16
"""Subnets and groups a runtime takes (AgentCore's schema)."""
FEWEST_ZONES = 2


class NetworkRefusedError(ValueError):
    """A network that would not work, or not be private where it has to be."""


def network_mode(scope: Construct, environment: Environment) -> str:
    """`PUBLIC` or `VPC`: CDK context `network_mode`, else the environment's.

    Raises:
        NetworkRefusedError: another word, or PUBLIC where the environment must be private.
    """
    mode = str(scope.node.try_get_context(CONTEXT) or environment.network_mode)
    if mode not in {PUBLIC, VPC}:
        raise NetworkRefusedError(
            f"network mode {mode!r} does not exist; -c {CONTEXT}={PUBLIC} or {VPC}"
        )
    if mode == PUBLIC and not environment.may_be_public:
        raise NetworkRefusedError(
            f"network mode PUBLIC is refused in {environment.name}: its agents run in private "
            f"subnets. Leave -c {CONTEXT} out, or use environment dev"
        )
    return mode


def own_network(scope: Construct, environment: Environment) -> bool:
    """Whether the platform builds the network: VPC mode, and nobody names an existing one."""
    return network_mode(scope, environment) == VPC and not (
        scope.node.try_get_context(SUBNETS) or scope.node.try_get_context(GROUPS)
    )


def existing_network(scope: Construct) -> tuple[list[str], list[str]] | None:
    """Subnets and groups of the context; None when it names neither.

    Raises:
        NetworkRefusedError: one without the other, or names that are none.
    """
    subnets = _listed(scope, SUBNETS)
    groups = _listed(scope, GROUPS)
    if not subnets and not groups:
        return None
    demand_network(subnets, groups)
    _demand_ids(SUBNETS, "subnet-", subnets)
    _demand_ids(GROUPS, "sg-", groups)
    return subnets, groups


def demand_network(subnets: Sequence[str], groups: Sequence[str]) -> None:
    """Refuse VPC mode without what it needs (T024).

    Raises:
        NetworkRefusedError: no subnet, no security group, one zone only, or too many.
    """
    for what, given, fewest in (
        (SUBNETS, subnets, FEWEST_ZONES),
        (GROUPS, groups, 1),
    ):
        if not fewest <= len(given) <= MOST:
            raise NetworkRefusedError(
                f"VPC mode with {len(given)} {what.replace('_', ' ')} is refused: a runtime takes "
                f"{fewest} to {MOST}. Give -c {SUBNETS}=subnet-...,subnet-... (in two zones) "
                f"and -c {GROUPS}=sg-..., or neither to use the platform's network"
            )


def _listed(scope: Construct, name: str) -> list[str]:
    text = str(scope.node.try_get_context(name) or "")
    return [item.strip() for item in text.split(",") if item.strip()]


def _demand_ids(name: str, prefix: str, given: Sequence[str]) -> None:
    for item in given:
        if not re.fullmatch(rf"{prefix}[0-9a-zA-Z]{{8,17}}", item):
            raise NetworkRefusedError(f"-c {name}: {item!r} is no id such as {prefix}0a1b2c3d")
