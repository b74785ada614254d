"""Rules over all synthesized templates at once."""

import json
from typing import Any

import pytest

SHARED_RESOURCES = {
    "AWS::Events::EventBus",
    "AWS::BedrockAgentCore::Gateway",
    "AWS::Connect::Instance",
}
TAGS = {"Project", "Environment", "Owner", "CostCenter"}


def resources(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [r["Properties"] for r in template["Resources"].values() if r["Type"] == kind]


def statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}:
            found += properties["PolicyDocument"]["Statement"]
        if resource["Type"] == "AWS::IAM::Role":
            for policy in properties.get("Policies", []):
                found += policy["PolicyDocument"]["Statement"]
    return found


def bus_rules(template: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules that subscribe to named facts of our bus."""
    return [
        rule
        for rule in resources(template, "AWS::Events::Rule")
        if rule.get("EventPattern", {}).get("source") == [{"prefix": "switchboard."}]
        and "detail-type" in rule["EventPattern"]
    ]


@pytest.mark.requirement("CARD-07", "S")
def test_only_the_platform_holds_the_bus_the_gateway_and_the_connect_instance(
    templates: dict[str, dict[str, Any]],
) -> None:
    owners = {
        kind: sorted(name for name, template in templates.items() if resources(template, kind))
        for kind in SHARED_RESOURCES
    }

    assert owners["AWS::Events::EventBus"] == ["platform"]
    assert owners["AWS::BedrockAgentCore::Gateway"] == ["platform"]
    assert set(owners["AWS::Connect::Instance"]) <= {"platform"}


@pytest.mark.requirement("CARD-02", "S")
def test_every_service_that_consumes_events_has_a_rule_on_the_one_bus(
    templates: dict[str, dict[str, Any]],
) -> None:
    buses = [
        b for template in templates.values() for b in resources(template, "AWS::Events::EventBus")
    ]
    rules = {name: bus_rules(template) for name, template in templates.items()}

    assert len(buses) == 1
    assert {name for name, found in rules.items() if found} == {
        "ingress",
        "orchestrator",
        "completion",
        "itsm-mock",
        "voice",
    }
    assert all("EventBusName" in rule for found in rules.values() for rule in found)


@pytest.mark.requirement("CARD-09", "S")
def test_a_template_knows_other_stacks_only_by_ssm_parameter_names(
    templates: dict[str, dict[str, Any]],
) -> None:
    for name, template in templates.items():
        text = json.dumps(template)
        assert "Fn::ImportValue" not in text, name
        for parameter in template.get("Parameters", {}).values():
            if parameter["Type"].startswith("AWS::SSM::Parameter::Value"):
                assert parameter["Default"].startswith(
                    ("/switchboard/dev/platform/", "/cdk-bootstrap/")
                ), name


def test_no_policy_allows_a_whole_service(templates: dict[str, dict[str, Any]]) -> None:
    wide = [
        (name, action)
        for name, template in templates.items()
        for statement in statements(template)
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
        if statement["Effect"] == "Allow" and (action == "*" or action.endswith(":*"))
    ]

    assert not wide


@pytest.mark.requirement("S001-FR-005", "S")
def test_every_function_table_queue_and_bucket_has_the_four_tags(
    templates: dict[str, dict[str, Any]],
) -> None:
    kinds = (
        "AWS::Lambda::Function",
        "AWS::DynamoDB::Table",
        "AWS::SQS::Queue",
        "AWS::S3::Bucket",
        "AWS::IAM::Role",
    )
    untagged = [
        (name, kind)
        for name, template in templates.items()
        for kind in kinds
        for properties in resources(template, kind)
        if not {tag["Key"] for tag in properties.get("Tags", [])} >= TAGS
    ]

    assert not untagged


@pytest.mark.requirement("ING-12", "S")
@pytest.mark.requirement("ARC-06", "D")
def test_a_queue_with_a_dlq_stands_between_the_bus_and_every_consumer(
    templates: dict[str, dict[str, Any]],
) -> None:
    for name in ("ingress", "orchestrator", "completion", "itsm-mock", "voice"):
        queues = [q for q in resources(templates[name], "AWS::SQS::Queue") if "RedrivePolicy" in q]
        rules = [
            rule
            for rule in resources(templates[name], "AWS::Events::Rule")
            if "detail-type" in rule.get("EventPattern", {})
        ]
        assert queues, name
        for rule in rules:
            for target in rule["Targets"]:
                assert "DeadLetterConfig" in target, name
                assert "Queue" in json.dumps(target["Arn"]), name


@pytest.mark.requirement("ARC-03", "D")
def test_no_template_holds_a_long_running_server(templates: dict[str, dict[str, Any]]) -> None:
    servers = ("AWS::EC2::Instance", "AWS::ECS::Service", "AWS::RDS::", "AWS::EKS::")
    found = [
        (name, resource["Type"])
        for name, template in templates.items()
        for resource in template["Resources"].values()
        if resource["Type"].startswith(servers)
    ]

    assert not found


@pytest.mark.requirement("S001-FR-025", "S")
def test_every_log_group_is_kept_for_at_least_30_days(
    templates: dict[str, dict[str, Any]],
) -> None:
    groups = [g for t in templates.values() for g in resources(t, "AWS::Logs::LogGroup")]

    assert groups
    assert all(group.get("RetentionInDays", 0) >= 30 for group in groups)
