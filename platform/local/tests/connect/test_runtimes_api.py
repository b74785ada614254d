"""Runtimes as the control plane shows them, by their registered resources."""

from pathlib import Path

import pytest

from switchboard.local.agentcore.aws_answers import NotFoundError
from switchboard.local.connect.api.dispatch import Call
from switchboard.local.connect.api.runtimes import ENDPOINT, RUNTIME, DeployedRuntimes
from switchboard.local.engine.registry import Registry, Resource

ID = "switchboard_code_dev_us_east_1-0a1b2c3d4e"
ARN = f"arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/{ID}"


@pytest.fixture
def runtimes(tmp_path: Path) -> DeployedRuntimes:
    registry = Registry(tmp_path)
    properties = {
        "AgentRuntimeName": "switchboard_code_dev_us_east_1",
        "RoleArn": "arn:aws:iam::111122223333:role/switchboard-dev-agent-code",
        "NetworkConfiguration": {"NetworkMode": "PUBLIC"},
        "EnvironmentVariables": {"MODEL_ID": "x"},
    }
    attributes = {"AgentRuntimeArn": ARN, "AgentRuntimeVersion": "3"}
    registry.put(Resource(RUNTIME, "stack", "Runtime", ID, properties, attributes))
    pinned = {"AgentRuntimeId": ID, "Name": "prod", "AgentRuntimeVersion": "2"}
    registry.put(Resource(ENDPOINT, "stack", "Prod", f"{ID}|prod", pinned))
    return DeployedRuntimes(registry)


def test_a_runtime_is_ready_and_shows_no_variables(runtimes: DeployedRuntimes) -> None:
    found = runtimes.get(Call({"agentRuntimeId": ID}))

    assert (found["status"], found["agentRuntimeVersion"]) == ("READY", "3")
    assert found["networkConfiguration"] == {"networkMode": "PUBLIC"}
    assert "environmentVariables" not in found
    assert runtimes.every(Call({}))["agentRuntimes"][0]["agentRuntimeArn"] == ARN


def test_default_follows_the_newest_version_and_the_others_stay(
    runtimes: DeployedRuntimes,
) -> None:
    found = runtimes.endpoints(Call({"agentRuntimeId": ID}))["runtimeEndpoints"]

    assert {item["name"]: item["liveVersion"] for item in found} == {"DEFAULT": "3", "prod": "2"}
    assert runtimes.endpoint(Call({"agentRuntimeId": ID, "endpointName": "prod"}))["id"] == "prod"


@pytest.mark.parametrize(
    "path", [{"agentRuntimeId": "other"}, {"agentRuntimeId": ID, "endpointName": "beta"}]
)
def test_what_is_not_deployed_is_not_found(
    runtimes: DeployedRuntimes, path: dict[str, str]
) -> None:
    with pytest.raises(NotFoundError):
        runtimes.endpoint(Call({"endpointName": "prod", **path}))
