"""What ingress deploys, read from its synthesized template."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template
from ingress_stack import build
from pydantic import BaseModel

from switchboard.constructs.environments import environment
from switchboard.events.catalogue import consumed_by
from switchboard.ingress.domain.make_story import LEASE
from switchboard.ingress.domain.visit_page import LEASE as PAGE_LEASE
from switchboard.ingress.settings import (
    DoorSettings,
    OutcomesSettings,
    SyncDoorSettings,
    SyncWorkerSettings,
    WorkerSettings,
)

OPENAPI = json.loads((Path(__file__).parents[2] / "openapi.json").read_text())
BY_THE_BLOCKS = {"POWERTOOLS_SERVICE_NAME", "LOG_LEVEL"}
TRACING = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]


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


def statements(resources: dict[str, Any], handler: str) -> list[dict[str, Any]]:
    """What the function's role may do, beyond its own log and traces."""
    role = function(resources, handler)["Role"]["Fn::GetAtt"][0]
    return [
        statement
        for policy in of_type(resources, "AWS::IAM::Policy").values()
        if {"Ref": role} in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
        if not {"logs:PutLogEvents", *TRACING} & set(actions(statement))
    ]


def actions(statement: dict[str, Any]) -> list[str]:
    given = statement["Action"]
    return [given] if isinstance(given, str) else list(given)


def routes(resources: dict[str, Any]) -> dict[tuple[str, str], str]:
    """(path, method) -> authorization type."""
    parts = of_type(resources, "AWS::ApiGateway::Resource")

    def path(name: str) -> str:
        parent = parts[name]["ParentId"]
        above = path(parent["Ref"]) if "Ref" in parent else ""
        return f"{above}/{parts[name]['PathPart']}"

    return {
        (path(item["ResourceId"]["Ref"]), item["HttpMethod"]): item["AuthorizationType"]
        for item in of_type(resources, "AWS::ApiGateway::Method").values()
    }


@pytest.mark.requirement("ING-01", "S")
def test_the_webhook_is_open_to_notion_and_the_outcomes_are_not(resources: dict[str, Any]) -> None:
    assert routes(resources) == {
        ("/webhook/notion", "POST"): "NONE",
        ("/pages/{page_id}/outcomes", "GET"): "AWS_IAM",
        ("/sync/page", "POST"): "AWS_IAM",
        ("/sync/database", "POST"): "AWS_IAM",
        ("/sync/status/{job_id}", "GET"): "AWS_IAM",
    }


def test_the_openapi_file_has_the_same_doors(resources: dict[str, Any]) -> None:
    documented = {
        (path, method.upper()): "AWS_IAM" if operation["security"] else "NONE"
        for path, operations in OPENAPI["paths"].items()
        for method, operation in operations.items()
    }

    assert documented == routes(resources)


