"""What the orchestrator deploys, read from its synthesized template."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template
from orchestrator_stack import ROUTES, WORKER_TIME_LIMIT, build
from pydantic import BaseModel

from switchboard.constructs.environments import environment
from switchboard.events.catalogue import consumed_by
from switchboard.orchestrator.settings import Settings, WorkerSettings

OPENAPI = json.loads((Path(__file__).parents[2] / "openapi.json").read_text())
BY_THE_BLOCKS = {"POWERTOOLS_SERVICE_NAME", "LOG_LEVEL"}
WORKER, SWEEP, DOOR = (
    f"switchboard.orchestrator.handler.{name}" for name in ("worker", "reconcile", "api")
)
START = {
    "bedrock-agentcore:InvokeAgentRuntime",
    "bedrock-agentcore:InvokeAgentRuntimeForUser",
    "bedrock-agentcore:StopRuntimeSession",
}
KEY = {"secretsmanager:GetSecretValue"}
TIMERS = {"scheduler:CreateSchedule", "iam:PassRole"}
TABLE = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
QUEUE = {
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
}
ALLOWED = {
    WORKER: TABLE
    | TIMERS
    | KEY
    | START
    | QUEUE
    | {"s3:GetObject", "ssm:GetParameter", "dynamodb:Query"},
    SWEEP: TABLE | TIMERS | KEY | START | {"s3:GetObject", "ssm:GetParameter", "dynamodb:Query"},
    DOOR: TABLE
    | TIMERS
    | KEY
    | {"bedrock-agentcore:InvokeAgentRuntime", "ssm:GetParameter", "dynamodb:Query"},
}
TRACING = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}


@pytest.fixture(scope="module")
def template() -> Template:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    return Template.from_stack(build(app, environment("dev")))


@pytest.fixture(scope="module")
def resources(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = template.to_json()["Resources"]
    return found


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: item["Properties"] for name, item in resources.items() if item["Type"] == kind}


def function(resources: dict[str, Any], handler: str) -> dict[str, Any]:
    (found,) = [
        item
        for item in of_type(resources, "AWS::Lambda::Function").values()
        if item["Handler"] == handler
    ]
    properties: dict[str, Any] = found
    return properties


def statements(resources: dict[str, Any], role: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in of_type(resources, "AWS::IAM::Policy").values()
        if {"Ref": role} in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def actions(statement: dict[str, Any]) -> set[str]:
    action = statement["Action"]
    return {action} if isinstance(action, str) else set(action)


@pytest.mark.parametrize(
    ("handler", "settings"), [(WORKER, WorkerSettings), (SWEEP, Settings), (DOOR, Settings)]
)
def test_the_environment_of_each_function_is_what_its_settings_name(
    resources: dict[str, Any], handler: str, settings: type[BaseModel]
) -> None:
    given = set(function(resources, handler)["Environment"]["Variables"])

    assert given - BY_THE_BLOCKS == set(settings.model_fields)


@pytest.mark.requirement("SEC-03", "S")
@pytest.mark.parametrize("handler", [WORKER, SWEEP, DOOR])
def test_each_function_has_its_own_role_with_exactly_what_it_uses(
    resources: dict[str, Any], handler: str
) -> None:
    role = function(resources, handler)["Role"]["Fn::GetAtt"][0]
    granted = [
        statement
        for statement in statements(resources, role)
        if not (TRACING | LOGGING) & actions(statement)
    ]

    assert set().union(*(actions(statement) for statement in granted)) == ALLOWED[handler]
    assert all(statement["Resource"] != "*" for statement in granted)
    others = [function(resources, other)["Role"] for other in ALLOWED if other != handler]
    assert function(resources, handler)["Role"] not in others


def test_agents_are_reached_by_our_runtime_names_only(resources: dict[str, Any]) -> None:
    found = [
        json.dumps(statement["Resource"])
        for policy in of_type(resources, "AWS::IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if any(action.startswith("bedrock-agentcore:") for action in actions(statement))
    ]

    assert len(found) == 3
    assert all(":runtime/switchboard_*" in resource for resource in found)


def test_a_timer_may_only_send_to_our_queue_and_only_our_group_may_use_its_role(
    template: Template, resources: dict[str, Any]
) -> None:
    (role,) = [
        name
        for name, item in of_type(resources, "AWS::IAM::Role").items()
        if "scheduler.amazonaws.com" in json.dumps(item["AssumeRolePolicyDocument"])
    ]

    (statement,) = statements(resources, role)
    assert actions(statement) == {"sqs:SendMessage"}
    assert "Inbox" in json.dumps(statement["Resource"])
    trust = of_type(resources, "AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]
    conditions = trust["Statement"][0]["Condition"]["StringEquals"]
    assert set(conditions) == {"aws:SourceAccount", "aws:SourceArn"}
    template.resource_count_is("AWS::Scheduler::ScheduleGroup", 1)


@pytest.mark.requirement("ING-12", "S")
@pytest.mark.requirement("ERR-08", "S")
def test_a_queue_with_dlq_and_alarm_is_the_target_of_the_rule_for_our_events(
    template: Template,
) -> None:
    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": [{"prefix": "switchboard."}],
                "detail-type": consumed_by("orchestrator"),
            },
            "Targets": [Match.object_like({"Arn": {"Fn::GetAtt": Match.any_value()}})],
        },
    )
    template.has_resource_properties(
        "AWS::SQS::Queue",
        {
            "VisibilityTimeout": WORKER_TIME_LIMIT.to_seconds() * 6,
            "RedrivePolicy": Match.object_like({"maxReceiveCount": 5}),
        },
    )
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {"MetricName": "ApproximateNumberOfMessagesVisible", "Threshold": 0},
    )


def test_messages_are_handled_one_at_a_time_and_retried_alone(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {"BatchSize": 1, "FunctionResponseTypes": ["ReportBatchItemFailures"]},
    )


def test_the_sweep_runs_every_five_minutes(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Events::Rule", {"ScheduleExpression": "rate(5 minutes)", "State": "ENABLED"}
    )


def test_the_table_has_the_two_indexes_and_open_records_only_in_one(template: Template) -> None:
    template.has_resource_properties(
        "AWS::DynamoDB::Table",
        {
            "GlobalSecondaryIndexes": [
                Match.object_like(
                    {
                        "IndexName": "by_project",
                        "Projection": {
                            "ProjectionType": "INCLUDE",
                            "NonKeyAttributes": ["listed"],
                        },
                    }
                ),
                Match.object_like(
                    {"IndexName": "by_due", "Projection": {"ProjectionType": "KEYS_ONLY"}}
                ),
            ]
        },
    )


def test_every_operation_of_the_api_is_signed_by_iam(template: Template) -> None:
    methods = of_type(template.to_json()["Resources"], "AWS::ApiGateway::Method")

    assert len(methods) == len(ROUTES)
    assert {item["AuthorizationType"] for item in methods.values()} == {"AWS_IAM"}
    template.has_resource_properties("AWS::ApiGateway::Stage", {"StageName": "dev"})


@pytest.mark.requirement("ING-20", "C")
def test_what_api_gateway_answers_by_itself_has_the_common_error_format(
    resources: dict[str, Any],
) -> None:
    answers = of_type(resources, "AWS::ApiGateway::GatewayResponse").values()

    assert {item["ResponseType"] for item in answers} == {"DEFAULT_4XX", "DEFAULT_5XX"}
    for item in answers:
        text = item["ResponseTemplates"]["application/json"]
        body = json.loads(text.replace("$context.error.messageString", '"Forbidden"'))
        assert set(body["error"]) == {"code", "message", "invocation_id", "remediation"}


def test_the_routes_are_those_that_openapi_describes() -> None:
    assert {(method.lower(), f"/{path}") for method, path in ROUTES} == {
        (method, path) for path, methods in OPENAPI["paths"].items() for method in methods
    }


@pytest.mark.requirement("OBS-14", "S")
def test_error_rates_above_ten_percent_in_five_minutes_alarm_the_team(
    resources: dict[str, Any],
) -> None:
    alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    rates = [item for item in alarms if item["Threshold"] == 10]

    # the API, and the work with messages; dev spares the alarm of each function
    assert len(rates) == 2
    assert all(len(item["AlarmActions"]) == 1 for item in alarms)


def test_values_are_published_for_others(template: Template) -> None:
    for name in ("api/url", "table/name"):
        template.has_resource_properties(
            "AWS::SSM::Parameter", {"Name": f"/switchboard/dev/orchestrator/{name}"}
        )


@pytest.mark.requirement("CARD-09", "S")
def test_the_template_knows_of_others_by_parameter_names_only(template: Template) -> None:
    document = template.to_json()

    assert {
        parameter["Default"]
        for parameter in document["Parameters"].values()
        if str(parameter["Default"]).startswith("/switchboard/")
    } == {
        f"/switchboard/dev/platform/{name}"
        for name in ("bus/arn", "content/bucket", "alarms/topic-arn")
    }
    assert "Fn::ImportValue" not in json.dumps(document)
    kinds = {item["Type"] for item in document["Resources"].values()}
    assert not {kind for kind in kinds if kind.startswith("AWS::BedrockAgentCore")}
    assert "AWS::Events::EventBus" not in kinds
