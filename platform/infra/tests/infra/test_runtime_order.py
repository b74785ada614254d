"""The runtime's stacks in one app: Network, Security, Storage, AgentCore, in that order (K-02)."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import agents_stack
import aws_cdk as cdk
import platform_stack
import pytest
from aws_cdk.assertions import Template
from platform_network import NetworkStack

from switchboard.constructs.bundling import repository_root
from switchboard.constructs.environments import environment
from switchboard.constructs.required_tags import REQUIRED, untagged
from switchboard.constructs.stack_order import ORDER, StackOrderError

ROOT = repository_root(Path(__file__))


@pytest.fixture(scope="module")
def app() -> cdk.App:
    app = cdk.App(context={"aws:cdk:bundling-stacks": [], "artifact": "image"})
    platform_stack.build(app, environment("prod"))
    agents_stack.build(app, environment("prod"))
    app.synth()
    return app


def _stack(app: cdk.App, service: str) -> Any:
    return app.node.find_child(f"switchboard-prod-{service}")


@pytest.mark.requirement("T003", "S")
@pytest.mark.requirement("T004", "S")
@pytest.mark.requirement("T043", "S")
def test_each_stack_depends_on_all_before_it(app: cdk.App) -> None:
    for place, service in enumerate(ORDER):
        before = {item.stack_name for item in _stack(app, service).dependencies}
        assert {f"switchboard-prod-{name}" for name in ORDER[:place]} <= before


@pytest.mark.requirement("T005", "S")
def test_the_storage_stack_holds_the_repositories_and_their_arns_are_exported(app: cdk.App) -> None:
    storage = Template.from_stack(_stack(app, "agent-images"))

    storage.resource_count_is("AWS::ECR::Repository", len(agents_stack.AGENTS))
    storage.has_output("CodeRepositoryArn", {"Export": {"Name": "prod-CodeRepositoryArn"}})


@pytest.mark.requirement("T010", "S")
def test_repository_role_endpoint_and_group_are_exported(app: cdk.App) -> None:
    exports = {
        item["Export"]["Name"]
        for stack in app.synth().stacks
        for item in stack.template.get("Outputs", {}).values()
        if "Export" in item
    }

    assert {
        "prod-CodeRepositoryArn",
        "prod-ExecutionRoleArn",
        "prod-AgentCoreEndpointId",
        "prod-RuntimeSecurityGroupId",
    } <= exports


@pytest.mark.requirement("T048", "U")
def test_a_stack_built_after_one_that_needs_it_is_refused_with_the_order() -> None:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    agents_stack.build(app, environment("prod"))

    with pytest.raises(StackOrderError, match="network, security, agent-images, agents"):
        NetworkStack(app, environment("prod"))


@pytest.mark.requirement("T019", "S")
@pytest.mark.requirement("T050", "S")
def test_everything_that_can_carry_a_tag_carries_the_four(app: cdk.App) -> None:
    assert not untagged(app)
    (runtime, *_) = [
        item["Properties"]
        for item in app.synth()
        .get_stack_by_name("switchboard-prod-agents")
        .template["Resources"]
        .values()
        if item["Type"] == "AWS::BedrockAgentCore::Runtime"
    ]
    assert set(runtime["Tags"]) >= REQUIRED


@pytest.mark.requirement("T001", "D")
def test_the_package_of_stacks_exports_the_agentcore_stack_that_its_document_describes(
    tmp_path: Path,
) -> None:
    """As the CDK CLI would: the app that `cdk.json` names, not the class by its path."""
    folder = ROOT / "agents"
    text = (ROOT / "docs/runtime/contracts/agentcore-stack.yaml").read_text()
    program = json.loads((folder / "cdk.json").read_text())["app"].split()
    context = json.dumps({"env": "dev", "aws:cdk:bundling-stacks": []})
    variables = [f"CDK_OUTDIR={tmp_path}", f"CDK_CONTEXT_JSON={context}"]

    subprocess.run(["env", *variables, sys.executable, *program[1:]], cwd=folder, check=True)

    template = json.loads((tmp_path / "switchboard-dev-agents.template.json").read_text())
    kinds = {item["Type"] for item in template["Resources"].values()}
    described = re.findall(r"^  (\w+):$", text, re.MULTILINE)
    assert "switchboard-<Environment>-agents" in text
    assert "AWS::BedrockAgentCore::Runtime" in kinds
    assert described
    for name in described:
        assert template["Outputs"][name]["Export"]["Name"] == f"dev-{name}"


@pytest.mark.requirement("P003-11", "S")
def test_in_vpc_mode_a_runtime_is_closed_reaches_its_model_and_shows_its_status(
    app: cdk.App,
) -> None:
    stacks = {stack.stack_name: stack.template for stack in app.synth().stacks}
    agents, network = stacks["switchboard-prod-agents"], stacks["switchboard-prod-network"]
    doors = {
        item["Properties"]["ServiceName"]: item["Properties"]["PrivateDnsEnabled"]
        for item in network["Resources"].values()
        if item["Type"] == "AWS::EC2::VPCEndpoint"
        and item["Properties"]["VpcEndpointType"] == "Interface"
    }

    assert {"AgentRuntimeStatus", "AgentRuntimeArn", "AgentRuntimeEndpointUrl"} <= set(
        agents["Outputs"]
    )
    for name in ("bedrock-agentcore", "bedrock-runtime"):
        assert doors[f"com.amazonaws.us-east-1.{name}"] is True
    for item in agents["Resources"].values():
        if item["Type"] == "AWS::BedrockAgentCore::Runtime":
            assert item["Properties"]["NetworkConfiguration"]["NetworkMode"] == "VPC"
    assert not [
        name
        for name, item in network["Resources"].items()
        if item["Type"] in {"AWS::EC2::InternetGateway", "AWS::EC2::NatGateway"}
    ]


@pytest.mark.requirement("P003-03", "S")
def test_in_prod_buckets_refuse_old_tls_and_runtimes_have_nothing_public(app: cdk.App) -> None:
    stacks = {stack.stack_name: stack.template["Resources"] for stack in app.synth().stacks}
    network = stacks["switchboard-prod-network"].values()
    refusals = [
        statement["Condition"]["NumericLessThan"]["s3:TlsVersion"]
        for item in stacks["switchboard-prod-platform"].values()
        if item["Type"] == "AWS::S3::BucketPolicy"
        for statement in item["Properties"]["PolicyDocument"]["Statement"]
        if "NumericLessThan" in statement.get("Condition", {})
    ]
    buckets = [
        item
        for item in stacks["switchboard-prod-platform"].values()
        if item["Type"] == "AWS::S3::Bucket"
    ]

    assert len(buckets) == len(refusals)
    assert set(map(float, refusals)) == {1.2}
    subnets = [item["Properties"] for item in network if item["Type"] == "AWS::EC2::Subnet"]
    assert subnets
    assert not any(item["MapPublicIpOnLaunch"] for item in subnets)
    assert not any(item["Type"] == "AWS::EC2::InternetGateway" for item in network)


@pytest.mark.requirement("S001-FR-026", "S")
def test_one_assembly_holds_everything_a_deployment_makes_and_asks_no_account(
    app: cdk.App,
) -> None:
    assembly = app.synth()
    stacks = {stack.stack_name for stack in assembly.stacks}

    assert {f"switchboard-prod-{service}" for service in ORDER} <= stacks
    assert "switchboard-prod-platform" in stacks
    manifest = json.loads((Path(assembly.directory) / "manifest.json").read_text())
    assert not manifest.get("missing")  # nothing has to be looked up before it can be deployed


@pytest.mark.requirement("S001-AC-4", "S")
def test_each_runtimes_log_is_kept_and_what_the_logs_measure_is_drawn(app: cdk.App) -> None:
    """Invocations and errors as lines; figures are lines too, in the embedded metric format."""
    stacks = {stack.stack_name: stack.template for stack in app.synth().stacks}
    agents = list(stacks["switchboard-prod-agents"]["Resources"].values())
    runtimes = [item for item in agents if item["Type"] == "AWS::BedrockAgentCore::Runtime"]
    groups = [item["Properties"] for item in agents if item["Type"] == "AWS::Logs::LogGroup"]
    writers = [
        statement["Sid"]
        for item in agents
        if item["Type"] == "AWS::IAM::Policy"
        for statement in item["Properties"]["PolicyDocument"]["Statement"]
        if "logs:PutLogEvents" in statement["Action"]
    ]
    drawn = json.dumps(stacks["switchboard-prod-monitoring"])

    assert len(groups) == len(runtimes) == len(writers) == len(agents_stack.AGENTS)
    for group in groups:
        assert "/aws/bedrock-agentcore/runtimes/" in json.dumps(group["LogGroupName"])
        assert group["RetentionInDays"] == 30
    for runtime in runtimes:
        level = runtime["Properties"]["EnvironmentVariables"].get("LOG_LEVEL", "INFO")
        assert level == "INFO"  # an invocation is told at INFO, an error above it
    for figure in ("Invocations", "InvocationErrors", "InvocationDuration"):
        assert figure in drawn
