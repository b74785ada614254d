"""An endpoint is pointed at a version, forward or back, and only at one that exists."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from switchboard.constructs.agent_images import main as build_images
from switchboard.constructs.endpoint_move import EndpointMove, main

ARN = "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/switchboard_code_dev-x"
RUNTIME = {"agentRuntimeId": "switchboard_code_dev-x"}
ENDPOINT = {**RUNTIME, "endpointName": "prod"}
WHEN = "2026-11-28T00:00:00Z"


class Account:
    """Stubs of both clients."""

    def __init__(self) -> None:
        session = boto3.Session("x", "x", region_name="us-east-1")
        self.control = session.client("bedrock-agentcore-control")
        self.ssm = session.client("ssm")
        self.stubs = Stubber(self.control), Stubber(self.ssm)
        for stub in self.stubs:
            stub.activate()

    def move(self) -> EndpointMove:
        return EndpointMove(self.control, self.ssm, clock=lambda: 0.0, pause=lambda _seconds: None)

    def has_runtime(self) -> None:
        self.stubs[1].add_response("get_parameters", {"Parameters": [{"Name": "x", "Value": ARN}]})

    def has_versions(self, *versions: str) -> None:
        listed = [
            {
                "agentRuntimeArn": ARN,
                **RUNTIME,
                "agentRuntimeVersion": version,
                "agentRuntimeName": "code",
                "description": "x",
                "lastUpdatedAt": WHEN,
                "status": "READY",
            }
            for version in versions
        ]
        self.stubs[0].add_response(
            "list_agent_runtime_versions", {"agentRuntimes": listed}, RUNTIME
        )

    def serves(self, version: str, status: str = "READY", **more: str) -> None:
        self.stubs[0].add_response(
            "get_agent_runtime_endpoint", {**self._endpoint(version, status), **more}, ENDPOINT
        )

    def is_updated_to(self, version: str) -> None:
        answer = self._endpoint(version, "UPDATING")
        del answer["name"], answer["id"]
        self.stubs[0].add_response(
            "update_agent_runtime_endpoint", answer, {**ENDPOINT, "agentRuntimeVersion": version}
        )

    def _endpoint(self, version: str, status: str) -> dict[str, Any]:
        return {
            "liveVersion": version,
            "agentRuntimeEndpointArn": ARN,
            "agentRuntimeArn": ARN,
            "status": status,
            "createdAt": WHEN,
            "lastUpdatedAt": WHEN,
            "name": "prod",
            "id": "prod",
        }

    def all_calls_were_made(self) -> None:
        for stub in self.stubs:
            stub.assert_no_pending_responses()


WORDS = ["--env", "prod", "--endpoint", "prod", "--agent", "code"]


def test_without_a_version_the_endpoint_goes_to_the_newest_and_says_the_way_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = Account()
    account.has_runtime()
    account.has_versions("9", "10")
    account.serves("9")
    account.is_updated_to("10")
    account.serves("9", "UPDATING")
    account.serves("10")

    status = main(WORDS, account.move())

    said = capsys.readouterr().out
    account.all_calls_were_made()
    assert status == 0
    assert "version 9 -> 10" in said
    assert "--agent code --version 9" in said


@pytest.mark.requirement("ENV-04", "D")
def test_a_rollback_points_the_endpoint_at_the_earlier_version() -> None:
    account = Account()
    account.has_runtime()
    account.has_versions("9", "10")
    account.serves("10")
    account.is_updated_to("9")
    account.serves("9")

    assert main([*WORDS, "--version", "9"], account.move()) == 0
    account.all_calls_were_made()


def test_an_endpoint_that_is_there_already_is_left_alone() -> None:
    account = Account()
    account.has_runtime()
    account.has_versions("9")
    account.serves("9")

    assert main(WORDS, account.move()) == 0
    account.all_calls_were_made()


def test_a_version_that_does_not_exist_is_refused_with_those_that_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = Account()
    account.has_runtime()
    account.has_versions("9", "10")

    assert main([*WORDS, "--version", "11"], account.move()) == 2
    assert "choose from: 9, 10" in capsys.readouterr().err


def test_an_agent_that_is_not_deployed_is_refused_with_what_deploys_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = Account()
    account.stubs[1].add_response("get_parameters", {"Parameters": []})

    assert main(WORDS, account.move()) == 2
    assert "hatch run agents:deploy --env prod" in capsys.readouterr().err


def test_a_move_that_aws_gives_up_is_said_with_what_is_served(
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = Account()
    account.has_runtime()
    account.has_versions("9", "10")
    account.serves("9")
    account.is_updated_to("10")
    account.serves("9", "UPDATE_FAILED", failureReason="no capacity")

    assert main(WORDS, account.move()) == 2
    assert "no capacity" in capsys.readouterr().err


@pytest.mark.requirement("ENV-03", "D")
def test_an_image_is_built_for_arm_and_pushed_under_the_tag_of_the_commit() -> None:
    asked: list[list[str]] = []
    words = ["--env", "dev", "--agent", "a_b_test", "--registry", "r", "--tag", "abc"]

    status = build_images(words, lambda command, _folder: asked.append(list(command)) or 0)

    assert status == 0
    assert "linux/arm64" in asked[0]
    assert "AGENT=a_b_test" in asked[0]
    assert "r/switchboard-dev/a-b-test:abc" in asked[0]
    assert "--push" in asked[0]