@pytest.mark.requirement("ING-01", "S")
def test_the_api_speaks_tls_1_2_or_newer_is_throttled_and_logs_access(template: Template) -> None:
    template.has_resource_properties(
        "AWS::ApiGateway::RestApi",
        {
            "SecurityPolicy": "SecurityPolicy_TLS13_1_2_PQ_2025_09",
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
        },
    )
    template.has_resource_properties(
        "AWS::ApiGateway::Stage",
        {
            "StageName": "dev",
            "AccessLogSetting": Match.any_value(),
            "MethodSettings": [
                Match.object_like({"ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100})
            ],
        },
    )


@pytest.mark.requirement("ING-20", "C")
@pytest.mark.requirement("ERR-01", "C")
def test_what_api_gateway_answers_by_itself_has_the_common_error_format(
    resources: dict[str, Any],
) -> None:
    answers = of_type(resources, "AWS::ApiGateway::GatewayResponse").values()

    assert {item["ResponseType"] for item in answers} == {"DEFAULT_4XX", "DEFAULT_5XX"}
    for item in answers:
        text = item["ResponseTemplates"]["application/json"]
        error = json.loads(text.replace("$context.error.messageString", '"Forbidden"'))["error"]
        assert set(error) == {"code", "message", "invocation_id", "remediation"}
        assert error["message"] == "Forbidden"


@pytest.mark.parametrize(
    ("handler", "settings"),
    [
        ("switchboard.ingress.handler.webhook", DoorSettings),
        ("switchboard.ingress.handler.worker", WorkerSettings),
        ("switchboard.ingress.handler.outcomes", OutcomesSettings),
        ("switchboard.ingress.handler.sync", SyncDoorSettings),
        ("switchboard.ingress.handler.sync_worker", SyncWorkerSettings),
    ],
)
def test_each_function_is_given_exactly_the_environment_it_reads(
    resources: dict[str, Any], handler: str, settings: type[BaseModel]
) -> None:
    given = set(function(resources, handler)["Environment"]["Variables"])

    assert given - BY_THE_BLOCKS == set(settings.model_fields)


def test_the_rule_delivers_what_the_catalogue_says_ingress_consumes(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Events::Rule",
        {"EventPattern": Match.object_like({"detail-type": consumed_by("ingress")})},
    )
    assert consumed_by("ingress") == ["ContentChanged.v1", "TicketCreated.v1"]


def test_a_lease_on_a_ticket_outlives_the_worker_that_holds_it(resources: dict[str, Any]) -> None:
    worker = function(resources, "switchboard.ingress.handler.worker")

    assert timedelta(seconds=worker["Timeout"]) < LEASE


def test_the_door_may_write_one_table_and_one_secret_and_nothing_else(
    resources: dict[str, Any],
) -> None:
    allowed = {
        action: len(statement["Resource"]) if isinstance(statement["Resource"], list) else 1
        for statement in statements(resources, "switchboard.ingress.handler.webhook")
        for action in actions(statement)
    }

    assert allowed == {
        "dynamodb:PutItem": 1,
        "secretsmanager:GetSecretValue": 1,
        "secretsmanager:PutSecretValue": 1,
    }


def test_the_worker_may_do_what_it_does_and_only_there(resources: dict[str, Any]) -> None:
    granted = statements(resources, "switchboard.ingress.handler.worker")

    assert sorted(action for item in granted for action in actions(item)) == [
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
        "sqs:SendMessage",
        "sqs:SendMessage",
    ]
    (bucket,) = [item["Resource"] for item in granted if actions(item) == ["s3:PutObject"]]
    assert bucket["Fn::Join"][1][-1] == "/snapshots/*"


def test_the_outcomes_may_only_be_queried(resources: dict[str, Any]) -> None:
    granted = statements(resources, "switchboard.ingress.handler.outcomes")

    assert [actions(item) for item in granted] == [["dynamodb:Query"]]


def test_nothing_but_tracing_is_allowed_everywhere(resources: dict[str, Any]) -> None:
    for policy in of_type(resources, "AWS::IAM::Policy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            assert not any(action.endswith("*") for action in actions(statement))
            if statement["Resource"] == "*":
                # X-Ray and ListStreams take no resource.
                assert set(actions(statement)) <= {*TRACING, "dynamodb:ListStreams"}


def test_the_webhook_secret_holds_no_value_and_generates_only_the_shared_one(
    resources: dict[str, Any],
) -> None:
    (secret,) = of_type(resources, "AWS::SecretsManager::Secret").values()

    assert "SecretString" not in secret
    generated = secret["GenerateSecretString"]
    assert generated["GenerateStringKey"] == "automation_secret"
    assert json.loads(generated["SecretStringTemplate"]) == {
        "verification_token": None,
        "armed_until": None,
    }


@pytest.mark.requirement("OBS-14", "S")
def test_every_alarm_tells_the_team(resources: dict[str, Any]) -> None:
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")
    rates = [alarm for alarm in alarms.values() if alarm["Threshold"] == 10]

    # the API, and the work with messages; dev spares the alarm of each function
    assert len(rates) == 2
    assert all(len(alarm["AlarmActions"]) == 1 for alarm in alarms.values())


def test_others_find_ingress_by_three_parameters(resources: dict[str, Any]) -> None:
    names = {item["Name"] for item in of_type(resources, "AWS::SSM::Parameter").values()}

    assert names == {
        "/switchboard/dev/ingress/api/url",
        "/switchboard/dev/ingress/webhook/secret-arn",
        "/switchboard/dev/ingress/table/name",
    }


def test_the_doors_of_syncs_may_write_jobs_and_send_work_and_nothing_else(
    resources: dict[str, Any],
) -> None:
    granted = statements(resources, "switchboard.ingress.handler.sync")

    assert sorted({action for item in granted for action in actions(item)}) == [
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "sqs:SendMessage",
    ]


def test_the_sync_worker_may_ingest_into_this_environment_s_knowledge_base_only(
    resources: dict[str, Any],
) -> None:
    granted = statements(resources, "switchboard.ingress.handler.sync_worker")

    (bedrock,) = [item for item in granted if actions(item)[0].startswith("bedrock:")]
    assert actions(bedrock) == [
        "bedrock:StartIngestionJob",
        "bedrock:IngestKnowledgeBaseDocuments",
        "bedrock:GetKnowledgeBaseDocuments",
        "bedrock:DeleteKnowledgeBaseDocuments",
    ]
    parameter = bedrock["Resource"]["Fn::Join"][1][-1]["Ref"]
    assert bedrock["Resource"]["Fn::Join"][1][-2].endswith(":knowledge-base/")
    assert parameter.startswith("SsmParameterValueswitchboarddevplatformknowledgebaseid")
    # Nothing of stories, prototypes or the bus: a sync reads Notion and writes knowledge.
    services = {action.partition(":")[0] for item in granted for action in actions(item)}
    assert services == {"bedrock", "dynamodb", "secretsmanager", "sqs"}


def test_a_lease_on_a_page_outlives_the_worker_that_holds_it(resources: dict[str, Any]) -> None:
    worker = function(resources, "switchboard.ingress.handler.sync_worker")

    assert timedelta(seconds=worker["Timeout"]) < PAGE_LEASE


def test_pages_are_synced_one_message_at_a_time_by_two_workers_at_most(
    template: Template,
) -> None:
    template.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {
            "BatchSize": 1,
            "ScalingConfig": {"MaximumConcurrency": 2},
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        },
    )


@pytest.mark.parametrize(("name", "state"), [("dev", "DISABLED"), ("prod", "ENABLED")])
def test_the_schedule_is_off_in_dev_and_names_its_moment(name: str, state: str) -> None:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    built = Template.from_stack(build(app, environment(name)))

    built.has_resource_properties(
        "AWS::Events::Rule",
        {
            "ScheduleExpression": "rate(6 hours)",
            "State": state,
            "Targets": [
                Match.object_like(
                    {
                        "InputTransformer": {
                            "InputPathsMap": {"time": "$.time"},
                            "InputTemplate": '{"scheduled":<time>}',
                        }
                    }
                )
            ],
        },
    )


def test_the_projects_data_source_is_a_parameter_that_may_stay_unset(template: Template) -> None:
    template.has_parameter("ProjectsDataSourceId", {"Type": "String", "Default": "unset"})


def test_production_keeps_its_secret() -> None:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    production = Template.from_stack(build(app, environment("prod")))

    production.has_resource("AWS::SecretsManager::Secret", {"DeletionPolicy": "Retain"})
    production.has_resource_properties("AWS::ApiGateway::Stage", {"StageName": "prod"})
