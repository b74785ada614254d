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
class Allocation:
    """What a session of an agent may use (F20). CloudFormation cannot set it yet (K-14)."""

    cpu_units: int = 512
    memory_mib: int = 1024


@dataclass(frozen=True)
class Network:
    """The private network of the agents' runtimes, where an environment has one (K-16, K-25)."""

    cidr: str = "10.60.0.0/20"
    zone_ids: tuple[str, ...] = ("use1-az1", "use1-az2")
    """Zones by id, not by name: a name is another zone in every account, and AgentCore runs in
    use1-az1, -az2 and -az4 only (what it says when a subnet is elsewhere)."""
    nat_gateways: int = 0
    """None: what has no endpoint cannot be reached. A model that is not Bedrock's needs one."""
    prefix_lists: tuple[str, ...] = ("pl-63a5400a", "pl-02cd2c6b")
    """The addresses of S3 and DynamoDB in us-east-1, which their gateway endpoints route to."""


@dataclass(frozen=True)
class Environment:
    """What differs between environments; account numbers are never written here."""

    name: str
    network_mode: str
    customer_managed_keys: bool
    keep_data: bool
    desk_hours: Hours = OFFICE
    knowledge: Knowledge = Knowledge()
    allocation: Allocation = Allocation()
    network: Network = Network()
    """Used where `network_mode` is VPC."""
    alarm_on_functions: bool = True
    """Whether each function's error rate has an alarm of its own, at two alarm metrics a month;
    the work of each component, APIs, queues and agents have theirs everywhere."""
    traces: bool = True
    """Whether functions and agents send their spans to X-Ray; off where nobody asks for them."""
    may_be_public: bool = False
    """Whether runtimes may run outside a network of ours: in dev, where endpoints cost too much."""


ENVIRONMENTS = {
    "dev": Environment(
        "dev",
        network_mode="PUBLIC",
        customer_managed_keys=False,
        keep_data=False,
        desk_hours=ALWAYS,  # a demonstration at night finds the desk open
        knowledge=Knowledge(deployed=False, scheduled=False),
        alarm_on_functions=False,  # dev rests below $10 a month (docs/costs.md)
        traces=False,  # Transaction Search is a choice for a whole account
        may_be_public=True,
    ),
    "workshop": Environment(
        "workshop",
        network_mode="VPC",
        customer_managed_keys=True,
        keep_data=False,
        network=Network(cidr="10.61.0.0/20"),
    ),
    "prod": Environment(
        "prod",
        network_mode="VPC",
        customer_managed_keys=True,
        keep_data=True,
        allocation=Allocation(cpu_units=2048, memory_mib=4096),
        network=Network(cidr="10.62.0.0/20"),
    ),
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
