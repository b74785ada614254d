"""The building blocks in a small stack of their own."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template

from switchboard.constructs.bundle import requirements
from switchboard.constructs.bundling import lambda_code, repository_root
from switchboard.constructs.environments import UnknownEnvironmentError, environment
from switchboard.constructs.event_queue import EventQueue
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.state_table import StateTable


@pytest.fixture(scope="module")
def template() -> Template:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    stack = ServiceStack(app, service="sample", environment=environment("dev"))
    bus = stack.platform_bus()
    code = lambda_code(stack, ["platform/runtime", "shared-events"])
    StateTable(stack, "State", service="sample", environment=environment("dev"), bus=bus, code=code)
    worker = ServiceFunction(
        stack, "Worker", service="sample", code=code, handler="a.b", environment={}
    )
    inbox = EventQueue(
        stack,
        "Inbox",
        bus=bus,
        detail_types=["ContentChanged.v1"],
        function_timeout=cdk.Duration.seconds(30),
    )
    inbox.deliver_to(worker.function)
    EventQueue(
        stack,
        "Contacts",
        bus=None,
        source="aws.connect",
        detail_types=["Amazon Connect Contact Event"],
        detail={"instanceArn": ["arn"]},
        function_timeout=cdk.Duration.seconds(30),
    )
    return Template.from_stack(stack)


def test_the_outbox_relay_reads_only_new_outbox_rows_and_buries_what_it_cannot_move(
    template: Template,
) -> None:
    template.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {
            "BisectBatchOnFunctionError": True,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "DestinationConfig": {"OnFailure": Match.any_value()},
            "FilterCriteria": {"Filters": [{"Pattern": Match.string_like_regexp("OUTBOX")}]},
        },
    )


@pytest.mark.requirement("ERR-08", "S")
def test_a_queue_gives_up_after_its_receives_into_a_dlq_with_an_alarm(template: Template) -> None:
    template.has_resource_properties(
        "AWS::SQS::Queue", {"VisibilityTimeout": 180, "RedrivePolicy": {"maxReceiveCount": 5}}
    )
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {"MetricName": "ApproximateNumberOfMessagesVisible", "Threshold": 0},
    )


def test_a_function_runs_python_312_on_arm64_with_its_own_role_and_logs(template: Template) -> None:
    template.all_resources_properties(
        "AWS::Lambda::Function", {"Runtime": "python3.12", "Architectures": ["arm64"]}
    )
    template.all_resources_properties("AWS::Logs::LogGroup", {"RetentionInDays": 30})


def test_every_taggable_resource_has_the_four_tags(template: Template) -> None:
    tables = template.find_resources("AWS::DynamoDB::Table").values()
    names = {tag["Key"] for table in tables for tag in table["Properties"]["Tags"]}

    assert names == {"Project", "Environment", "Owner", "CostCenter"}


def test_an_unknown_environment_is_refused_with_the_ones_that_exist() -> None:
    with pytest.raises(UnknownEnvironmentError, match="dev, workshop, prod"):
        environment("test")


def test_boto3_comes_from_lambda_itself_but_travels_to_the_host() -> None:
    member = repository_root(Path(__file__)) / "platform/runtime"

    assert not any(item.startswith("boto3") for item in requirements([member], host=False))
    assert any(item.startswith("boto3>") for item in requirements([member], host=True))


def test_events_of_an_aws_service_come_from_the_default_bus(template: Template) -> None:
    rules = [rule["Properties"] for rule in template.find_resources("AWS::Events::Rule").values()]

    (found,) = [rule for rule in rules if rule["EventPattern"]["source"] == ["aws.connect"]]
    assert "EventBusName" not in found
    assert found["EventPattern"]["detail"] == {"instanceArn": ["arn"]}
    assert found["EventPattern"]["detail-type"] == ["Amazon Connect Contact Event"]
    assert "DeadLetterConfig" in found["Targets"][0]
