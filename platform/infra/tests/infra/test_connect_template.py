"""The Connect instance and what belongs to it: named right, and never torn down with the rest."""

import json
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

THIS_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
KEPT = ("AWS::Connect::", "AWS::Wisdom::", "AWS::KMS::")


def _published(template: Template) -> dict[str, Any]:
    prefix = "/switchboard/dev/platform/"
    return {
        item["Properties"]["Name"].removeprefix(prefix): item["Properties"]["Value"]
        for item in template.find_resources("AWS::SSM::Parameter").values()
    }


@pytest.mark.requirement("VOI-01", "S")
def test_there_is_one_instance_for_calls_with_what_ai_agents_on_the_telephone_need(
    connect: Template,
) -> None:
    connect.resource_count_is("AWS::Connect::Instance", 1)
    connect.has_resource_properties(
        "AWS::Connect::Instance",
        {
            "IdentityManagementType": "CONNECT_MANAGED",
            "InstanceAlias": {"Ref": "ConnectAlias"},
            "Attributes": Match.object_like(
                {
                    "InboundCalls": True,
                    "OutboundCalls": False,
                    "ContactLens": True,
                    "EnhancedContactMonitoring": True,
                    "MessageStreaming": True,
                }
            ),
        },
    )


def test_the_alias_is_a_parameter_because_it_is_unique_over_all_of_aws(connect: Template) -> None:
    parameter = connect.to_json()["Parameters"]["ConnectAlias"]

    assert parameter["Default"] == "switchboard-desk-dev"
    assert parameter["MaxLength"] == 45


@pytest.mark.requirement("VOI-02", "S")
def test_a_number_of_this_country_is_claimed_for_the_instance(connect: Template) -> None:
    connect.has_resource_properties(
        "AWS::Connect::PhoneNumber",
        {
            "TargetArn": {"Fn::GetAtt": ["Instance", "Arn"]},
            "CountryCode": "US",
            "Type": "DID",
        },
    )


@pytest.mark.parametrize("name", ["dev", "workshop", "prod"])
def test_what_cannot_be_made_again_outlives_its_stack(name: str, synthesize: Any) -> None:
    resources = synthesize(name, "connect").to_json()["Resources"]
    kept = {logical: item for logical, item in resources.items() if item["Type"].startswith(KEPT)}

    assert {item["Type"] for item in kept.values()} >= {
        "AWS::Connect::Instance",
        "AWS::Connect::PhoneNumber",
        "AWS::Wisdom::Assistant",
    }
    for logical, item in kept.items():
        assert item["DeletionPolicy"] == "Retain", logical
        assert item["UpdateReplacePolicy"] == "Retain", logical


def test_the_instance_depends_on_no_other_stack_and_is_protected(app_of: Any) -> None:
    app = app_of()
    connect = app.node.find_child("switchboard-dev-connect")
    desk = app.node.find_child("switchboard-dev-desk")

    assert connect.termination_protection is True
    assert list(connect.dependencies) == []
    assert {stack.stack_name for stack in desk.dependencies} == {
        "switchboard-dev-platform",
        "switchboard-dev-connect",
    }


@pytest.mark.parametrize(
    ("name", "days", "slice_"),
    [
        ("dev", 7, ((0, 0), (23, 59))),
        ("workshop", 5, ((8, 0), (18, 0))),
        ("prod", 5, ((8, 0), (18, 0))),
    ],
)
def test_the_desk_is_open_as_the_environment_says(
    name: str, days: int, slice_: Any, synthesize: Any
) -> None:
    (hours,) = synthesize(name, "connect").find_resources("AWS::Connect::HoursOfOperation").values()
    config = hours["Properties"]["Config"]

    assert len({item["Day"] for item in config}) == days
    assert {
        tuple((item[end]["Hours"], item[end]["Minutes"]) for end in ("StartTime", "EndTime"))
        for item in config
    } == {slice_}
    assert hours["Properties"]["TimeZone"] == "America/New_York"


def test_people_wait_in_a_queue_that_can_be_full(connect: Template) -> None:
    connect.has_resource_properties(
        "AWS::Connect::Queue",
        {
            "Name": "poc-l1-people",
            "MaxContacts": 10,
            "HoursOfOperationArn": {"Fn::GetAtt": ["Hours", "HoursOfOperationArn"]},
        },
    )


