"""Bus, storage, functions, permissions and published values as they are deployed."""

import json
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template
from platform_bus import as_draft4

from switchboard.events.catalogue import CATALOGUE
from switchboard.runtime.flow_journal import JournalSettings
from switchboard.tools.github.settings import Settings as GithubSettings
from switchboard.tools.ledger import LEASE
from switchboard.tools.manifest import ALLOW_LIST, TARGETS
from switchboard.tools.notion.settings import Settings as NotionSettings
from switchboard.tools.prototype.settings import Settings as PrototypeSettings
from switchboard.tools.sandbox.settings import Settings as SandboxSettings

THIS_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
SET_BY_THE_CONSTRUCT = {"POWERTOOLS_SERVICE_NAME", "LOG_LEVEL"}
NO_RESOURCE_LEVEL = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
"""Actions that take no resource (AWS service authorization reference)."""


def _published(template: Template) -> set[str]:
    parameters = template.find_resources("AWS::SSM::Parameter").values()
    prefix = "/switchboard/dev/platform/"
    return {item["Properties"]["Name"].removeprefix(prefix) for item in parameters}


def test_services_find_everything_they_look_up(template: Template) -> None:
    assert _published(template) == {
        "bus/name",
        "bus/arn",
        "alarms/topic-arn",
        "content/bucket",
        "prototypes/bucket",
        "prototypes/url",
        "notion/url",
        "notion/token-arn",
        "notion/workspace-id",
        "github/url",
        "github/app-arn",
        "gateway/url",
        "gateway/arn",
        *(f"gateway/oauth-provider/{agent_type}" for agent_type in ALLOW_LIST),
        "code-interpreter/id",
        "flows/table-name",
        "knowledge/base-id",
        "knowledge/data-source-id",
        "memory/arn",
        "memory/id",
    }


def test_one_bus_with_dead_letters_keeps_events_for_thirty_days(template: Template) -> None:
    template.resource_count_is("AWS::Events::EventBus", 1)
    template.has_resource_properties(
        "AWS::Events::EventBus",
        {
            "Name": "switchboard-dev",
            "DeadLetterConfig": {"Arn": Match.any_value()},
            "LogConfig": {"IncludeDetail": "NONE", "Level": "ERROR"},
        },
    )
    template.has_resource_properties(
        "AWS::Events::Archive",
        {"RetentionDays": 30, "EventPattern": {"source": [{"prefix": "switchboard."}]}},
    )


def test_the_alarm_topic_hears_alarms_and_budgets_of_this_account_only(template: Template) -> None:
    (policy,) = template.find_resources("AWS::SNS::TopicPolicy").values()
    allowed = [
        item
        for item in policy["Properties"]["PolicyDocument"]["Statement"]
        if item["Effect"] == "Allow"
    ]

    assert {item["Principal"]["Service"] for item in allowed} == {
        "cloudwatch.amazonaws.com",
        "budgets.amazonaws.com",
    }
    for item in allowed:
        assert item["Action"] == "sns:Publish"
        assert item["Condition"] == {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        }


def test_every_event_of_the_bus_is_kept_by_its_flow(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Events::Rule", {"EventPattern": {"source": [{"prefix": "switchboard."}]}}
    )
    template.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {
            "BatchSize": 10,
            "MaximumBatchingWindowInSeconds": 1,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        },
    )
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [
                {
                    "Name": "QueueName",
                    "Value": {
                        "Fn::GetAtt": [Match.string_like_regexp("FlowsInboxDlq"), "QueueName"]
                    },
                }
            ],
            "AlarmActions": [Match.any_value()],
        },
    )


