"""The environments as data: dev, workshop, prod (ENV-01); add an entry to add an environment."""

from dataclasses import dataclass

from constructs import Construct


class UnknownEnvironmentError(ValueError):
    """No such environment is configured."""


class RegionRefusedError(ValueError):
    """The region is not the one Switchboard is made for, and nobody said to go there."""


@dataclass(frozen=True)
class Hours:
    """When people answer the desk's telephone: these days, from `opens` to `closes` (h, min)."""

    days: tuple[str, ...]
    opens: tuple[int, int]
    closes: tuple[int, int]
    time_zone: str = "America/New_York"


_WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")
ALWAYS = Hours((*_WEEK, "SATURDAY", "SUNDAY"), opens=(0, 0), closes=(23, 59))
"""Whole days; Connect's slices end at 23:59 at the latest."""
OFFICE = Hours(_WEEK, opens=(8, 0), closes=(18, 0))


@dataclass(frozen=True)
class Knowledge:
    """The knowledge base: whether there is one (it costs), and when it is synced by itself."""

    deployed: bool = True
    """The default of the platform's parameter `KnowledgeBase`."""
    scheduled: bool = True
    hours: int = 6


@dataclass(frozen=True)
class Environment:
    """What differs between environments; account numbers are never written here."""

    name: str
    network_mode: str
    customer_managed_keys: bool
    keep_data: bool
    desk_hours: Hours = OFFICE
    knowledge: Knowledge = Knowledge()


ENVIRONMENTS = {
    "dev": Environment(
        "dev",
        network_mode="PUBLIC",
        customer_managed_keys=False,
        keep_data=False,
        desk_hours=ALWAYS,  # a demonstration at night finds the desk open
        knowledge=Knowledge(deployed=False, scheduled=False),
    ),
    "workshop": Environment(
        "workshop", network_mode="VPC", customer_managed_keys=True, keep_data=False
    ),
    "prod": Environment("prod", network_mode="VPC", customer_managed_keys=True, keep_data=True),
}
_ALIASES = {"production": "prod"}
REGION = "us-east-1"
ALLOW_OTHER_REGION = "switchboard:allow-other-region"


def environment(name: str) -> Environment:
    """Look an environment up.

    Raises:
        UnknownEnvironmentError: with the names that exist.
    """
    try:
        return ENVIRONMENTS[_ALIASES.get(name, name)]
    except KeyError:
        known = ", ".join(ENVIRONMENTS)
        raise UnknownEnvironmentError(f"no environment {name!r}; choose one of: {known}") from None


def region(scope: Construct) -> str:
    """The region to deploy to: CDK context `region`, else us-east-1 (K-25).

    Raises:
        RegionRefusedError: another one, without the context that allows it.
    """
    wanted = str(scope.node.try_get_context("region") or REGION)
    allowed = str(scope.node.try_get_context(ALLOW_OTHER_REGION)).lower() == "true"
    if wanted != REGION and not allowed:
        raise RegionRefusedError(
            f"region {wanted} is refused: Switchboard is made for {REGION}, where its number, "
            f"voices and models are. Leave `region` out, or add -c {ALLOW_OTHER_REGION}=true"
        )
    return wanted
