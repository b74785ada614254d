"""API calls as resources: one function for all of a stack, a policy for each."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template

from switchboard.constructs.api_call import ApiCall
from switchboard.constructs.bundle import requirements
from switchboard.constructs.bundling import repository_root
from switchboard.constructs.environments import environment
from switchboard.constructs.service_stack import ServiceStack

ARN = "arn:aws:iam::111122223333:role/sample"


@pytest.fixture(scope="module")
def template() -> Template:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    stack = ServiceStack(app, service="sample", environment=environment("dev"))
    tagged = ApiCall(
        stack,
        "Tagged",
        service="iam",
        create=("tag_role", {"RoleName": "sample", "Tags": [{"Key": "a", "Value": "b"}]}),
        delete=("untag_role", {"RoleName": "sample", "TagKeys": ["a"]}),
        physical_id="sample/a",
        allow=[(["iam:TagRole", "iam:UntagRole"], [ARN])],
        ignore=["ConcurrentModification"],
        outputs=["ResponseMetadata.RequestId"],
    )
    ApiCall(stack, "Described", service="sts", create=("get_caller_identity", {}))
    cdk.CfnOutput(stack, "Request", value=tagged.output("ResponseMetadata.RequestId"))
    return Template.from_stack(stack)


def test_a_call_is_data_with_a_limit_on_how_long_cloudformation_waits(template: Template) -> None:
    template.has_resource_properties(
        "Custom::ApiCall",
        {
            "ServiceToken": Match.any_value(),
            "ServiceTimeout": "240",
            "Service": "iam",
            "Create": {
                "Operation": "tag_role",
                "Parameters": {"RoleName": "sample", "Tags": [{"Key": "a", "Value": "b"}]},
            },
            "Update": Match.absent(),
            "Delete": {
                "Operation": "untag_role",
                "Parameters": {"RoleName": "sample", "TagKeys": ["a"]},
            },
            "PhysicalId": "sample/a",
            "IgnoreErrors": ["ConcurrentModification"],
            "Outputs": ["ResponseMetadata.RequestId"],
        },
    )


def test_all_calls_of_a_stack_share_one_function(template: Template) -> None:
    template.resource_count_is("Custom::ApiCall", 2)
    template.resource_count_is("AWS::Lambda::Function", 1)
    template.has_resource_properties(
        "AWS::Lambda::Function",
        {"Handler": "switchboard.runtime.api_call.handler", "Timeout": 180},
    )


@pytest.mark.requirement("SEC-03", "S")
def test_a_call_waits_for_a_policy_that_allows_it_and_nothing_else(template: Template) -> None:
    calls: dict[str, Any] = template.find_resources(
        "Custom::ApiCall", {"Properties": {"Service": "iam"}}
    )
    (call,) = calls.values()
    policies = template.find_resources("AWS::IAM::Policy")

    (waited,) = [name for name in call["DependsOn"] if name in policies]
    assert policies[waited]["Properties"]["PolicyDocument"]["Statement"] == [
        {"Action": ["iam:TagRole", "iam:UntagRole"], "Effect": "Allow", "Resource": ARN}
    ]


def test_the_function_brings_its_own_boto3_and_little_else() -> None:
    member = repository_root(Path(__file__)) / "platform/runtime"

    found = requirements([member], host=False, only=("boto3", "aws-lambda-powertools"))

    assert [item.split(">")[0] for item in found] == ["aws-lambda-powertools", "boto3"]
