"""The stack grants, subscribes and names exactly what the code needs."""

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template
from voice_stack import build

from switchboard.constructs.environments import RegionRefusedError, environment
from switchboard.events.catalogue import consumed_by
from switchboard.voice.settings import DeskSettings, QueueSettings

GIVEN_BY_THE_CONSTRUCT = {"POWERTOOLS_SERVICE_NAME", "LOG_LEVEL"}
XRAY = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
NAMES = re.compile(r"(TableName|FunctionName|RoleName|AlarmName|BotName|Name|SecurityProfileName)$")
WITHOUT_OUR_NAME = {"AWS::SSM::Parameter"}
"""Parameters are named after environment and service (DESIGN, section 1)."""


def function(template: Template, entry: str) -> dict[str, Any]:
    found = template.find_resources(
        "AWS::Lambda::Function", {"Properties": {"Handler": f"switchboard.voice.handler.{entry}"}}
    )
    (made,) = found.values()
    properties: dict[str, Any] = made["Properties"]
    return properties


def granted(resources: dict[str, Any], role: str) -> set[str]:
    actions: set[str] = set()
    for name, resource in resources.items():
        if resource["Type"] == "AWS::IAM::Policy" and name.startswith(role):
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                given = statement["Action"]
                actions |= {given} if isinstance(given, str) else set(given)
    return {action for action in actions if not action.startswith("logs:")}


@pytest.mark.parametrize(
    ("entry", "settings"),
    [("desk", DeskSettings), ("tickets", QueueSettings), ("contacts", QueueSettings)],
)
def test_each_functions_environment_is_what_its_settings_ask_for(
    template: Template, entry: str, settings: type[DeskSettings] | type[QueueSettings]
) -> None:
    given = set(function(template, entry)["Environment"]["Variables"])

    assert given - GIVEN_BY_THE_CONSTRUCT == set(settings.model_fields)


def test_the_desk_may_not_run_longer_than_connect_waits(template: Template) -> None:
    assert function(template, "desk")["Timeout"] == 8


def test_the_inbox_receives_exactly_what_the_catalogue_says(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventBusName": Match.any_value(),
            "EventPattern": {
                "detail-type": consumed_by("voice"),
                "source": [{"prefix": "switchboard."}],
            },
        },
    )


def test_contact_events_come_from_the_default_bus_and_from_our_instance_only(
    template: Template,
) -> None:
    rules = [rule["Properties"] for rule in template.find_resources("AWS::Events::Rule").values()]

    (rule,) = [rule for rule in rules if rule["EventPattern"]["source"] == ["aws.connect"]]
    assert "EventBusName" not in rule
    assert rule["EventPattern"]["detail-type"] == ["Amazon Connect Contact Event"]
    (instance,) = rule["EventPattern"]["detail"]["instanceArn"]
    assert "instancearn" in instance["Ref"]
    assert "DeadLetterConfig" in rule["Targets"][0]


def test_every_queue_has_a_dead_letter_queue_and_every_alarm_reaches_somebody(
    template: Template,
) -> None:
    template.resource_properties_count_is(
        "AWS::SQS::Queue", {"RedrivePolicy": {"maxReceiveCount": 5}}, 2
    )
    template.all_resources_properties(
        "AWS::CloudWatch::Alarm", {"AlarmActions": [Match.any_value()]}
    )


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (
            "FunctionsDeskRole",
            {
                "connect:DescribeContact",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
                "wisdom:UpdateSessionData",
            },
        ),
        ("FunctionsTicketEventsRole", {"dynamodb:UpdateItem"}),
        (
            "FunctionsContactEventsRole",
            {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        ),
    ],
)
def test_each_function_may_do_what_it_does_and_no_more(
    resources: dict[str, Any], role: str, actions: set[str]
) -> None:
    given = {action for action in granted(resources, role) if not action.startswith("sqs:")}

    assert given == actions | XRAY


