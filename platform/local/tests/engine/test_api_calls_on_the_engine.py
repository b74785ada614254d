"""Custom resources with a Python function, in templates as they go to AWS."""

import subprocess
import sys
from pathlib import Path

import pytest

from switchboard.local.deployment.deployer import DeployError
from switchboard.local.home import repository_root
from switchboard.local.settings import user_environment

STACK = "switchboard-dev-api-calls"
NAME = "/probe/api-call"


@pytest.fixture(scope="module")
def deploy(engine):
    """Synthesize the stack with a value, and deploy it."""

    def deployed(value):
        out = repository_root() / "build" / "engine-tests" / "api-calls"
        script = Path(__file__).with_name("api_call_stack.py")
        environment = {**user_environment(), "CDK_VALIDATION": "false"}
        subprocess.run([sys.executable, str(script), str(out), value], check=True, env=environment)
        return [item.outcome for item in engine.deployer.deploy(out, {}, print)]

    yield deployed
    engine.deployer._delete(STACK)


@pytest.fixture(scope="module")
def value(engine):
    def read():
        names = engine.client("ssm").get_parameters(Names=[NAME])["Parameters"]
        return names[0]["Value"] if names else None

    return read


def test_a_call_is_made_when_its_stack_is_created_updated_and_deleted(engine, deploy, value):
    created = (deploy("one"), value())
    updated = (deploy("two"), value())
    stacks = engine.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    engine.deployer._delete(STACK)

    assert created == (["created"], "one")
    assert updated == (["updated"], "two")
    assert stacks[0]["Outputs"][0]["OutputValue"] == "2"
    assert value() is None


def test_a_refused_call_fails_the_stack_and_says_which_and_what_to_do(engine, deploy, value):
    with pytest.raises(DeployError) as failed:
        deploy("refused")

    assert "ssm.get_parameter: " in str(failed.value)
    assert "ParameterNotFound" in str(failed.value)
    assert "deploy again" in str(failed.value)
    assert value() is None
