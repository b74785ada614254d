"""The stack of voice claims nothing that is not built."""

import tomllib
from pathlib import Path

import aws_cdk as cdk
from aws_cdk.assertions import Template
from voice_stack import VERSION, build

from switchboard.constructs.environments import environment


def test_the_stack_publishes_its_version_and_nothing_else() -> None:
    template = Template.from_stack(build(cdk.App(), environment("dev")))

    assert {item["Type"] for item in template.to_json()["Resources"].values()} == {
        "AWS::SSM::Parameter"
    }
    template.resource_count_is("AWS::SSM::Parameter", 1)
    template.has_resource_properties(
        "AWS::SSM::Parameter", {"Name": "/switchboard/dev/voice/version", "Value": VERSION}
    )


def test_the_published_version_is_that_of_the_distribution() -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"

    assert tomllib.loads(project.read_text())["project"]["version"] == VERSION