def test_the_journal_may_only_put_into_its_own_table(template: Template) -> None:
    tables = template.find_resources(
        "AWS::DynamoDB::Table", {"Properties": {"TimeToLiveSpecification": {"Enabled": True}}}
    )
    (journal,) = [name for name in tables if name.startswith("Flows")]
    statements = [item for role, item in _statements(template) if role.startswith("Flows")]

    assert [
        item["Resource"] for item in statements if "dynamodb" in json.dumps(item["Action"])
    ] == [{"Fn::GetAtt": [journal, "Arn"]}]
    assert {"dynamodb:PutItem"} == {
        action
        for item in statements
        for action in _list(item["Action"])
        if action.startswith("dynamodb")
    }


def test_every_event_of_the_catalogue_is_in_the_registry(template: Template) -> None:
    schemas = [
        item["Properties"] for item in template.find_resources("AWS::EventSchemas::Schema").values()
    ]

    assert {item["SchemaName"].partition("@")[2] for item in schemas} == set(CATALOGUE)
    assert all(
        json.loads(item["Content"])["$schema"].endswith("draft-04/schema#") for item in schemas
    )


def test_references_still_resolve_in_the_registrys_draft() -> None:
    schema = {"$defs": {"A": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/A"}}}

    assert as_draft4(schema) == {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "definitions": {"A": {"type": "string"}},
        "properties": {"a": {"$ref": "#/definitions/A"}},
    }


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("notion", NotionSettings.model_fields),
        ("github", GithubSettings.model_fields),
        ("prototype", PrototypeSettings.model_fields),
        ("sandbox", SandboxSettings.model_fields),
        ("interceptor", {}),
        ("token_claims", {}),
    ],
)
def test_a_functions_environment_is_exactly_what_its_settings_read(
    name: str, fields: dict[str, Any], template: Template
) -> None:
    (function,) = template.find_resources(
        "AWS::Lambda::Function",
        {"Properties": {"Handler": f"switchboard.tools.{name}.handler.handler"}},
    ).values()

    given = set(function["Properties"]["Environment"]["Variables"])

    assert given - SET_BY_THE_CONSTRUCT == set(fields)


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_a_function_under_the_effect_ledger_ends_before_the_lease(
    target: Any, template: Template
) -> None:
    handler = f"switchboard.tools.{target.name}.handler.handler"
    (function,) = template.find_resources(
        "AWS::Lambda::Function", {"Properties": {"Handler": handler}}
    ).values()

    if any(tool.once for tool in target.tools):
        assert function["Properties"]["Timeout"] < LEASE.total_seconds()


def _statements(template: Template) -> list[tuple[str, dict[str, Any]]]:
    return [
        (policy["Properties"]["Roles"][0]["Ref"], statement)
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.requirement("SEC-03", "S")
def test_no_permission_has_a_wildcard_action_or_an_open_resource(template: Template) -> None:
    for role, statement in _statements(template):
        actions = set(_list(statement["Action"]))
        assert not [action for action in actions if "*" in action], role
        if "*" in _list(statement["Resource"]):
            assert actions <= NO_RESOURCE_LEVEL, (role, actions)


@pytest.mark.requirement("SEC-03", "S")
def test_every_function_has_a_role_of_its_own_without_managed_policies(template: Template) -> None:
    functions = template.find_resources("AWS::Lambda::Function").values()
    roles = [item["Properties"]["Role"]["Fn::GetAtt"][0] for item in functions]
    managed = [
        name
        for name, role in template.find_resources("AWS::IAM::Role").items()
        if role["Properties"].get("ManagedPolicyArns")
    ]

    assert len(set(roles)) == len(roles)
    assert managed == []


@pytest.mark.requirement("SEC-03", "S")
@pytest.mark.parametrize(
    ("action", "part"),
    [("s3:PutObject", "Prototype"), ("secretsmanager:GetSecretValue", "Notion|Github")],
)
def test_only_the_function_that_needs_a_permission_has_it(
    action: str, part: str, template: Template
) -> None:
    holders = {role for role, item in _statements(template) if action in _list(item["Action"])}

    assert holders
    assert all(any(word in role for word in part.split("|")) for role in holders)


def test_the_gateways_role_is_trusted_by_agentcore_in_this_account_only(template: Template) -> None:
    template.has_resource_properties(
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {
                        "Action": "sts:AssumeRole",
                        "Effect": "Allow",
                        "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
                        "Condition": {
                            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                            "ArnLike": Match.any_value(),
                        },
                    }
                ],
                "Version": "2012-10-17",
            }
        },
    )


