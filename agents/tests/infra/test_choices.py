"""What a deployment of the agents can choose, and what is refused before anything is deployed."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from agents_artifact import ArtifactRefusedError
from agents_model import BareModelIdError
from agents_stack import PLATFORM, AgentsStack, build
from aws_cdk.assertions import Template

from switchboard.constructs.agent_images import command
from switchboard.constructs.bundling import repository_root
from switchboard.constructs.deploy import cdk_command
from switchboard.constructs.environments import Allocation, environment
from switchboard.constructs.network_mode import NetworkRefusedError
from switchboard.constructs.resource_names import ACCOUNT, text_of

RUNTIME = "AWS::BedrockAgentCore::Runtime"
SUBNETS = "subnet-0a1b2c3d4e,subnet-1a1b2c3d4e"
Synthesize = Callable[..., Template]


def app_with(**context: object) -> cdk.App:
    return cdk.App(context={"aws:cdk:bundling-stacks": [], **context})


def runtimes(template: Template) -> dict[str, dict[str, Any]]:
    found = template.find_resources(RUNTIME).values()
    return {item["Properties"]["EnvironmentVariables"]["AGENT"]: item for item in found}


# ---- network


@pytest.mark.requirement("T011", "S")
@pytest.mark.requirement("T012", "S")
@pytest.mark.requirement("S002-US-1", "S")
def test_in_dev_a_runtime_is_public_and_runs_its_image(synthesized: Synthesize) -> None:
    for agent, runtime in runtimes(synthesized(artifact="image", tag="7")).items():
        properties = runtime["Properties"]
        assert properties["NetworkConfiguration"] == {"NetworkMode": "PUBLIC"}
        uri = json.dumps(properties["AgentRuntimeArtifact"]["ContainerConfiguration"])
        assert f"switchboard-dev/{agent.replace('_', '-')}:7" in uri
        assert runtime["Metadata"]["switchboard:allocation"] == {
            "cpu_units": 512,
            "memory_mib": 1024,
        }


@pytest.mark.requirement("T020", "S")
@pytest.mark.requirement("T021", "S")
@pytest.mark.requirement("T022", "S")
@pytest.mark.requirement("S001-FR-004", "S")
def test_in_prod_a_runtime_stands_in_the_platforms_subnets_and_group(
    synthesized: Synthesize,
) -> None:
    template = synthesized("prod")
    named = {
        parameter: item["Default"].removeprefix("/switchboard/prod/platform/network/")
        for parameter, item in template.find_parameters("*").items()
        if "/network/" in str(item.get("Default"))
    }

    for runtime in runtimes(template).values():
        network = runtime["Properties"]["NetworkConfiguration"]["NetworkModeConfig"]
        assert network["Subnets"]["Fn::Split"][0] == ","
        assert named[network["Subnets"]["Fn::Split"][1]["Ref"]] == "agent-subnets"
        assert [named[item["Ref"]] for item in network["SecurityGroups"]] == [
            "runtime-security-group"
        ]


@pytest.mark.requirement("S001-FR-004", "S")
@pytest.mark.requirement("T020", "S")
def test_an_existing_network_is_taken_instead(synthesized: Synthesize) -> None:
    given = {"network_mode": "VPC", "subnets": SUBNETS, "security_groups": "sg-0a1b2c3d4e"}
    for runtime in runtimes(synthesized(**given)).values():
        assert runtime["Properties"]["NetworkConfiguration"] == {
            "NetworkMode": "VPC",
            "NetworkModeConfig": {
                "Subnets": SUBNETS.split(","),
                "SecurityGroups": ["sg-0a1b2c3d4e"],
            },
        }


@pytest.mark.requirement("T024", "U")
@pytest.mark.parametrize(
    ("name", "context", "said"),
    [
        ("dev", {"network_mode": "VPC", "subnets": SUBNETS}, "with 0 security groups"),
        ("dev", {"network_mode": "VPC", "security_groups": "sg-0a1b2c3d4e"}, "with 0 subnets"),
        (
            "dev",
            {
                "network_mode": "VPC",
                "subnets": "subnet-0a1b2c3d4e",
                "security_groups": "sg-0a1b2c3d4e",
            },
            "with 1 subnets",
        ),
        (
            "dev",
            {"network_mode": "VPC", "subnets": "a,b", "security_groups": "sg-0a1b2c3d4e"},
            "is no id such as subnet-",
        ),
        ("dev", {"subnets": SUBNETS, "security_groups": "sg-0a1b2c3d4e"}, "network_mode=VPC"),
        ("prod", {"network_mode": "PUBLIC"}, "PUBLIC is refused in prod"),
        ("workshop", {"network_mode": "PUBLIC"}, "PUBLIC is refused in workshop"),
        ("dev", {"network_mode": "private"}, "network_mode=PUBLIC or VPC"),
    ],
)
def test_a_network_that_cannot_work_is_refused_with_the_remedy(
    name: str, context: dict[str, str], said: str
) -> None:
    with pytest.raises(NetworkRefusedError, match=said):
        build(app_with(**context), environment(name))


# ---- what runs


@pytest.mark.requirement("S001-FR-011", "U")
def test_the_file_that_starts_an_agent_is_configuration(synthesized: Synthesize) -> None:
    other = synthesized(entrypoint="switchboard/agents/wiring.py")

    for template, file in ((synthesized(), "main.py"), (other, "switchboard/agents/wiring.py")):
        artifact = runtimes(template)["code"]["Properties"]["AgentRuntimeArtifact"]
        assert artifact["CodeConfiguration"]["EntryPoint"] == [file]
    with pytest.raises(ArtifactRefusedError, match="no Python file below agents/src"):
        build(app_with(entrypoint="start.py"), environment("dev"))


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"artifact": "docker"}, "artifact=code"),
        ({"artifact": "image", "tag": "latest"}, "a runtime names one image for good"),
    ],
)
def test_an_artifact_that_does_not_exist_or_moves_is_refused(
    context: dict[str, str], said: str
) -> None:
    with pytest.raises(ArtifactRefusedError, match=said):
        build(app_with(**context), environment("dev"))


@pytest.mark.requirement("S001-FR-006", "S")
def test_the_image_a_runtime_runs_is_the_one_that_is_built_for_arm64(
    synthesized: Synthesize,
) -> None:
    dockerfile = (repository_root(Path(__file__)) / "agents/Dockerfile").read_text()
    bases = [line for line in dockerfile.splitlines() if line.startswith("FROM ")]
    registry = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"

    assert bases
    assert all(line.startswith("FROM --platform=linux/arm64 ") for line in bases)
    for agent, runtime in runtimes(synthesized(artifact="image", tag="7")).items():
        built = command("dev", agent, registry, "7")
        artifact = runtime["Properties"]["AgentRuntimeArtifact"]["ContainerConfiguration"]
        assert built[built.index("--platform") + 1] == PLATFORM == "linux/arm64"
        assert built[built.index("-t") + 1] == text_of(artifact["ContainerUri"])
        assert runtime["Metadata"]["switchboard:platform"] == PLATFORM


@pytest.mark.requirement("T002", "U")
@pytest.mark.requirement("T046", "U")
def test_what_a_session_may_use_is_held_by_environment(synthesized: Synthesize) -> None:
    assert Allocation() == environment("dev").allocation == environment("workshop").allocation
    assert environment("dev").allocation == Allocation(cpu_units=512, memory_mib=1024)
    assert environment("prod").allocation == Allocation(cpu_units=2048, memory_mib=4096)
    metadata = runtimes(synthesized("prod"))["code"]["Metadata"]["switchboard:allocation"]
    assert metadata == {"cpu_units": 2048, "memory_mib": 4096}


@pytest.mark.requirement("P003-02", "S")
@pytest.mark.parametrize("count", [1, 10])
def test_one_to_ten_runtimes_fit_into_a_stack(count: int) -> None:
    names = [f"agent_{number}" for number in range(count)]
    stack = AgentsStack(app_with(), environment("prod"), names)

    template = Template.from_stack(stack)
    template.resource_count_is(RUNTIME, count)
    assert len(template.to_json()["Resources"]) < 500  # CloudFormation's limit of a stack


# ---- model


@pytest.mark.parametrize("bare", ["anthropic.claude-sonnet-4-6", "amazon.nova-pro-v1:0"])
def test_a_bare_model_id_is_refused_here_and_by_cloudformation(
    bare: str, synthesized: Synthesize
) -> None:
    with pytest.raises(BareModelIdError, match="inference profile such as global"):
        build(app_with(model=bare), environment("dev"))
    pattern = synthesized().to_json()["Parameters"]["ModelId"]["AllowedPattern"]
    assert not re.match(pattern, bare)


def test_a_model_that_cannot_be_reached_from_the_private_subnets_is_refused(
    synthesized: Synthesize,
) -> None:
    rule = synthesized("prod").to_json()["Rules"]["OnlyBedrockIsReached"]

    assert "NAT gateway" in rule["Assertions"][0]["AssertDescription"]
    assert "OnlyBedrockIsReached" not in synthesized().to_json().get("Rules", {})


# ---- environments


@pytest.mark.requirement("S001-FR-029", "S")
def test_the_same_app_makes_every_environment_by_its_name(synthesized: Synthesize) -> None:
    found = {name: synthesized(name) for name in ("dev", "workshop", "prod")}

    assert len({frozenset(item.find_resources(RUNTIME)) for item in found.values()}) == 1
    for name, template in found.items():
        for runtime in runtimes(template).values():
            assert runtime["Properties"]["EnvironmentVariables"]["ENVIRONMENT"] == name
            assert runtime["Properties"]["AgentRuntimeName"].endswith(f"_{name}_us_east_1")


@pytest.mark.requirement("S001-FR-027", "S")
@pytest.mark.parametrize("artifact", ["code", "image"])
def test_destroying_the_app_of_dev_leaves_nothing(artifact: str) -> None:
    app = app_with(artifact=artifact)
    build(app, environment("dev"))

    for stack in app.synth().stacks:
        for name, resource in stack.template["Resources"].items():
            assert resource.get("DeletionPolicy", "Delete") == "Delete", name
            if resource["Type"] == "AWS::ECR::Repository":
                assert resource["Properties"]["EmptyOnDelete"] is True


@pytest.mark.requirement("S001-FR-030", "S")
@pytest.mark.parametrize("name", ["dev", "prod"])
def test_a_failed_deployment_is_rolled_back_to_what_is_still_there(
    name: str, synthesized: Synthesize
) -> None:
    """CloudFormation rolls back by itself; it needs what ran before, and not to be told not to."""
    app = app_with(artifact="image", tag="7")
    build(app, environment(name))
    resources = [
        item for stack in app.synth().stacks for item in stack.template["Resources"].values()
    ]
    repositories = [item for item in resources if item["Type"] == "AWS::ECR::Repository"]
    zips = {
        json.dumps(item["Properties"]["AgentRuntimeArtifact"]["CodeConfiguration"]["Code"])
        for item in runtimes(synthesized(name)).values()
    }
    words = cdk_command(Path("cdk.out"), [], "never")

    assert not [word for word in words if "rollback" in word or "hotswap" in word]
    # the image that ran before is still under its tag, and so is the zip under its own hash
    for repository in repositories:
        assert repository["Properties"]["ImageTagMutability"] == "IMMUTABLE"
        policy = json.loads(repository["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"])
        (rule,) = policy["rules"]
        assert rule["selection"]["countNumber"] > 1
    assert all(re.search(r"[0-9a-f]{64}\.zip", text) for text in zips)
    # what was served before is served again: endpoints stand on versions, and versions never change
    for endpoint in (item for item in resources if item["Type"].endswith("::RuntimeEndpoint")):
        assert endpoint["Properties"]["AgentRuntimeVersion"].isdecimal()