def test_nothing_but_tracing_and_the_list_of_streams_is_allowed_on_everything(
    resources: dict[str, Any],
) -> None:
    statements = [
        statement
        for resource in resources.values()
        if resource["Type"] == "AWS::IAM::Policy"
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
        if statement["Resource"] == "*"
    ]

    given = [one["Action"] for one in statements]
    actions = {action for one in given for action in ([one] if isinstance(one, str) else one)}
    assert actions == XRAY | {"dynamodb:ListStreams"}


def test_only_our_instance_may_call_the_desks_function(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Lambda::Permission",
        {
            "Principal": "connect.amazonaws.com",
            "SourceArn": {"Ref": Match.string_like_regexp("instancearn")},
            "SourceAccount": {"Ref": "AWS::AccountId"},
        },
    )


@pytest.mark.requirement("ITS-16", "S")
def test_what_has_a_name_is_called_poc(resources: dict[str, Any]) -> None:
    wrong = [
        (logical_id, value)
        for logical_id, resource in resources.items()
        for name, value in resource.get("Properties", {}).items()
        if NAMES.match(name)
        and isinstance(value, str)
        and resource["Type"] not in WITHOUT_OUR_NAME
        and not resource["Type"].endswith("::Policy")
        and not value.startswith("poc-")
    ]

    assert not wrong


@pytest.mark.requirement("ITS-17", "S")
def test_everything_that_takes_tags_is_tagged_as_the_desks(resources: dict[str, Any]) -> None:
    tagged = [r["Properties"]["Tags"] for r in resources.values() if "Tags" in r["Properties"]]

    assert len(tagged) > 20
    assert all(_environment(tags) == "PoC" for tags in tagged)


def _environment(tags: Any) -> str:
    if isinstance(tags, dict):
        return str(tags["Environment"])
    return str(next(tag["Value"] for tag in tags if tag["Key"] == "Environment"))


@pytest.mark.requirement("VOI-09", "S")
def test_another_region_is_refused_unless_it_is_allowed() -> None:
    elsewhere = {"aws:cdk:bundling-stacks": [], "region": "eu-central-1"}

    with pytest.raises(RegionRefusedError, match="us-east-1"):
        build(cdk.App(context=elsewhere), environment("dev"))
    allowed = {**elsewhere, "switchboard:allow-other-region": "true"}
    assert build(cdk.App(context=allowed), environment("dev")).region == "eu-central-1"


@pytest.mark.requirement("VOI-09", "S")
def test_the_desk_is_in_us_east_1(template: Template) -> None:
    stack = build(cdk.App(context={"aws:cdk:bundling-stacks": []}), environment("dev"))

    assert stack.region == "us-east-1"
    assert "us-west" not in json.dumps(template.to_json())


@pytest.mark.parametrize("name", ["table/name", "flow/arn", "agent/arn"])
def test_what_others_look_up_is_offered(template: Template, name: str) -> None:
    template.has_resource_properties(
        "AWS::SSM::Parameter", {"Name": f"/switchboard/dev/voice/{name}"}
    )


def test_the_platform_is_known_by_its_parameters_only(template: Template) -> None:
    parameters = template.to_json()["Parameters"].values()

    read = {p["Default"] for p in parameters if p["Type"].startswith("AWS::SSM")}
    assert read == {
        "/cdk-bootstrap/hnb659fds/version",
        *(
            f"/switchboard/dev/platform/{name}"
            for name in (
                "alarms/topic-arn",
                "bus/arn",
                "connect/assistant-arn",
                "connect/assistant-id",
                "connect/hours-arn",
                "connect/instance-arn",
                "connect/instance-id",
                "connect/phone-number-arn",
                "connect/queue-arn",
                "desk/gateway-id",
            )
        ),
    }


def test_two_environments_fit_into_one_account() -> None:
    stack = build(cdk.App(context={"aws:cdk:bundling-stacks": []}), environment("workshop"))

    Template.from_stack(stack).has_resource_properties(
        "AWS::DynamoDB::Table", {"TableName": "poc-voice-calls-workshop"}
    )
