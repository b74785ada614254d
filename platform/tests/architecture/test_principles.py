"""The principles of the design card as checks, each shown to notice when it is broken."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import images_stack
import pytest
from agents_stack import AGENTS
from aws_cdk import assertions

from switchboard.constructs.environments import environment
from switchboard.events.catalogue import CATALOGUE
from switchboard.events.released import Releases

SERVICES = ("ingress", "orchestrator", "completion", "itsm-mock", "voice")
Template = dict[str, Any]
Templates = dict[str, Template]


def of_kind(template: Template, *kinds: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in template["Resources"].items():
        if resource["Type"] in kinds:
            yield name, resource.get("Properties", {})


def allowed(template: Template) -> Iterator[tuple[str, str]]:
    """Each allowed action with the text of its resources."""
    for _, properties in of_kind(template, "AWS::IAM::Policy"):
        for statement in properties["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            for action in actions if isinstance(actions, list) else [actions]:
                yield action, json.dumps(statement["Resource"])


# CARD-06: nothing but versioned events between services

OWN_ONLY = ("dynamodb:", "lambda:Invoke", "sqs:", "states:", "sns:Publish")
"""What a service does with things of its own and never with those of another."""
WITHOUT_RESOURCES = {"dynamodb:ListStreams"}
"""Asked for by CDK with a table's stream; it reads names, and knows no resource but `*`."""
OWN = re.compile(r'\{"(?:Ref|Fn::GetAtt)": \[?"(?!SsmParameterValue)')
NAMED = re.compile(r"arn:aws:(?:dynamodb|lambda|sqs)|/switchboard/\w+/(?!platform|agents)")


def foreign_reach(template: Template) -> list[str]:
    """Actions on a table, function or queue that is not in this template."""
    return [
        f"{action} on {resource}"
        for action, resource in allowed(template)
        if action.startswith(OWN_ONLY)
        and action not in WITHOUT_RESOURCES
        and (NAMED.search(resource) or not OWN.search(resource))
    ]


def foreign_imports(source: str, own: str) -> list[str]:
    """Other services that a module of `own` imports."""
    others = {name.replace("-", "_") for name in (*SERVICES, "agents", "tools")} - {own}
    found = []
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        found += [n for n in names if n.startswith("switchboard.") and n.split(".")[1] in others]
    return found


@pytest.mark.requirement("CARD-06", "C")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reaches_no_table_queue_or_function_of_another(
    templates: Templates, service: str
) -> None:
    assert foreign_reach(templates[service]) == []


@pytest.mark.requirement("CARD-06", "C")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_imports_no_other(root: Path, service: str) -> None:
    own = service.replace("-", "_")
    for path in (root / "services" / service / "src").rglob("*.py"):
        assert foreign_imports(path.read_text(), own) == [], path


@pytest.mark.requirement("CARD-06", "C")
def test_every_event_between_services_is_versioned_and_its_schema_is_released(root: Path) -> None:
    released = Releases(root / "shared-events")
    for detail_type in CATALOGUE:
        assert re.fullmatch(r"[A-Z]\w+\.v[1-9]\d*", detail_type)
        assert released.revisions(detail_type), detail_type


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111122223333:table/poc-itsm-tickets"),
        ("dynamodb:GetItem", {"Ref": "SsmParameterValueswitchboarddevingresstablename"}),
        ("lambda:InvokeFunction", "*"),
    ],
)
def test_a_reach_into_another_service_is_noticed(action: str, resource: Any) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyDocument": {"Statement": [statement]}},
    }

    assert foreign_reach({"Resources": {"Policy": policy}})


def test_an_import_of_another_service_is_noticed() -> None:
    assert foreign_imports("from switchboard.voice.domain import call", "ingress")
    assert not foreign_imports("from switchboard.ingress.domain import x", "ingress")


# ARC-02: an entry is an event or a call of an API, never a poll

CLOCKS = {
    "orchestrator/SweepRule": "ends what no message and no timer moved on; begins nothing",
    "ingress/SyncSchedule": "keeps knowledge equal to Notion, beside the webhooks (KNB)",
}
"""Schedules that are no entry of a flow, and why each is there."""


def clocks(templates: Templates) -> set[str]:
    """`app/id` of everything that runs by the clock."""
    return {
        f"{app}/{re.sub('[0-9A-F]{8}$', '', name.rpartition('/')[2])}"
        for app, template in templates.items()
        for name, properties in of_kind(template, "AWS::Events::Rule", "AWS::Scheduler::Schedule")
        if "ScheduleExpression" in properties
    }


@pytest.mark.requirement("ARC-02", "D")
def test_no_flow_begins_by_the_clock(templates: Templates) -> None:
    assert clocks(templates) == set(CLOCKS)


