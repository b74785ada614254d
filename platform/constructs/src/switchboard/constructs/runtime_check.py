"""Are the agents' runtimes up, and is their network closed? `python -m ...runtime_check --env dev`.

Asks the account it is signed in to: by default AWS, with the `AWS_ENDPOINT_URL*` variables of the
local platform that one. Waits for the runtimes to become READY, at most ten minutes (T047), then
reads each network it finds them in: zones, security groups, endpoints and their policies. Changes
nothing. Not run on AWS.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from switchboard.constructs.endpoint_policy import OpenEndpointPolicyError, demand_named
from switchboard.constructs.environments import ENVIRONMENTS, REGION

READY = "READY"
COMING = frozenset({"CREATING", "UPDATING"})
MINUTES = 10
POLL_SECONDS = 5.0
FEWEST_ZONES = 2
SUFFIX = "/runtime-arn"


class CheckFailedError(RuntimeError):
    """The runtimes are not as they have to be; the message says what and what to do."""


def runtime_arns(ssm: Any, environment: str) -> dict[str, str]:
    """The ARN of each agent's runtime, as the deployed stacks publish it.

    Raises:
        CheckFailedError: there is none.
    """
    prefix = f"/switchboard/{environment}/agents/"
    pages = ssm.get_paginator("get_parameters_by_path").paginate(
        Path=prefix.rstrip("/"), Recursive=True
    )
    arns = {
        item["Name"].removeprefix(prefix).removesuffix(SUFFIX): str(item["Value"])
        for page in pages
        for item in page["Parameters"]
        if item["Name"].endswith(SUFFIX)
    }
    if not arns:
        raise CheckFailedError(
            f"no runtime is deployed in {environment} (no parameter below {prefix}); "
            f"hatch run agents:deploy --env {environment}"
        )
    return arns


@dataclass(frozen=True)
class RuntimeState:
    """A runtime as the control plane shows it."""

    agent: str
    version: str
    status: str
    network: str
    endpoints: Mapping[str, str]
    """Endpoint -> live version."""


@dataclass(frozen=True)
class RuntimeCheck:
    """SSM, AgentCore's control plane and EC2 of one account."""

    ssm: Any
    control: Any
    ec2: Any
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], object] = Event().wait

    def __call__(self, environment: str, seconds: float = MINUTES * 60) -> list[RuntimeState]:
        """Wait until every runtime of `environment` is READY, then look at their network.

        Raises:
            CheckFailedError: none is deployed, one failed or takes too long, or a network is open.
        """
        arns = runtime_arns(self.ssm, environment)
        end = self.clock() + seconds
        found = []
        networks: dict[str, Mapping[str, Any]] = {}
        for agent, arn in sorted(arns.items()):
            runtime = self._ready(agent, arn.rsplit("/", 1)[-1], end)
            config = runtime.get("networkConfiguration") or {}
            found.append(self._state(agent, runtime, config))
            if config.get("networkMode") == "VPC":
                vpc = config.get("networkModeConfig") or {}
                networks[json.dumps(vpc, sort_keys=True)] = vpc
        for vpc in networks.values():
            self._demand_closed(vpc["subnets"], vpc["securityGroups"])
        return found

    def _ready(self, agent: str, runtime_id: str, end: float) -> Mapping[str, Any]:
        while True:
            runtime: Mapping[str, Any] = self.control.get_agent_runtime(agentRuntimeId=runtime_id)
            status = runtime["status"]
            if status == READY:
                return runtime
            if status not in COMING:
                raise CheckFailedError(
                    f"runtime of {agent} is {status}: {runtime.get('failureReason', 'no reason')}; "
                    "mend that and deploy again, the endpoints still run what they ran"
                )
            if self.clock() > end:
                raise CheckFailedError(
                    f"runtime of {agent} is still {status}: the deployment takes longer than it "
                    "may; look at its events in CloudFormation and at the runtime's log"
                )
            self.pause(POLL_SECONDS)

    def _state(
        self, agent: str, runtime: Mapping[str, Any], config: Mapping[str, Any]
    ) -> RuntimeState:
        answer = self.control.list_agent_runtime_endpoints(agentRuntimeId=runtime["agentRuntimeId"])
        return RuntimeState(
            agent=agent,
            version=runtime["agentRuntimeVersion"],
            status=runtime["status"],
            network=config.get("networkMode", "PUBLIC"),
            endpoints={
                item["name"]: item.get("liveVersion", "") for item in answer["runtimeEndpoints"]
            },
        )

    def _demand_closed(self, subnet_ids: Sequence[str], groups: Sequence[str]) -> None:
        problems = [
            *self._zones(subnet_ids),
            *self._rules(groups),
            *self._routes(subnet_ids),
            *self._doors(subnet_ids),
        ]
        if problems:
            raise CheckFailedError(
                "the runtimes' network is not closed: " + "; ".join(problems) + ". "
                "Deploy the network stack again: hatch run platform:deploy"
            )

    def _zones(self, subnet_ids: Sequence[str]) -> Iterator[str]:
        subnets = self.ec2.describe_subnets(SubnetIds=list(subnet_ids))["Subnets"]
        if len({item["AvailabilityZone"] for item in subnets}) < FEWEST_ZONES:
            yield "all its subnets are in one zone"
        if any(item.get("MapPublicIpOnLaunch") for item in subnets):
            yield "a subnet gives public addresses"

    def _rules(self, groups: Sequence[str]) -> Iterator[str]:
        found = self.ec2.describe_security_groups(GroupIds=list(groups))["SecurityGroups"]
        for group in found:
            if group["IpPermissions"]:
                yield f"{group['GroupId']} lets something in"
            out = [item for rule in group["IpPermissionsEgress"] for item in rule["IpRanges"]]
            if any(item["CidrIp"] == "0.0.0.0/0" for item in out):
                yield f"{group['GroupId']} lets runtimes out to everywhere"

    def _routes(self, subnet_ids: Sequence[str]) -> Iterator[str]:
        tables = self.ec2.describe_route_tables(
            Filters=[{"Name": "association.subnet-id", "Values": list(subnet_ids)}]
        )["RouteTables"]
        for table in tables:
            for route in table["Routes"]:
                if str(route.get("GatewayId", "")).startswith("igw-"):
                    yield f"{table['RouteTableId']} leads to the internet"

    def _doors(self, subnet_ids: Sequence[str]) -> Iterator[str]:
        (vpc,) = {
            item["VpcId"]
            for item in self.ec2.describe_subnets(SubnetIds=list(subnet_ids))["Subnets"]
        }
        doors = self.ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
        services = set()
        for door in doors["VpcEndpoints"]:
            services.add(door["ServiceName"].split(".", 3)[-1])
            yield from _open_to_all(door)
            if door["VpcEndpointType"] == "Interface" and door.get("PrivateDnsEnabled") is False:
                yield f"{door['ServiceName']} has no private name"
        if "bedrock-agentcore" not in services:
            yield "there is no endpoint for bedrock-agentcore"


