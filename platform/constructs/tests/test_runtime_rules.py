"""Rules every runtime's app is held to: tags, order of stacks, words of contracts."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs

from switchboard.constructs.contracts import plain
from switchboard.constructs.environments import environment
from switchboard.constructs.required_tags import UntaggedError, demand_tags, untagged
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.stack_order import StackOrderError, follow


def _stack(app: cdk.App, service: str, stage: str = "dev") -> ServiceStack:
    return ServiceStack(app, service=service, environment=environment(stage))


@pytest.mark.requirement("T050", "S")
def test_a_resource_without_the_required_tags_is_refused_by_its_path() -> None:
    app = cdk.App()
    sqs.Queue(_stack(app, "sample"), "Good")
    bare = cdk.Stack(app, "bare")
    cdk.Tags.of(sqs.Queue(bare, "Half")).add("Project", "Switchboard")
    app.synth()

    assert untagged(app) == [
        "bare: CostCenter, Environment, Owner, Project",
        "bare/Half/Resource: CostCenter, Environment, Owner",
    ]
    with pytest.raises(UntaggedError, match="bare/Half"):
        demand_tags(app)


@pytest.mark.requirement("T048", "U")
def test_a_stack_follows_the_earlier_ones_and_is_refused_after_a_later_one() -> None:
    app = cdk.App()
    network, agents = _stack(app, "network"), _stack(app, "agents")
    _stack(app, "security", "prod")
    follow(agents)

    assert agents.dependencies == [network]
    with pytest.raises(StackOrderError, match="built after switchboard-dev-agents"):
        follow(_stack(app, "security"))


def test_intrinsic_functions_read_as_the_words_of_a_contract() -> None:
    template = {"Parameters": {"P1": {"Default": "/switchboard/dev/platform/bus/arn"}}}
    value = {
        "a": {"Fn::Join": ["", ["arn:aws:iam::", {"Ref": "AWS::AccountId"}, ":role/x"]]},
        "b": [{"Ref": "P1"}, {"Fn::GetAtt": ["Key", "Arn"]}],
        "c": {"Fn::Sub": "bucket-${AWS::AccountId}-us-east-1"},
    }

    assert plain(value, template, {"us-east-1": "${Region}"}) == {
        "a": "arn:aws:iam::${Account}:role/x",
        "b": ["${platform/bus/arn}", "${Key.Arn}"],
        "c": "bucket-${Account}-${Region}",
    }