def test_a_poll_is_noticed() -> None:
    rule = {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 minute)"}}

    assert clocks({"ingress": {"Resources": {"x/Poll1A2B3C4D": rule}}}) == {"ingress/Poll"}


# ARC-07: every consumer has a test in which a message comes twice

TWICE = {
    "switchboard.ingress.handler.worker": (
        "services/ingress/tests/integration/test_worker_lambda.py",
        "test_repeated_messages_and_a_second_event_of_the_edit_are_one_invocation",
    ),
    "switchboard.ingress.handler.sync_worker": (
        "services/ingress/tests/unit/test_sync_faults.py",
        "test_a_change_that_is_reported_twice_or_whose_worker_dies_is_one_job",
    ),
    "switchboard.orchestrator.handler.worker": (
        "services/orchestrator/tests/unit/test_starting.py",
        "test_queue_retries_duplicates_and_the_sweep_together_start_at_most_three_times",
    ),
    "switchboard.completion.handler.worker": (
        "services/completion/tests/integration/test_worker.py",
        "test_a_terminal_event_delivered_twice_is_on_the_board_once_and_goes_on_once",
    ),
    "switchboard.itsm_mock.handler.worker": (
        "services/itsm-mock/tests/unit/test_following_delivery.py",
        "test_an_event_that_comes_twice_is_followed_once",
    ),
    "switchboard.voice.handler.tickets": (
        "services/voice/tests/unit/test_ticket_events.py",
        "test_late_doubled_and_reordered_events_lead_to_the_same_ticket",
    ),
    "switchboard.voice.handler.contacts": (
        "services/voice/tests/integration/test_lambdas.py",
        "test_the_end_of_a_call_delivered_in_any_order_and_twice_is_published_once",
    ),
    "switchboard.runtime.flow_journal.handler": (
        "platform/runtime/tests/test_flow_journal.py",
        "test_an_event_that_comes_twice_is_kept_once",
    ),
}


def consumers(templates: Templates) -> set[str]:
    """Handlers that a queue feeds."""
    found = set()
    for template in templates.values():
        handlers = {
            name.rpartition("/")[2]: properties.get("Handler")
            for name, properties in of_kind(template, "AWS::Lambda::Function")
        }
        for _, properties in of_kind(template, "AWS::Lambda::EventSourceMapping"):
            if "Queue" in json.dumps(properties["EventSourceArn"]):
                found.add(handlers[properties["FunctionName"]["Ref"]])
    return found


@pytest.mark.requirement("ARC-07", "D")
def test_every_consumer_has_a_test_of_a_message_that_comes_twice(
    templates: Templates, root: Path
) -> None:
    assert consumers(templates) == set(TWICE)
    for path, name in TWICE.values():
        assert f"def {name}(" in (root / path).read_text(), path


def test_a_consumer_without_such_a_test_is_noticed() -> None:
    template = {
        "Resources": {
            "x/Worker": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "a.b"}},
            "x/Feed": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {
                    "FunctionName": {"Ref": "Worker"},
                    "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
                },
            },
        }
    }

    assert consumers({"new": template}) - set(TWICE) == {"a.b"}


# ARC-08: structured log and trace in every handler and agent

UNTRACED = {
    "switchboard.itsm_mock.handler.api": "its role must not have a wildcard, X-Ray's has (ITS-13)",
    "index.handler": "Lambda@Edge has neither variables nor tracing",
}


def unobserved(templates: Templates) -> set[str]:
    """Handlers without a log group of their own, a name in the log, or a trace."""
    return {
        properties.get("Handler", name)
        for template in templates.values()
        for name, properties in of_kind(template, "AWS::Lambda::Function")
        if not (
            "LoggingConfig" in properties
            and "POWERTOOLS_SERVICE_NAME" in properties.get("Environment", {}).get("Variables", {})
            and properties.get("TracingConfig") == {"Mode": "Active"}
        )
    }


@pytest.mark.requirement("ARC-08", "D")
def test_every_handler_has_a_structured_log_and_a_trace(templates: Templates, root: Path) -> None:
    assert unobserved(templates) == set(UNTRACED)
    for service in SERVICES:
        sources = (root / "services" / service / "src").rglob("*.py")
        assert any("service_logger" in path.read_text() for path in sources), service


@pytest.mark.requirement("ARC-08", "D")
def test_every_agent_sets_up_a_structured_log_and_a_trace(root: Path) -> None:
    wiring = (root / "agents/src/switchboard/agents/wiring.py").read_text()

    assert "set_up_logging" in wiring
    assert "set_up_tracing" in wiring


def test_a_function_that_leaves_no_trace_is_noticed() -> None:
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "a.b"}}

    assert unobserved({"new": {"Resources": {"F": function}}}) == {"a.b"}


# ARC-09: one runtime, image and version line per agent type


