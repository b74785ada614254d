"""The stack is what seed 000 describes (F21), and grants exactly what the code needs."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template
from itsm_mock_door import KEYED, SIGNED
from itsm_mock_stack import WORKER_TIME_LIMIT
from pydantic import BaseModel

from switchboard.events.catalogue import consumed_by
from switchboard.itsm_mock.adapters import openapi
from switchboard.itsm_mock.adapters.patience import WAITS
from switchboard.itsm_mock.settings import Settings, WorkerSettings
from switchboard.itsm_mock.wiring import NO_SECOND_LAYER

BY_THE_BLOCKS = {"POWERTOOLS_SERVICE_NAME", "LOG_LEVEL"}
API, WORKER = (f"switchboard.itsm_mock.handler.{name}" for name in ("api", "worker"))
NAMED = {
    "AWS::ApiGateway::ApiKey": "Name",
    "AWS::ApiGateway::RestApi": "Name",
    "AWS::ApiGateway::UsagePlan": "UsagePlanName",
    "AWS::BedrockAgentCore::ApiKeyCredentialProvider": "Name",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
}
"""Types of resources whose names people see, with the property that holds it."""


@pytest.mark.requirement("ITS-07", "S")
def test_the_table_is_that_of_the_seed(template: Template) -> None:
    template.has_resource_properties(
        "AWS::DynamoDB::Table",
        {
            "TableName": "poc-itsm-tickets",
            "KeySchema": [{"AttributeName": "ticket_id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "CallerIdIndex",
                    "KeySchema": [
                        {"AttributeName": "caller_id", "KeyType": "HASH"},
                        {"AttributeName": "created_at", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        },
    )


@pytest.mark.requirement("ITS-08", "S")
def test_the_function_is_that_of_the_seed_behind_a_proxy_integration(
    template: Template, stack: Any
) -> None:
    template.has_resource_properties(
        "AWS::Lambda::Function",
        {
            "FunctionName": "poc-itsm-api-handler",
            "Handler": API,
            "Runtime": "python3.12",
            "Timeout": 10,
            "MemorySize": 256,
            "Environment": {
                "Variables": Match.object_like(
                    {"TABLE_NAME": {"Ref": Match.any_value()}, "REGION": "us-east-1"}
                )
            },
        },
    )
    methods = stack.of_type("AWS::ApiGateway::Method").values()
    assert {item["Integration"]["Type"] for item in methods} == {"AWS_PROXY"}


@pytest.mark.parametrize(("handler", "settings"), [(API, Settings), (WORKER, WorkerSettings)])
def test_the_environment_of_each_function_is_what_its_settings_name(
    stack: Any, handler: str, settings: type[BaseModel]
) -> None:
    given = set(stack.function(handler)["Environment"]["Variables"])

    assert given - BY_THE_BLOCKS == set(settings.model_fields)


@pytest.mark.requirement("ITS-13", "S")
def test_the_functions_role_may_use_its_tables_and_its_logs_without_a_wildcard(
    stack: Any,
) -> None:
    role = stack.role_of(API)
    assert stack.of_type("AWS::IAM::Role")[role]["RoleName"] == "poc-itsm-lambda-role"
    (policy,) = stack.policies(role)

    assert policy["PolicyName"] == "poc-itsm-lambda-policy"
    granted = policy["PolicyDocument"]["Statement"]
    assert "*" not in json.dumps(granted)
    assert stack.actions(role) == {
        *("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"),
        *("logs:CreateLogStream", "logs:PutLogEvents"),
    }
    on = [statement["Resource"] for statement in granted]
    tables = set(stack.of_type("AWS::DynamoDB::Table"))
    assert {item["Fn::GetAtt"][0] for item in on if "Fn::GetAtt" in item} - tables == {
        stack.function(API)["LoggingConfig"]["LogGroup"]["Ref"]
    }
    (index,) = [item for item in on if "Fn::Join" in item]
    assert index["Fn::Join"][1][1] == "/index/CallerIdIndex"


@pytest.mark.requirement("SEC-03", "S")
def test_the_queues_function_has_a_role_of_its_own_with_what_it_uses(
    stack: Any,
) -> None:
    role = stack.role_of(WORKER)
    granted = stack.actions(role)

    assert role != stack.role_of(API)
    assert {item for item in granted if not item.startswith(("sqs:", "logs:", "xray:"))} == {
        *("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem")
    }


def test_a_call_to_the_tables_may_fail_three_times_within_the_functions_time(
    stack: Any,
) -> None:
    one = NO_SECOND_LAYER.connect_timeout + NO_SECOND_LAYER.read_timeout

    assert 4 * one + sum(WAITS) < stack.function(API)["Timeout"]


@pytest.mark.requirement("ITS-06", "S")
def test_the_usage_plan_is_that_of_the_seed(template: Template, stack: Any) -> None:
    template.has_resource_properties(
        "AWS::ApiGateway::UsagePlan",
        {
            "UsagePlanName": "poc-itsm-usage-plan",
            "Throttle": {"BurstLimit": 100, "RateLimit": 50},
            "Quota": {"Limit": 10_000, "Period": "MONTH"},
            "ApiStages": [Match.object_like({"Stage": {"Ref": Match.any_value()}})],
        },
    )
    (link,) = stack.of_type("AWS::ApiGateway::UsagePlanKey").values()
    assert link["KeyId"]["Ref"] in stack.of_type("AWS::ApiGateway::ApiKey")


def test_four_operations_need_the_key_and_the_others_a_signature(
    template: Template, stack: Any
) -> None:
    template.has_resource_properties("AWS::ApiGateway::RestApi", {"Name": "poc-itsm-api"})
    template.has_resource_properties("AWS::ApiGateway::Stage", {"StageName": "poc"})
    methods = stack.of_type("AWS::ApiGateway::Method").values()

    kinds = [(item["AuthorizationType"], item["ApiKeyRequired"]) for item in methods]
    assert sorted(kinds) == [("AWS_IAM", False)] * len(SIGNED) + [("NONE", True)] * len(KEYED)


@pytest.mark.requirement("ITS-12", "C")
def test_the_routes_are_those_that_openapi_describes() -> None:
    assert {(method.lower(), f"/{path}") for method, path in KEYED + SIGNED} == {
        (method, path) for path, methods in openapi.spec()["paths"].items() for method in methods
    }


def test_what_api_gateway_refuses_by_itself_is_answered_as_in_the_seed(
    template: Template,
) -> None:
    template.resource_count_is("AWS::ApiGateway::GatewayResponse", 0)


@pytest.mark.requirement("ITS-14", "S")
def test_the_key_is_generated_in_a_secret_and_stands_in_no_template(
    template: Template, stack: Any
) -> None:
    template.has_resource_properties(
        "AWS::SecretsManager::Secret",
        {
            "Name": "poc-itsm-api-key",
            "GenerateSecretString": Match.object_like({"GenerateStringKey": "api_key"}),
        },
    )
    (secret,) = stack.of_type("AWS::SecretsManager::Secret")
    (key,) = stack.of_type("AWS::ApiGateway::ApiKey").values()
    assert key["Value"]["Fn::Join"][1] == [
        "{{resolve:secretsmanager:",
        {"Ref": secret},
        ":SecretString:api_key::}}",
    ]


@pytest.mark.requirement("ITS-12", "S")
def test_the_openapi_file_lies_whole_in_a_bucket_closed_to_the_public(
    template: Template, stack: Any
) -> None:
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "BucketName": {
                "Fn::Join": ["", ["poc-itsm-openapi-specs-", {"Ref": "AWS::AccountId"}]]
            },
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
        },
    )
    (call,) = stack.of_type("Custom::ApiCall").values()
    put = call["Create"]
    assert (call["Service"], put["Operation"]) == ("s3", "put_object")
    assert put["Parameters"]["Key"] == "mock-itsm-api-openapi.yaml"
    assert put["Parameters"]["Body"] == openapi.text()
    template.has_resource_properties(
        "AWS::SSM::Parameter",
        {
            "Name": "/switchboard/dev/itsm-mock/openapi/sha256",
            "Value": openapi.sha256(openapi.text()),
        },
    )


@pytest.mark.requirement("ITS-16", "S")
@pytest.mark.parametrize(("name", "ending"), [("dev", ""), ("workshop", "-workshop")])
def test_every_resource_with_a_name_is_called_poc_and_other_environments_say_so(
    stack: Any, workshop: Any, name: str, ending: str
) -> None:
    chosen = stack if name == "dev" else workshop
    names = [
        json.dumps(properties.get(attribute))
        for kind, attribute in NAMED.items()
        for properties in chosen.of_type(kind).values()
    ]

    assert len(names) >= 20
    wrong = [item for item in names if "poc-itsm" not in item or f'{ending}"' not in item]
    assert wrong == []


@pytest.mark.requirement("ITS-16", "D")
def test_no_client_of_a_production_itsm_is_in_the_code() -> None:
    service = Path(__file__).parents[2]
    project = tomllib.loads((service / "pyproject.toml").read_text())["project"]
    text = " ".join(path.read_text().lower() for path in (service / "src").rglob("*.py"))
    real = ("servicenow", "service-now", "pysnow", "jira", "zammad", "itop", "glpi", "zendesk")

    assert not [name for name in real if name in text]
    assert not [
        item for item in project["dependencies"] if item.startswith(("httpx", "requests", *real))
    ]


@pytest.mark.requirement("ITS-17", "S")
def test_everything_of_the_desk_carries_the_tag_of_the_poc(stack: Any) -> None:
    tags = [
        {tag["Key"]: tag["Value"] for tag in item["Properties"]["Tags"]}
        for item in stack.document["Resources"].values()
        if isinstance(item.get("Properties", {}).get("Tags"), list)
    ]

    assert len(tags) >= 15
    assert {item["Environment"] for item in tags} == {"PoC"}
    assert all({"Project", "Owner", "CostCenter"} <= set(item) for item in tags)


@pytest.mark.requirement("ING-12", "S")
@pytest.mark.requirement("ERR-08", "S")
def test_a_queue_with_a_dlq_is_the_target_of_the_rule_for_our_events(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": [{"prefix": "switchboard."}],
                "detail-type": consumed_by("itsm-mock"),
            }
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
        "AWS::Lambda::EventSourceMapping",
        {"BatchSize": 1, "FunctionResponseTypes": ["ReportBatchItemFailures"]},
    )


@pytest.mark.requirement("OBS-14", "S")
def test_error_rates_above_ten_percent_in_five_minutes_alarm_the_team(
    stack: Any,
) -> None:
    alarms = stack.of_type("AWS::CloudWatch::Alarm").values()

    rates = [item for item in alarms if item["Threshold"] == 10]
    # the API, and the work with messages; dev spares the alarm of each function
    assert len(rates) == 2
    assert all(len(item["AlarmActions"]) == 1 for item in alarms)


def test_values_are_published_for_others(template: Template) -> None:
    for name in ("api/url", "api/key-secret-arn", "openapi/bucket", "table/name"):
        template.has_resource_properties(
            "AWS::SSM::Parameter", {"Name": f"/switchboard/dev/itsm-mock/{name}"}
        )


@pytest.mark.requirement("CARD-09", "S")
@pytest.mark.requirement("CARD-07", "S")
def test_the_template_knows_of_others_by_parameter_names_only(stack: Any) -> None:
    assert {
        parameter["Default"]
        for parameter in stack.document["Parameters"].values()
        if str(parameter["Default"]).startswith("/switchboard/")
    } == {
        f"/switchboard/dev/platform/{name}"
        for name in ("bus/arn", "alarms/topic-arn", "desk/gateway-id", "desk/gateway-role-name")
    }
    assert "Fn::ImportValue" not in json.dumps(stack.document)
    kinds = {item["Type"] for item in stack.document["Resources"].values()}
    assert not kinds & {
        "AWS::Events::EventBus",
        "AWS::BedrockAgentCore::Gateway",
        "AWS::Connect::Instance",
    }
