import json

import pytest

from switchboard.local.usage.deployed import DeploymentDiffersError, read_deployed
from switchboard.local.usage.grants import policies

STATEMENT = {"Action": ["sqs:SendMessage"], "Resource": {"Fn::GetAtt": ["Queue", "Arn"]}}


@pytest.fixture
def deploy(aws, stack, role, policy):
    """Deploy a stack with a queue into an empty AWS; returns the stack's templates and clients."""
    cloudformation, iam = aws.client("cloudformation"), aws.client("iam")

    def deployed(*statements):
        shop = stack(
            Queue=("AWS::SQS::Queue", {}),
            WorkerRole=role(),
            P=policy("Beside", [{"Ref": "WorkerRole"}], *statements),
        )
        cloudformation.create_stack(StackName=shop.name, TemplateBody=json.dumps(shop.template))
        return shop, cloudformation, iam

    return deployed


def test_grants_are_those_of_the_templates_on_the_resources_that_are_deployed(deploy):
    shop, cloudformation, iam = deploy(STATEMENT)

    found = read_deployed(cloudformation, iam, [shop.name, "switchboard-dev-elsewhere"])

    [grant] = found.grants(policies([shop]))
    assert (grant.role, grant.actions) == ("shop/Worker/Role", ("sqs:SendMessage",))
    assert grant.resources[0].startswith("arn:aws:sqs:us-east-1:")
    assert list(found.labels([shop]).values()) == ["shop/Worker/Role"]


def test_what_is_not_deployed_is_granted_on_nothing(deploy):
    shop, cloudformation, iam = deploy(STATEMENT)

    found = read_deployed(cloudformation, iam, [])

    assert [grant.resources for grant in found.grants(policies([shop]))] == [()]


def test_a_deployment_of_other_templates_is_refused(stack, deploy, role, policy):
    shop, cloudformation, iam = deploy({**STATEMENT, "Action": ["sqs:ReceiveMessage"]})
    found = read_deployed(cloudformation, iam, [shop.name])
    changed = stack(WorkerRole=role(), P=policy("Beside", [{"Ref": "WorkerRole"}], STATEMENT))

    with pytest.raises(DeploymentDiffersError, match="shop/Worker/Role"):
        found.grants(policies([changed]))
