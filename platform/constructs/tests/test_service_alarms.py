"""What every stack is alarmed about, in a small stack of its own."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from switchboard.constructs.bundling import lambda_code
from switchboard.constructs.environments import environment
from switchboard.constructs.event_queue import EventQueue
from switchboard.constructs.service_alarms import ServiceAlarms
from switchboard.constructs.service_api import ServiceApi
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack


def synthesized(*, queue: bool = True, stage: str = "prod") -> Template:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    stack = ServiceStack(app, service="sample", environment=environment(stage))
    code = lambda_code(stack, ["platform/runtime", "shared-events"])
    worker = ServiceFunction(
        stack, "Worker", service="sample", code=code, handler="a.b", environment={}
    )
    ServiceApi(stack, "Api").route("GET", "thing", worker)
    if queue:
        inbox = EventQueue(
            stack,
            "Inbox",
            bus=stack.platform_bus(),
            detail_types=["ContentChanged.v1"],
            function_timeout=cdk.Duration.seconds(30),
        )
        inbox.deliver_to(worker.function)
    ServiceAlarms(stack)
    return Template.from_stack(stack)


def alarms(template: Template) -> dict[str, dict[str, Any]]:
    found = template.find_resources("AWS::CloudWatch::Alarm")
    return {name: item["Properties"] for name, item in found.items()}


def named(found: dict[str, dict[str, Any]], part: str) -> dict[str, Any]:
    (alarm,) = [item for name, item in found.items() if part in name]
    return alarm


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Any]]:
    return alarms(synthesized())


@pytest.mark.requirement("OBS-14", "S")
def test_functions_apis_and_work_alarm_above_ten_percent_of_errors_in_five_minutes(
    found: dict[str, dict[str, Any]],
) -> None:
    for part in ("WorkerErrorRate", "ApiErrorRate", "WorkErrorRate"):
        alarm = named(found, part)
        assert alarm["Threshold"] == 10
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        assert alarm["EvaluationPeriods"] == 1
        assert alarm["TreatMissingData"] == "notBreaching"
        periods = {m["MetricStat"]["Period"] for m in alarm["Metrics"] if "MetricStat" in m}
        assert periods == {300}


def test_dev_alarms_on_work_and_apis_and_spares_the_alarms_of_each_function() -> None:
    found = alarms(synthesized(stage="dev"))

    assert named(found, "ApiErrorRate")
    assert named(found, "WorkErrorRate")
    assert not [name for name in found if "WorkerErrorRate" in name]


@pytest.mark.requirement("OBS-14", "S")
def test_work_that_failed_counts_though_its_function_did_not(
    found: dict[str, dict[str, Any]],
) -> None:
    metrics = named(found, "WorkErrorRate")["Metrics"]

    (stat,) = [item["MetricStat"] for item in metrics if "MetricStat" in item]
    assert stat["Stat"] == "Average"
    assert stat["Metric"] == {
        "Namespace": "Switchboard",
        "MetricName": "ComponentErrors",
        "Dimensions": [{"Name": "service", "Value": "sample"}],
    }


@pytest.mark.requirement("OBS-13", "S")
@pytest.mark.requirement("ERR-08", "S")
def test_any_message_in_the_dlq_rings_and_every_alarm_goes_to_the_topic_of_the_platform(
    found: dict[str, dict[str, Any]],
) -> None:
    depth = named(found, "DlqDepth")

    assert depth["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert depth["Threshold"] == 0
    assert len(found) == 4
    for alarm in found.values():
        (action,) = alarm["AlarmActions"]
        assert "platformalarmstopicarn" in action["Ref"]


def test_a_stack_without_messages_has_no_alarm_about_work() -> None:
    found = alarms(synthesized(queue=False))

    assert not [name for name in found if "WorkErrorRate" in name]
