"""The stack grants and subscribes exactly what the code needs."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template
from completion_stack import TIME_LIMIT, build

from switchboard.completion.settings import Settings
from switchboard.completion.wiring import LEASE
from switchboard.constructs.environments import environment
from switchboard.events.catalogue import consumed_by

GIVEN_BY_THE_CONSTRUCT = {"POWERTOOLS_SERVICE_NAME", "LOG_LEVEL"}


@pytest.fixture(scope="module")
def template() -> Template:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    return Template.from_stack(build(app, environment("dev")))


def worker(template: Template) -> dict[str, Any]:
    found = template.find_resources(
        "AWS::Lambda::Function",
        {"Properties": {"Handler": "switchboard.completion.handler.worker"}},
    )
    (function,) = found.values()
    properties: dict[str, Any] = function["Properties"]
    return properties


def worker_statements(template: Template) -> list[dict[str, Any]]:
    policies = template.find_resources("AWS::IAM::Policy")
    (policy,) = [body for name, body in policies.items() if name.startswith("WorkerRole")]
    statements: list[dict[str, Any]] = policy["Properties"]["PolicyDocument"]["Statement"]
    return statements


def actions(statement: dict[str, Any]) -> list[str]:
    given: str | list[str] = statement["Action"]
    return [given] if isinstance(given, str) else given


def test_the_functions_environment_is_what_the_settings_ask_for(template: Template) -> None:
    given = set(worker(template)["Environment"]["Variables"])

    assert given - GIVEN_BY_THE_CONSTRUCT == set(Settings.model_fields)


def test_the_queue_receives_exactly_what_the_catalogue_says(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Events::Rule",
        {"EventPattern": {"detail-type": consumed_by("completion"), "source": Match.any_value()}},
    )


def test_a_claim_outlives_the_function_that_holds_it(template: Template) -> None:
    assert worker(template)["Timeout"] == TIME_LIMIT.to_seconds()
    assert LEASE.total_seconds() > TIME_LIMIT.to_seconds()


def test_messages_come_one_at_a_time_and_fail_one_at_a_time(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {"BatchSize": 1, "FunctionResponseTypes": ["ReportBatchItemFailures"]},
    )


def test_the_worker_may_do_what_it_does_and_nothing_on_everything(template: Template) -> None:
    statements = worker_statements(template)

    granted = {action for statement in statements for action in actions(statement)}
    assert {action for action in granted if not action.startswith(("sqs:", "logs:"))} == {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
    everywhere = [one for one in statements if one["Resource"] == "*"]
    assert {action for one in everywhere for action in one["Action"]} == {
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }


def test_bodies_may_be_put_below_snapshots_only(template: Template) -> None:
    (statement,) = [one for one in worker_statements(template) if one["Action"] == "s3:PutObject"]

    assert json.dumps(statement["Resource"]).endswith('"/snapshots/*"]]}')


def test_the_table_is_offered_by_name(template: Template) -> None:
    template.has_resource_properties(
        "AWS::SSM::Parameter", {"Name": "/switchboard/dev/completion/table/name"}
    )