def test_the_ai_domain_belongs_to_the_instance(connect: Template) -> None:
    connect.has_resource_properties(
        "AWS::Connect::IntegrationAssociation",
        {
            "InstanceId": {"Fn::GetAtt": ["Instance", "Arn"]},
            "IntegrationType": "WISDOM_ASSISTANT",
            "IntegrationArn": {"Fn::GetAtt": ["Assistant", "AssistantArn"]},
        },
    )


def test_the_ai_domain_has_a_key_of_its_own_where_the_environment_asks_for_keys(
    connect: Template, synthesize: Any
) -> None:
    workshop = synthesize("workshop", "connect")
    ((key, found),) = workshop.find_resources("AWS::KMS::Key").items()
    (statement,) = [
        item
        for item in found["Properties"]["KeyPolicy"]["Statement"]
        if item["Principal"] == {"Service": "connect.amazonaws.com"}
    ]

    connect.resource_count_is("AWS::KMS::Key", 0)
    workshop.has_resource_properties(
        "AWS::Wisdom::Assistant",
        {"ServerSideEncryptionConfiguration": {"KmsKeyId": {"Fn::GetAtt": [key, "Arn"]}}},
    )
    assert not [action for action in statement["Action"] if "*" in action]
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


def test_services_find_the_instance_and_its_parts_among_the_platforms_values(
    connect: Template,
) -> None:
    assert _published(connect) == {
        "connect/instance-arn": {"Fn::GetAtt": ["Instance", "Arn"]},
        "connect/instance-id": {"Fn::GetAtt": ["Instance", "Id"]},
        "connect/instance-alias": {"Ref": "ConnectAlias"},
        "connect/hours-arn": {"Fn::GetAtt": ["Hours", "HoursOfOperationArn"]},
        "connect/queue-arn": {"Fn::GetAtt": ["Queue", "QueueArn"]},
        "connect/phone-number-arn": {"Fn::GetAtt": ["Number", "PhoneNumberArn"]},
        "connect/phone-number": {"Fn::GetAtt": ["Number", "Address"]},
        "connect/assistant-arn": {"Fn::GetAtt": ["Assistant", "AssistantArn"]},
        "connect/assistant-id": {"Fn::GetAtt": ["Assistant", "AssistantId"]},
    }


@pytest.mark.requirement("ITS-17", "S")
@pytest.mark.parametrize("stack", ["connect", "desk"])
def test_desk_resources_carry_the_four_tags_with_environment_poc(
    stack: str, templates: dict[str, Template]
) -> None:
    tagged = [
        _tags(item["Properties"]["Tags"])
        for item in templates[stack].to_json()["Resources"].values()
        if "Tags" in item.get("Properties", {})
    ]

    assert tagged
    for tags in tagged:
        assert tags == {
            "Project": "Switchboard",
            "Environment": "PoC",
            "Owner": "platform-team",
            "CostCenter": f"switchboard-{stack}",
        }


def _tags(tags: Any) -> dict[str, str]:
    """Tags are a list with most types and a map with some."""
    if isinstance(tags, dict):
        return tags
    return {tag["Key"]: tag["Value"] for tag in tags}


@pytest.mark.requirement("VOI-09", "S")
def test_desk_resources_are_in_us_east_1(app_of: Any, templates: dict[str, Template]) -> None:
    app = app_of()

    for stack in ("connect", "desk"):
        assert app.node.find_child(f"switchboard-dev-{stack}").region == "us-east-1"
        others = json.dumps(templates[stack].to_json()).split("arn:")
        assert not [text for text in others if ":eu-" in text[:60] or ":us-west-" in text[:60]]


@pytest.mark.requirement("VOI-09", "S")
def test_another_region_is_refused_unless_it_is_allowed(app_of: Any) -> None:
    with pytest.raises(
        ValueError, match=r"eu-central-1 is refused.*switchboard:allow-other-region"
    ):
        app_of(region="eu-central-1")

    allowed = app_of(
        **{"region": "eu-central-1", "switchboard:allow-other-region": "true"}
    ).node.find_child("switchboard-dev-desk")
    assert allowed.region == "eu-central-1"
    assert "us-east-1" not in json.dumps(Template.from_stack(allowed).to_json())
