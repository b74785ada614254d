"""What the check of deployed runtimes waits for, and what it refuses."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from switchboard.constructs.runtime_check import CheckFailedError, RuntimeCheck

ARN = "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/switchboard_code_dev-0a1b"
ROLE = "arn:aws:iam::111122223333:role/switchboard-prod-agent-code"


@dataclass
class Account:
    """SSM, AgentCore and EC2 in memory; what a test changes is an attribute."""

    statuses: list[str] = field(default_factory=lambda: ["READY"])
    network: dict[str, Any] = field(default_factory=lambda: {"networkMode": "PUBLIC"})
    ingress: list[Any] = field(default_factory=list)
    policy: dict[str, Any] = field(default_factory=dict)
    service: str = "com.amazonaws.us-east-1.bedrock-agentcore"
    arns: tuple[str, ...] = (ARN,)
    waited: float = 0

    def get_paginator(self, _name: str) -> "Account":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        name = "/switchboard/dev/agents/code"
        share = {"Name": f"{name}/traffic", "Value": "prod"}
        found = [{"Name": f"{name}/runtime-arn", "Value": arn} for arn in self.arns]
        return [{"Parameters": [share, *found]}]

    def get_agent_runtime(self, **_: Any) -> dict[str, Any]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return {
            "agentRuntimeId": "switchboard_code_dev-0a1b",
            "agentRuntimeVersion": "3",
            "status": status,
            "failureReason": "image not found",
            "networkConfiguration": self.network,
        }

    def list_agent_runtime_endpoints(self, **_: Any) -> dict[str, Any]:
        return {"runtimeEndpoints": [{"name": "prod", "liveVersion": "2"}]}

    def describe_subnets(self, **_: Any) -> dict[str, Any]:
        return {"Subnets": [{"AvailabilityZone": zone, "VpcId": "vpc-1"} for zone in ("1a", "1b")]}

    def describe_security_groups(self, **_: Any) -> dict[str, Any]:
        group = {"GroupId": "sg-1", "IpPermissions": self.ingress, "IpPermissionsEgress": []}
        return {"SecurityGroups": [group]}

    def describe_route_tables(self, **_: Any) -> dict[str, Any]:
        return {"RouteTables": []}

    def describe_vpc_endpoints(self, **_: Any) -> dict[str, Any]:
        return {
            "VpcEndpoints": [
                {
                    "ServiceName": self.service,
                    "VpcEndpointType": "Interface",
                    "PrivateDnsEnabled": True,
                    "PolicyDocument": self.policy,
                }
            ]
        }

    def wait(self, seconds: float) -> None:
        self.waited += seconds

    def check(self) -> RuntimeCheck:
        return RuntimeCheck(self, self, self, clock=lambda: self.waited, pause=self.wait)


def _private(**changed: Any) -> Account:
    named = {
        "Effect": "Allow",
        "Principal": {"AWS": ROLE},
        "Action": "*",
        "Resource": "*",
    }
    network = {
        "networkMode": "VPC",
        "networkModeConfig": {"subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-1"]},
    }
    return Account(**{"network": network, "policy": {"Statement": [named]}, **changed})


def test_a_runtime_that_is_being_made_is_waited_for() -> None:
    account = Account(statuses=["CREATING", "CREATING", "READY"])

    (state,) = account.check()("dev")

    assert (state.agent, state.version, state.status) == ("code", "3", "READY")
    assert state.endpoints == {"prod": "2"}
    assert account.waited == 10


def test_a_deployment_that_takes_longer_than_ten_minutes_fails() -> None:
    account = Account(statuses=["UPDATING"])

    with pytest.raises(CheckFailedError, match="takes longer than it may"):
        account.check()("dev")

    assert 600 < account.waited < 610


def test_a_runtime_that_failed_is_named_with_its_reason() -> None:
    with pytest.raises(CheckFailedError, match="runtime of code is CREATE_FAILED: image not found"):
        Account(statuses=["CREATE_FAILED"]).check()("dev")


def test_an_environment_without_runtimes_is_said_with_the_command() -> None:
    with pytest.raises(CheckFailedError, match="hatch run agents:deploy --env dev"):
        Account(arns=()).check()("dev")


def test_a_closed_network_passes() -> None:
    (state,) = _private().check()("dev")

    assert state.network == "VPC"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ingress": [{"IpProtocol": "-1"}]}, "sg-1 lets something in"),
        ({"policy": {"Statement": []}}, "lets everybody through"),
        ({"service": "com.amazonaws.us-east-1.logs"}, "no endpoint for bedrock-agentcore"),
    ],
)
def test_an_open_network_is_refused_by_what_is_open(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(CheckFailedError, match=said):
        _private(**changed).check()("dev")