def runtimes(template: Template) -> dict[str, list[str]]:
    """The endpoints of each agent's runtime."""
    owners = {
        name.rpartition("/")[2]: properties["EnvironmentVariables"]["AGENT"]
        for name, properties in of_kind(template, "AWS::BedrockAgentCore::Runtime")
    }
    lines: dict[str, list[str]] = {agent: [] for agent in owners.values()}
    assert len(lines) == len(owners), "two runtimes of one agent"
    for _, properties in of_kind(template, "AWS::BedrockAgentCore::RuntimeEndpoint"):
        runtime = properties["AgentRuntimeId"]["Fn::GetAtt"][0]
        lines[owners[runtime]].append(properties["Name"])
    return lines


@pytest.mark.requirement("ARC-09", "D")
def test_every_agent_type_has_one_runtime_and_a_version_line_of_its_own(
    templates: Templates, root: Path
) -> None:
    packages = {p.parent.name for p in (root / "agents/src/switchboard/agents").glob("*/agent.py")}
    lines = runtimes(templates["agents"])

    assert set(lines) == set(AGENTS) == packages
    assert all(sorted(names) == ["dev", "prod", "staging"] for names in lines.values())


@pytest.mark.requirement("ARC-09", "D")
def test_every_agent_type_has_an_image_of_its_own() -> None:
    stack = images_stack.build(cdk.App(), environment("dev"), AGENTS)
    template = assertions.Template.from_stack(stack).to_json()
    names = {p["RepositoryName"] for _, p in of_kind(template, "AWS::ECR::Repository")}

    assert names == {f"switchboard-dev/{agent.replace('_', '-')}" for agent in AGENTS}


def test_a_second_runtime_of_an_agent_is_noticed() -> None:
    runtime = {
        "Type": "AWS::BedrockAgentCore::Runtime",
        "Properties": {"EnvironmentVariables": {"AGENT": "code"}},
    }

    with pytest.raises(AssertionError, match="two runtimes"):
        runtimes({"Resources": {"A": runtime, "B": runtime}})


# SEC-10: credentials are in Secrets Manager


def credentials_elsewhere(template: Template) -> list[str]:
    """Providers, keys and parameters whose secret is not read from Secrets Manager or Cognito."""
    found = [name for name, item in template.get("Parameters", {}).items() if item.get("NoEcho")]
    for name, properties in of_kind(template, "AWS::BedrockAgentCore::ApiKeyCredentialProvider"):
        if properties.get("ApiKeySecretSource") != "EXTERNAL" or "ApiKey" in properties:
            found.append(name)
    for name, properties in of_kind(
        template, "AWS::BedrockAgentCore::OAuth2CredentialProvider", "AWS::ApiGateway::ApiKey"
    ):
        text = json.dumps(properties)
        if (
            "ClientSecret" in text
            and '.ClientSecret"' not in text
            and '"ClientSecret"]' not in text
        ):
            found.append(name)
        if "Value" in properties and "{{resolve:secretsmanager:" not in text:
            found.append(name)
    return found


@pytest.mark.requirement("SEC-10", "S")
def test_every_credential_is_in_secrets_manager(templates: Templates) -> None:
    assert {name: credentials_elsewhere(t) for name, t in templates.items()} == {
        name: [] for name in templates
    }


@pytest.mark.requirement("SEC-10", "S")
def test_a_secret_is_rotated_or_the_code_says_why_its_source_cannot(
    templates: Templates, root: Path
) -> None:
    """The reasons stand beside the code: `explain(secret, "AwsSolutions-SMG4", ...)`."""
    rotated = [
        name
        for template in templates.values()
        for name, _ in of_kind(template, "AWS::SecretsManager::RotationSchedule")
    ]
    sources = {
        path: path.read_text()
        for folder in (root / "platform/infra", *(root / "services").glob("*/infra"))
        for path in folder.glob("*.py")
    }
    making = {path for path, text in sources.items() if "secretsmanager.Secret(" in text}
    explaining = {path for path, text in sources.items() if "AwsSolutions-SMG4" in text}

    assert making
    assert rotated == []
    assert making <= explaining


@pytest.mark.parametrize(
    "template",
    [
        {"Resources": {}, "Parameters": {"Password": {"Type": "String", "NoEcho": True}}},
        {
            "Resources": {
                "Provider": {
                    "Type": "AWS::BedrockAgentCore::ApiKeyCredentialProvider",
                    "Properties": {"ApiKey": "abc"},
                }
            }
        },
        {"Resources": {"K": {"Type": "AWS::ApiGateway::ApiKey", "Properties": {"Value": "abc"}}}},
    ],
)
def test_a_credential_in_a_template_is_noticed(template: Template) -> None:
    assert credentials_elsewhere(template)
