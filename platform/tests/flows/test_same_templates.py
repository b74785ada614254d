"""What runs here was deployed from the very templates that would go to AWS."""

import json
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.access import Access
from switchboard.local.templates import synthesize_all

KINDS = (
    "AWS::Events::EventBus",
    "AWS::Events::Rule",
    "AWS::SQS::Queue",
    "AWS::Lambda::Function",
    "AWS::DynamoDB::Table",
    "AWS::ApiGateway::ApiKey",
    "AWS::BedrockAgentCore::Runtime",
    "AWS::BedrockAgentCore::Gateway",
    "AWS::Connect::ContactFlow",
)
"""What the platform is made of (NEW-01)."""


@pytest.fixture(scope="module")
def deployed(access: Access) -> dict[str, dict[str, Any]]:
    """Each stack's template as CloudFormation holds it."""
    cloudformation = access.client("cloudformation")
    stacks = [
        stack["StackName"]
        for stack in cloudformation.describe_stacks()["Stacks"]
        if stack["StackName"].startswith("switchboard-dev-")
    ]
    return {name: body(cloudformation.get_template(StackName=name)) for name in stacks}


def body(answer: dict[str, Any]) -> dict[str, Any]:
    template = answer["TemplateBody"]
    found: dict[str, Any] = json.loads(template) if isinstance(template, str) else template
    return found


@pytest.mark.requirement("NEW-01", "E")
@pytest.mark.requirement("NEW-01", "S")
def test_every_deployed_template_is_what_synth_writes_for_aws_and_nothing_is_left_out(
    deployed: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    list(synthesize_all(tmp_path, "dev"))
    written = {
        path.name.removesuffix(".template.json"): json.loads(path.read_text())
        for path in tmp_path.glob("*/*.template.json")
    }

    assert set(written) - set(deployed) == set()
    assert [name for name in written if deployed[name] != written[name]] == []
    kinds = {one["Type"] for template in written.values() for one in template["Resources"].values()}
    assert set(KINDS) - kinds == set()


@pytest.mark.requirement("NEW-01", "E")
def test_every_resource_of_every_stack_was_made(
    access: Access, deployed: dict[str, dict[str, Any]]
) -> None:
    cloudformation = access.client("cloudformation")

    for name, template in deployed.items():
        resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        made = {
            one["LogicalResourceId"]
            for one in resources
            if one["ResourceStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
        }
        wanted = {key for key, one in template["Resources"].items() if "Condition" not in one}
        assert wanted - made == set(), name
