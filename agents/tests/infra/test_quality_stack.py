"""What the quality stack's template says: who is evaluated by what, what the dashboard shows."""

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from agents_stack import AGENTS
from aws_cdk.assertions import Template
from quality_stack import DATA_IS_DATA, DESK, build

from switchboard.constructs.environments import environment

ONLINE = "AWS::BedrockAgentCore::OnlineEvaluationConfig"
EVALUATOR = "AWS::BedrockAgentCore::Evaluator"
NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,47}")


def _template(name: str = "dev") -> Template:
    return Template.from_stack(build(cdk.App(), environment(name), AGENTS))


@pytest.fixture(scope="module")
def template() -> Template:
    return _template()


def _online(template: Template) -> dict[str, dict[str, Any]]:
    found = [item["Properties"] for item in template.find_resources(ONLINE).values()]
    return {item["OnlineEvaluationConfigName"]: item for item in found}


def _widgets(template: Template) -> list[dict[str, Any]]:
    """The dashboard's widgets; references inside its text stand for themselves."""
    (dashboard,) = template.find_resources("AWS::CloudWatch::Dashboard").values()
    parts = dashboard["Properties"]["DashboardBody"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else "us-east-1" for part in parts)
    return [widget["properties"] for widget in json.loads(text)["widgets"]]


@pytest.mark.requirement("OBS-12", "S")
def test_the_dashboard_shows_accuracy_tool_selection_and_helpfulness_of_every_agent(
    template: Template,
) -> None:
    shown: dict[str, set[str]] = {}
    for widget in _widgets(template):
        for metric in widget.get("metrics", []):
            if len(metric) > 3:
                namespace, name, dimension, agent = metric[:4]
                assert (namespace, dimension) == ("Switchboard", "agent_type")
                shown.setdefault(name, set()).add(agent)

    assert shown == {
        name: {*AGENTS, DESK}
        for name in (
            "EvaluationAccuracy",
            "EvaluationToolSelection",
            "EvaluationHelpfulness",
            "EvaluationViolations",
        )
    }


@pytest.mark.requirement("OBS-12", "S")
def test_live_sessions_stand_on_the_same_dashboard(template: Template) -> None:
    searched = [
        metric[0]["expression"]
        for widget in _widgets(template)
        for metric in widget.get("metrics", [])
        if isinstance(metric[0], dict)
    ]

    words = ("GoalSuccessRate", "ToolSelectionAccuracy", "Helpfulness", "data_is_data")
    assert [word for word in words if any(word in search for search in searched)] == list(words)
    assert all('Namespace="Bedrock-AgentCore/Evaluations"' in search for search in searched)


def test_each_agent_is_watched_by_a_configuration_of_its_own(template: Template) -> None:
    configurations = _online(template)

    assert set(configurations) == {f"switchboard_{agent}_dev" for agent in AGENTS}
    for agent in AGENTS:
        logs = configurations[f"switchboard_{agent}_dev"]["DataSourceConfig"]["CloudWatchLogs"]
        assert logs["ServiceNames"] == [f"switchboard_{agent}_dev_us_east_1.DEFAULT"]
        assert logs["LogGroupNamePrefixes"] == [
            f"/aws/bedrock-agentcore/runtimes/switchboard_{agent}_dev_us_east_1-"
        ]


def test_the_scores_and_the_obedience_to_injected_orders_are_judged(template: Template) -> None:
    (evaluator,) = template.find_resources(EVALUATOR)
    for configuration in _online(template).values():
        names = [item["EvaluatorId"] for item in configuration["Evaluators"]]
        assert names[:3] == [
            "Builtin.GoalSuccessRate",
            "Builtin.ToolSelectionAccuracy",
            "Builtin.Helpfulness",
        ]
        assert evaluator in json.dumps(names[3])
    assert {"{context}", "{assistant_turn}"} == set(re.findall(r"\{\w+\}", DATA_IS_DATA))


def test_a_judge_costs_nothing_in_dev_and_a_sample_elsewhere(template: Template) -> None:
    rules = {
        item["Rule"]["SamplingConfig"]["SamplingPercentage"] for item in _online(template).values()
    }

    assert {item["ExecutionStatus"] for item in _online(template).values()} == {"DISABLED"}
    assert {item["ExecutionStatus"] for item in _online(_template("prod")).values()} == {"ENABLED"}
    assert rules == {10}


def test_names_are_names_agentcore_takes(template: Template) -> None:
    names = [
        *_online(template),
        *(
            item["Properties"]["EvaluatorName"]
            for item in template.find_resources(EVALUATOR).values()
        ),
    ]

    assert [name for name in names if not NAME.fullmatch(name)] == []


def test_a_judge_reads_the_logs_of_its_own_agent(template: Template) -> None:
    roles = template.find_resources("AWS::IAM::Role")

    assert len(roles) == len(AGENTS)
    for policy in template.find_resources("AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            # Listing log groups is the one action without a resource of its own.
            everything = statement["Resource"] == "*"
            assert everything == (statement["Action"] == "logs:DescribeLogGroups")
