"""Endpoints of a runtime: names that callers use, each pinned to a version (AGT-20).

DEFAULT belongs to AWS and follows the newest version. `dev`, `staging` and `prod` stay on the
version that `pins.json` says until somebody moves them; moving one back is the rollback. `beta`
exists while it has a pin. `/switchboard/<env>/agents/<agent>/traffic` tells the orchestrator which
endpoint the environment's sessions use: `prod`, or `prod,beta:10` when ten percent go to `beta`.

`pins.json`: environment -> agent (`*`: every agent) -> endpoint -> version. CDK context
`<agent>:<endpoint>=<version>` and `<agent>:beta-share=<percent>` go before it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from aws_cdk import aws_bedrockagentcore as agentcore
from constructs import Construct

ENDPOINTS = ("dev", "staging", "prod")
BETA = "beta"
SHARE = "beta-share"
ALL = "*"
SERVES = {"workshop": "staging", "prod": "prod"}
"""Environment -> the endpoint its sessions use; others use DEFAULT, the newest version."""
PINS = Path(__file__).with_name("pins.json")
_VERSION = re.compile(r"[1-9][0-9]{0,4}")
_MOST_PERCENT = 50
Pins = Mapping[str, Mapping[str, Mapping[str, Any]]]


class UnpinnedEndpointError(ValueError):
    """An endpoint would follow whatever is deployed next."""


class UnknownPinError(ValueError):
    """A pin that nothing would read."""


@cache
def pins() -> Pins:
    """The committed pins."""
    found: Pins = json.loads(PINS.read_text())
    return found


def add_endpoints(
    runtime: Construct, runtime_id: str, versions: Mapping[str, str]
) -> list[agentcore.CfnRuntimeEndpoint]:
    """One endpoint for each of `versions` below the runtime's construct."""
    return [
        agentcore.CfnRuntimeEndpoint(
            runtime,
            f"{endpoint.title()}Endpoint",
            agent_runtime_id=runtime_id,
            name=endpoint,
            agent_runtime_version=version,
        )
        for endpoint, version in versions.items()
    ]


def versions_of(
    scope: Construct, environment: str, agent: str, committed: Pins | None = None
) -> dict[str, str]:
    """Endpoint -> version of one agent.

    Raises:
        UnpinnedEndpointError: an endpoint has no pin, or one that is no number.
    """
    found = {}
    for endpoint in (*ENDPOINTS, BETA):
        version = _pin(scope, environment, agent, endpoint, committed)
        if version is None and endpoint == BETA:
            continue
        if version is None or not _VERSION.fullmatch(str(version)):
            raise UnpinnedEndpointError(
                f"endpoint {endpoint} of agent {agent} is not pinned in {environment} "
                f"({version!r} is no version): give the number that shall run, in {PINS.name} or "
                f"as -c {agent}:{endpoint}=3"
            )
        found[endpoint] = str(version)
    return found


def beta_share(
    scope: Construct, environment: str, agent: str, committed: Pins | None = None
) -> int:
    """Percent of new sessions that go to `beta`; 0 without one.

    Raises:
        UnpinnedEndpointError: a share for a `beta` that has no version, or one above the limit.
    """
    share = _pin(scope, environment, agent, SHARE, committed)
    if share is None:
        return 0
    if not str(share).isdigit() or int(share) > _MOST_PERCENT:
        raise UnpinnedEndpointError(
            f"{SHARE} of agent {agent} is {share!r}; give a whole number from 0 to {_MOST_PERCENT}"
        )
    if int(share) and _pin(scope, environment, agent, BETA, committed) is None:
        raise UnpinnedEndpointError(
            f"agent {agent} has a {SHARE} but no beta: add -c {agent}:{BETA}=<version>"
        )
    return int(share)


def traffic(scope: Construct, environment: str, agent: str) -> str:
    """What the orchestrator reads: the endpoint, and beta's share where there is one."""
    share = beta_share(scope, environment, agent)
    main = SERVES.get(environment, "DEFAULT")
    return f"{main},{BETA}:{share}" if share else main


def demand_known_pins(scope: Construct, agents: Sequence[str]) -> None:
    """Refuse a context key that looks like a pin and is none: a typing mistake would do nothing.

    Raises:
        UnknownPinError: naming the key, and what there is.
    """
    names = (*ENDPOINTS, BETA, SHARE)
    context: Mapping[str, Any] = scope.node.get_all_context()
    for key in context:
        agent, colon, endpoint = key.partition(":")
        if colon and endpoint in names and agent not in agents:
            raise UnknownPinError(
                f"-c {key}: there is no agent {agent!r}; agents are {', '.join(agents)}"
            )
        if colon and agent in agents and endpoint not in names:
            raise UnknownPinError(
                f"-c {key}: there is no endpoint {endpoint!r}; endpoints are {', '.join(names)}"
            )


def _pin(
    scope: Construct, environment: str, agent: str, name: str, committed: Pins | None
) -> Any | None:
    given = scope.node.try_get_context(f"{agent}:{name}")
    if given is not None:
        return given
    of_environment = (pins() if committed is None else committed).get(environment, {})
    for who in (agent, ALL):
        if name in of_environment.get(who, {}):
            return of_environment[who][name]
    return None