def _open_to_all(door: Mapping[str, Any]) -> Iterator[str]:
    policy = door.get("PolicyDocument")
    if policy is None:
        return  # EC2 always shows one; the local engine never does
    document = json.loads(policy) if isinstance(policy, str) else policy
    try:
        demand_named(door["ServiceName"], document)
    except OpenEndpointPolicyError as error:
        yield str(error)


def main(arguments: list[str] | None = None) -> int:
    """Check one environment and say what was found."""
    parser = argparse.ArgumentParser(prog="runtime_check", description=__doc__)
    parser.add_argument("--env", default="dev", choices=sorted(ENVIRONMENTS))
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long READY may take")
    options = parser.parse_args(arguments)
    session = boto3.Session(region_name=REGION)
    check = RuntimeCheck(
        session.client("ssm"), session.client("bedrock-agentcore-control"), session.client("ec2")
    )
    try:
        found = check(options.env, options.minutes * 60)
    except CheckFailedError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"error: {error}\nremedy: sign in to the account of {options.env}\n")
        return 1
    for item in found:
        pinned = " ".join(f"{name}={version}" for name, version in sorted(item.endpoints.items()))
        row = f"{item.agent:12} V{item.version:4} {item.status:8} {item.network:7} {pinned}\n"
        sys.stdout.write(row)
    return 0


if __name__ == "__main__":
    sys.exit(main())