def _denies_plain_and_old_tls(statements: list[dict[str, Any]]) -> tuple[bool, bool]:
    denied = [item.get("Condition", {}) for item in statements if item["Effect"] == "Deny"]
    plain = {"Bool": {"aws:SecureTransport": "false"}} in denied
    return plain, {"NumericLessThan": {"s3:TlsVersion": 1.2}} in denied


@pytest.mark.requirement("SEC-08", "S")
def test_buckets_queues_and_topics_refuse_plain_transport_and_buckets_old_tls(
    template: Template,
) -> None:
    for kind in ("SQS::QueuePolicy", "SNS::TopicPolicy"):
        for item in template.find_resources(f"AWS::{kind}").values():
            statements = item["Properties"]["PolicyDocument"]["Statement"]
            assert _denies_plain_and_old_tls(statements)[0], kind
    policies = template.find_resources("AWS::S3::BucketPolicy").values()

    assert [
        _denies_plain_and_old_tls(item["Properties"]["PolicyDocument"]["Statement"])
        for item in policies
    ] == [(True, True), (True, True)]


@pytest.mark.requirement("SEC-08", "S")
def test_the_distribution_speaks_https_only_and_tells_the_gate_the_tls_version(
    template: Template,
) -> None:
    (found,) = template.find_resources("AWS::CloudFront::Distribution").values()
    behaviour = found["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]
    template.has_resource_properties(
        "AWS::CloudFront::OriginRequestPolicy",
        {
            "OriginRequestPolicyConfig": Match.object_like(
                {
                    "HeadersConfig": {
                        "HeaderBehavior": "whitelist",
                        "Headers": ["CloudFront-Viewer-TLS"],
                    }
                }
            )
        },
    )

    assert behaviour["ViewerProtocolPolicy"] == "https-only"


def test_parameters_point_at_the_real_services_unless_told_otherwise(template: Template) -> None:
    parameters = template.to_json()["Parameters"]

    assert {name: parameters[name]["Default"] for name in ("NotionApiUrl", "GithubApiUrl")} == {
        "NotionApiUrl": "https://api.notion.com",
        "GithubApiUrl": "https://api.github.com",
    }
    assert parameters["PrototypesUrl"]["Default"] == ""


@pytest.mark.requirement("SEC-11", "S")
def test_no_credential_stands_in_an_environment_value(template: Template) -> None:
    for name, function in template.find_resources("AWS::Lambda::Function").items():
        variables = json.dumps(function["Properties"].get("Environment", {}))
        assert "resolve:secretsmanager" not in variables, name
        assert "ClientSecret" not in variables, name


def test_there_is_no_custom_resource(template: Template) -> None:
    kinds = {item["Type"] for item in template.to_json()["Resources"].values()}

    assert not [kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::Cus"))]


def test_the_journals_environment_is_exactly_what_its_settings_read(template: Template) -> None:
    (function,) = template.find_resources(
        "AWS::Lambda::Function",
        {"Properties": {"Handler": "switchboard.runtime.flow_journal.handler"}},
    ).values()

    given = set(function["Properties"]["Environment"]["Variables"])

    assert given - SET_BY_THE_CONSTRUCT == set(JournalSettings.model_fields)


@pytest.mark.parametrize("name", ["dev", "workshop", "prod"])
def test_every_environment_has_a_stack_of_its_own(name: str, synthesize: Any) -> None:
    buses = synthesize(name).find_resources("AWS::Events::EventBus").values()

    assert [item["Properties"]["Name"] for item in buses] == [f"switchboard-{name}"]
