"""Dashboards, alarms over all services, and the audit trail as they are deployed."""

import json
import re
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template


@pytest.fixture(scope="module")
def monitoring(synthesize: Any) -> Template:
    found: Template = synthesize(stack="monitoring")
    return found


@pytest.fixture(scope="module")
def alarms(monitoring: Template) -> dict[str, dict[str, Any]]:
    """By the beginning of the logical id."""
    found = monitoring.find_resources("AWS::CloudWatch::Alarm")
    return {re.sub(r"[0-9A-F]{8}$", "", name): item["Properties"] for name, item in found.items()}


def widgets(template: Template, name: str) -> dict[str, str]:
    """Title of each graph -> what it draws, as text."""
    for item in template.find_resources("AWS::CloudWatch::Dashboard").values():
        if item["Properties"]["DashboardName"] == f"switchboard-dev-{name}":
            body = item["Properties"]["DashboardBody"]
            text = body if isinstance(body, str) else "".join(map(_text, body["Fn::Join"][1]))
            graphs = [one["properties"] for one in json.loads(text)["widgets"]]
            return {one["title"]: json.dumps(one["metrics"]) for one in graphs if "title" in one}
    raise AssertionError(name)


def _text(part: Any) -> str:
    return part if isinstance(part, str) else "us-east-1"


def drawn(shown: dict[str, str], *metrics: str) -> bool:
    return all(any(f'\\"{metric}\\"' in text for text in shown.values()) for metric in metrics)


def expression(alarm: dict[str, Any]) -> str:
    (metric,) = alarm["Metrics"]
    assert metric["Period"] == 300
    return str(metric["Expression"])


@pytest.mark.requirement("OBS-10", "S")
def test_the_operations_dashboard_shows_throughput_errors_latency_and_dlq_depth(
    monitoring: Template,
) -> None:
    shown = widgets(monitoring, "operations")

    assert drawn(shown, "Invocations", "InvocationErrors", "InvocationDuration")
    assert drawn(shown, "ComponentErrors", "ToolErrors", "ToolLatency", "PrototypesDeployed")
    assert drawn(shown, "DlqDepth", "ApproximateNumberOfMessagesVisible")


@pytest.mark.requirement("OBS-11", "S")
@pytest.mark.requirement("BUD-06", "S")
def test_the_cost_dashboard_shows_cost_per_project_and_agent_type_and_budget_use(
    monitoring: Template,
) -> None:
    shown = widgets(monitoring, "cost")

    assert "project_id" in shown["Month to date by project"]
    assert "BudgetUse" in shown["Budget use by project, % (spent and reserved)"]
    assert "agent_type" in shown["Cost per day by agent type"]
    assert drawn(shown, "MonthCost", "InvocationCost", "InputTokens", "OutputTokens")


@pytest.mark.requirement("T044", "S")
def test_the_runtimes_requests_errors_and_latency_are_watched(
    monitoring: Template, alarms: dict[str, dict[str, Any]]
) -> None:
    shown = widgets(monitoring, "operations")

    for title, metric in (
        ("Requests", "Invocations"),
        ("Errors", "SystemErrors"),
        ("Latency, ms", "Latency"),
    ):
        assert "AWS/Bedrock-AgentCore" in shown[title]
        assert metric in shown[title]
    assert "RuntimeFailures" in alarms


@pytest.mark.requirement("S001-FR-022", "S")
def test_runtime_failures_and_the_error_rate_of_agents_and_tools_ring(
    alarms: dict[str, dict[str, Any]],
) -> None:
    failures = alarms["RuntimeFailures"]

    assert expression(failures) == 'SELECT SUM(SystemErrors) FROM "AWS/Bedrock-AgentCore"'
    assert failures["Threshold"] == 0
    for name, metric in (("AgentErrorRate", "InvocationErrors"), ("ToolErrorRate", "ToolErrors")):
        assert f"AVG({metric})" in expression(alarms[name])
        assert alarms[name]["Threshold"] == 0.1


@pytest.mark.requirement("OBS-15", "S")
@pytest.mark.requirement("OBS-16", "S")
def test_a_month_at_80_and_at_100_percent_rings_besides_the_notice_in_notion(
    alarms: dict[str, dict[str, Any]],
) -> None:
    for name, percent in (("MonthAbove80Percent", 80), ("MonthFull", 100)):
        assert "MAX(BudgetThreshold)" in expression(alarms[name])
        assert percent - 1 < alarms[name]["Threshold"] < percent


def test_every_alarm_goes_to_the_topic_and_mail_only_to_who_is_named(
    monitoring: Template, alarms: dict[str, dict[str, Any]]
) -> None:
    for alarm in alarms.values():
        (action,) = alarm["AlarmActions"]
        assert "platformalarmstopicarn" in action["Ref"]
    monitoring.has_parameter("AlarmEmail", {"Default": ""})
    monitoring.has_resource(
        "AWS::SNS::Subscription",
        {
            "Condition": "AlarmEmailGiven",
            "Properties": {"Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}},
        },
    )


@pytest.mark.requirement("S001-FR-033", "S")
def test_cloudtrail_records_control_plane_runtime_and_gateway_calls(monitoring: Template) -> None:
    (trail,) = monitoring.find_resources("AWS::CloudTrail::Trail").values()
    selectors = trail["Properties"]["AdvancedEventSelectors"]
    fields = [
        {field["Field"]: field["Equals"] for field in one["FieldSelectors"]} for one in selectors
    ]

    assert trail["Properties"]["IsLogging"] is True
    assert trail["Properties"]["EnableLogFileValidation"] is True
    assert fields == [
        {"eventCategory": ["Management"]},
        {"eventCategory": ["Data"], "resources.type": ["AWS::BedrockAgentCore::Runtime"]},
        {"eventCategory": ["Data"], "resources.type": ["AWS::BedrockAgentCore::Gateway"]},
    ]


def test_only_this_trail_may_write_the_log_which_is_kept_in_prod(
    monitoring: Template, synthesize: Any
) -> None:
    monitoring.has_resource_properties(
        "AWS::S3::BucketPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {
                                "Action": "s3:PutObject",
                                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                                "Condition": {
                                    "StringEquals": Match.object_like(
                                        {"s3:x-amz-acl": "bucket-owner-full-control"}
                                    )
                                },
                            }
                        )
                    ]
                )
            }
        },
    )
    prod = synthesize("prod", "monitoring")
    prod.has_resource("AWS::S3::Bucket", {"DeletionPolicy": "Retain"})


def test_x_ray_may_take_spans_where_they_are_sent_and_nothing_is_switched_where_not(
    monitoring: Template, synthesize: Any
) -> None:
    switch = "AWS::XRay::TransactionSearchConfig"
    sent: Template = synthesize("prod", "monitoring")

    monitoring.resource_count_is(switch, 0)
    sent.resource_count_is(switch, 1)
    ((name, policy),) = sent.find_resources("AWS::Logs::ResourcePolicy").items()
    assert next(iter(sent.find_resources(switch).values()))["DependsOn"] == [name]
    text = json.dumps(policy["Properties"]["PolicyDocument"])
    for part in ("xray.amazonaws.com", "log-group:aws/spans:*", "aws:SourceAccount"):
        assert part in text
