"""Custom resources that are Python functions."""

import json

import pytest
from botocore.exceptions import ClientError

from switchboard.local.deployment.deployer import DeployError
from switchboard.local.engine.custom_resources import failing_fast, refused_as_on_aws


def _deploy(engine, folder, name, properties):
    """Deploy a stack of one custom resource; returns its output."""
    folder.mkdir()
    resource = {
        "Type": "Custom::Made",
        "Properties": {"ServiceToken": engine.outputs["Make"], **properties},
    }
    template = {
        "Resources": {"Made": resource},
        "Outputs": {"Greeting": {"Value": {"Fn::GetAtt": ["Made", "Greeting"]}}},
    }
    (folder / f"{name}.template.json").write_text(json.dumps(template))
    (folder / f"{name}.assets.json").write_text(json.dumps({"files": {}}))
    properties = {"templateFile": f"{name}.template.json"}
    artifact = {"type": "aws:cloudformation:stack", "properties": properties}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {name: artifact}}))
    engine.deployer.deploy(folder, {}, print)
    [stack] = engine.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return stack["Outputs"][0]["OutputValue"]


def test_a_function_makes_a_resource_and_answers_its_references(engine):
    assert engine.outputs["Made"] == f"made-for-{engine.outputs['Desk']}"
    assert engine.outputs["MadeGreeting"] == "Create: hello"


def test_a_changed_property_updates_it(engine, tmp_path):
    name = "switchboard-dev-made"

    first = _deploy(engine, tmp_path / "one", name, {"Greeting": "hello"})
    second = _deploy(engine, tmp_path / "two", name, {"Greeting": "again"})

    assert [first, second] == ["Create: hello", "Update: again"]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [({"Refuse": "yes"}, "told to refuse"), ({"Crash": "yes"}, "told to crash")],
)
def test_one_that_refuses_or_crashes_fails_its_stack_at_once_with_the_reason(
    engine, tmp_path, properties, reason
):
    # Without an answer the reason would be this time, on AWS an hour.
    properties["ServiceTimeout"] = "30"

    with pytest.raises(DeployError, match=rf"Made \(Custom::Made\)[\s\S]*{reason}"):
        _deploy(engine, tmp_path / "one", f"switchboard-dev-{reason[8:]}", properties)


def test_a_service_linked_role_that_is_there_is_refused_as_on_aws(engine):
    iam = engine.client("iam")
    iam.create_service_linked_role(AWSServiceName="app-integrations.amazonaws.com")

    with pytest.raises(ClientError) as refused:
        iam.create_service_linked_role(AWSServiceName="app-integrations.amazonaws.com")

    assert refused.value.response["Error"]["Code"] == "InvalidInput"
    assert "has been taken in this account" in str(refused.value)


def test_only_a_failed_custom_resource_is_answered_for():
    delivered = []

    def execute(function, event):
        return {"error": True, "body": {"errorMessage": "no"}} if function["fails"] else {}

    call = failing_fast(execute, lambda token, answer: delivered.append((token, answer)))
    url = "http://127.0.0.1:4566/_ministack/cfn-response/the-token"

    call({"fails": False}, {"ResponseURL": url})
    call({"fails": True}, {"ResponseURL": "http://elsewhere"})
    call({"fails": True}, ["a list"])
    assert delivered == []
    call({"fails": True}, {"ResponseURL": url})

    assert delivered == [("the-token", {"Status": "FAILED", "Reason": "the function failed: no"})]


def test_other_answers_of_iam_stay_as_they_are():
    created = (200, {}, b"<Role/>")

    assert refused_as_on_aws(lambda _: created, lambda *_: None)({}) == created
