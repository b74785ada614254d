"""What the agents' template says to AgentCore."""

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from agents_stack import AGENTS, REMEMBERING, build
from aws_cdk.assertions import Match, Template

from switchboard.agents.definition import definition_of
from switchboard.agents.settings import Settings
from switchboard.constructs.environments import environment

RUNTIME = "AWS::BedrockAgentCore::Runtime"
X_RAY = "https://xray.us-east-1.amazonaws.com"


def _template(name: str = "dev", **context: object) -> Template:
    app = cdk.App(context={"aws:cdk:bundling-stacks": [], **context})
    return Template.from_stack(build(app, environment(name)))


@pytest.fixture(scope="module")
def template() -> Template:
    return _template()


@pytest.fixture(scope="module")
def image_template() -> Template:
    return _template(artifact="image", tag="42", **{"code:prod": "3"})


def _runtimes(template: Template) -> dict[str, dict[str, Any]]:
    found = template.find_resources(RUNTIME).values()
    return {
        item["Properties"]["EnvironmentVariables"]["AGENT"]: item["Properties"] for item in found
    }


def test_each_agent_is_a_runtime_of_its_own(template: Template) -> None:
    runtimes = _runtimes(template)

    assert set(runtimes) == set(AGENTS)
    assert runtimes["code"]["AgentRuntimeName"] == "switchboard_code_dev_us_east_1"
    assert len({json.dumps(item["RoleArn"]) for item in runtimes.values()}) == len(AGENTS)


def test_the_code_is_one_zip_for_all_agents_started_by_main(template: Template) -> None:
    artifacts = [item["AgentRuntimeArtifact"] for item in _runtimes(template).values()]

    assert artifacts[0] == artifacts[1]
    code = artifacts[0]["CodeConfiguration"]
    assert code["EntryPoint"] == ["main.py"]
    assert code["Runtime"] == "PYTHON_3_12"
    assert code["Code"]["S3"]["Prefix"].endswith(".zip")


def test_the_environment_is_what_the_settings_ask_for(template: Template) -> None:
    where_traces_go = {"OTEL_EXPORTER_OTLP_ENDPOINT", "SWITCHBOARD_TRACES_FOLDER"}
    optional = {"PORT", "HOST", "LOG_LEVEL", "MODEL_CASSETTES", *where_traces_go}
    for agent, runtime in _runtimes(template).items():
        not_given = optional if agent in REMEMBERING else {*optional, "MEMORY_ID"}
        assert set(runtime["EnvironmentVariables"]) == set(Settings.model_fields) - not_given


def test_a_closed_network_sends_spans_to_x_ray_under_the_agents_own_role(
    synthesized: Callable[..., Template],
) -> None:
    for stage, place in (("dev", None), ("workshop", X_RAY), ("prod", X_RAY)):
        template = synthesized(stage)
        for runtime in _runtimes(template).values():
            may = {item["Sid"]: item for item in _statements_of(template, runtime)}
            assert runtime["EnvironmentVariables"].get("OTEL_EXPORTER_OTLP_ENDPOINT") == place
            assert ("Traces" in may) is bool(place)
            if place:
                assert may["Traces"]["Action"] == ["xray:PutSpans", "xray:PutTraceSegments"]


def test_the_agents_that_remember_are_those_whose_definition_says_so() -> None:
    assert {agent for agent in AGENTS if definition_of(agent).lessons} == set(REMEMBERING)


@pytest.mark.requirement("MEM-01", "S")
@pytest.mark.requirement("MEM-02", "S")
def test_only_an_agent_that_opts_in_reaches_the_memory(template: Template) -> None:
    memory = {"Ref": _parameter(template, "memory/id")}
    arn = {"Ref": _parameter(template, "memory/arn")}
    for agent, runtime in _runtimes(template).items():
        by_sid = {item["Sid"]: item for item in _statements_of(template, runtime)}
        assert ("Memory" in by_sid) == (agent in REMEMBERING)
        assert runtime["EnvironmentVariables"].get("MEMORY_ID") == (
            memory if agent in REMEMBERING else None
        )
    [statement] = [item for item in _statements(template) if item["Sid"] == "Memory"]
    assert statement["Resource"] == arn
    assert statement["Action"] == [
        "bedrock-agentcore:CreateEvent",
        "bedrock-agentcore:ListEvents",
        "bedrock-agentcore:RetrieveMemoryRecords",
    ]


def test_where_the_memory_has_a_key_of_its_own_it_is_used_through_agentcore_only() -> None:
    [statement] = [item for item in _statements(_template("prod")) if item["Sid"] == "MemoryKey"]

    through = statement["Condition"]["StringEquals"]["kms:ViaService"]
    assert through == "bedrock-agentcore.us-east-1.amazonaws.com"


def test_another_provider_is_a_parameter_and_its_key_the_one_secret_that_is_read(
    template: Template,
) -> None:
    template.has_parameter("ModelProvider", {"Default": "bedrock"})
    for runtime in _runtimes(template).values():
        variables = runtime["EnvironmentVariables"]
        assert variables["MODEL_PROVIDER"] == {"Ref": "ModelProvider"}
        assert variables["MODEL_BASE_URL"] == {"Ref": "ModelBaseUrl"}
        assert variables["MODEL_API_KEY_SECRET_ARN"] == {"Ref": "ModelApiKeySecretArn"}
        given = {item["Sid"]: item["Resource"] for item in _statements_of(template, runtime)}
        no_secret = given["ModelKey"]["Fn::If"][1]
        assert given["ModelKey"]["Fn::If"][2] == {"Ref": "ModelApiKeySecretArn"}
        assert json.dumps(no_secret).endswith(':secret:none"]]}')


def test_the_model_is_a_parameter_with_an_inference_profile(template: Template) -> None:
    template.has_parameter("ModelId", {"Default": "global.anthropic.claude-sonnet-4-6"})
    for runtime in _runtimes(template).values():
        assert runtime["EnvironmentVariables"]["MODEL_ID"] == {"Ref": "ModelId"}


@pytest.mark.requirement("ORC-17", "S")
def test_a_session_idles_fifteen_minutes_and_lives_eight_hours(template: Template) -> None:
    for runtime in _runtimes(template).values():
        assert runtime["LifecycleConfiguration"] == {
            "IdleRuntimeSessionTimeout": 900,
            "MaxLifetime": 28_800,
        }


def test_a_role_is_assumed_by_agentcore_for_this_account_only(template: Template) -> None:
    template.resource_count_is("AWS::IAM::Role", len(AGENTS))
    template.all_resources_properties(
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
                            "ArnLike": {"aws:SourceArn": Match.any_value()},
                        },
                    }
                ],
                "Version": "2012-10-17",
            }
        },
    )


@pytest.mark.requirement("S001-FR-002", "S")
def test_a_role_for_an_image_may_also_pull_from_its_own_repository(
    image_template: Template,
) -> None:
    by_sid = {item["Sid"]: json.dumps(item) for item in _statements(image_template)}

    assert "repository/switchboard-dev/" in by_sid["Image"]
    assert "ecr:GetAuthorizationToken" in by_sid["ImageLogin"]
    assert {"GatewayToken", "LogGroup", "LogStreams", "Model", "Outcome"} <= set(by_sid)
    assert "Code" not in by_sid


def _statements(template: Template) -> list[dict[str, Any]]:
    return [
        statement
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def _statements_of(template: Template, runtime: dict[str, Any]) -> list[dict[str, Any]]:
    """What the role of one runtime may do."""
    role = runtime["RoleArn"]["Fn::GetAtt"][0]
    (policy,) = template.find_resources(
        "AWS::IAM::Policy", {"Properties": {"Roles": [{"Ref": role}]}}
    ).values()
    found: list[dict[str, Any]] = policy["Properties"]["PolicyDocument"]["Statement"]
    return found


@pytest.mark.requirement("S001-FR-020", "S")
def test_a_role_may_do_what_an_agent_does_and_no_more(template: Template) -> None:
    actions: set[str] = set()
    for statement in _statements(template):
        given = statement["Action"]
        actions.update([given] if isinstance(given, str) else given)
        assert statement["Resource"] != "*"

    assert actions == {
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
        "bedrock-agentcore:GetResourceOauth2Token",
        "bedrock-agentcore:CreateEvent",
        "bedrock-agentcore:ListEvents",
        "bedrock-agentcore:RetrieveMemoryRecords",
        "events:PutEvents",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
        "s3:GetObject",
        "secretsmanager:GetSecretValue",
    }


def _parameter(template: Template, name: str) -> str:
    """The template's parameter whose value is the platform's SSM parameter `name`."""
    path = f"/switchboard/dev/platform/{name}"
    (found,) = template.find_parameters("*", {"Default": path})
    return found


def test_an_agent_gets_provider_and_scope_of_its_own_type(template: Template) -> None:
    for agent, runtime in _runtimes(template).items():
        variables = runtime["EnvironmentVariables"]
        provider = _parameter(template, f"gateway/oauth-provider/{agent}")
        assert variables["GATEWAY_OAUTH_PROVIDER"] == {"Ref": provider}
        assert variables["GATEWAY_OAUTH_SCOPE"] == f"gateway/{agent}"


def test_a_role_may_use_the_provider_of_its_own_type_and_no_other(template: Template) -> None:
    providers = {agent: _parameter(template, f"gateway/oauth-provider/{agent}") for agent in AGENTS}
    for agent, runtime in _runtimes(template).items():
        statements = _statements_of(template, runtime)
        given = {item["Sid"]: json.dumps(item["Resource"]) for item in statements}
        for sid in ("GatewayToken", "GatewayTokenSecret"):
            named = {name for name, ref in providers.items() if f'"{ref}"' in given[sid]}
            assert named == {agent}, sid
            assert "provider/*" not in given[sid]


def test_endpoints_are_pinned_to_a_version(template: Template, image_template: Template) -> None:
    def versions(of: Template) -> list[tuple[str, str]]:
        found = of.find_resources("AWS::BedrockAgentCore::RuntimeEndpoint")
        return [
            (item["Properties"]["Name"], item["Properties"]["AgentRuntimeVersion"])
            for item in found.values()
        ]

    assert sorted(versions(template)) == sorted(
        [("dev", "1"), ("staging", "1"), ("prod", "1")] * len(AGENTS)
    )
    assert ("prod", "3") in versions(image_template)


def test_the_orchestrator_finds_each_runtime_by_parameter(template: Template) -> None:
    for agent in AGENTS:
        template.has_resource_properties(
            "AWS::SSM::Parameter", {"Name": f"/switchboard/dev/agents/{agent}/runtime-arn"}
        )


@pytest.mark.requirement("AGT-01", "S")
@pytest.mark.requirement("AGT-19", "S")
@pytest.mark.requirement("S001-FR-003", "S")
@pytest.mark.requirement("S001-FR-009", "S")
def test_an_image_artifact_is_the_agents_own_repository(image_template: Template) -> None:
    for agent, runtime in _runtimes(image_template).items():
        uri = runtime["AgentRuntimeArtifact"]["ContainerConfiguration"]["ContainerUri"]
        repository = f"switchboard-dev/{agent.replace('_', '-')}"
        assert f".dkr.ecr.us-east-1.amazonaws.com/{repository}:42" in json.dumps(uri)


@pytest.mark.requirement("S001-FR-010", "S")
@pytest.mark.requirement("S001-AC-3", "S")
def test_another_tag_changes_the_image_of_the_same_runtime(image_template: Template) -> None:
    other = _template(artifact="image", tag="43")

    assert set(other.find_resources(RUNTIME)) == set(image_template.find_resources(RUNTIME))
    assert ":43" in json.dumps(_runtimes(other)["code"]["AgentRuntimeArtifact"])


@pytest.mark.requirement("S001-FR-001", "S")
@pytest.mark.requirement("S001-FR-007", "S")
@pytest.mark.requirement("S001-FR-008", "S")
@pytest.mark.requirement("S001-FR-031", "S")
def test_the_repositories_never_move_a_tag_and_scan_and_encrypt() -> None:
    app = cdk.App(context={"aws:cdk:bundling-stacks": [], "artifact": "image"})
    build(app, environment("dev"))
    images = Template.from_stack(app.node.find_child("switchboard-dev-agent-images"))  # type: ignore[arg-type]

    images.resource_count_is("AWS::ECR::Repository", len(AGENTS))
    images.all_resources_properties(
        "AWS::ECR::Repository",
        {
            "ImageTagMutability": "IMMUTABLE",
            "ImageScanningConfiguration": {"ScanOnPush": True},
            "EncryptionConfiguration": {"EncryptionType": "KMS"},
        },
    )


@pytest.mark.requirement("S001-FR-025", "S")
def test_runtime_logs_are_kept_for_thirty_days(template: Template) -> None:
    template.resource_count_is("AWS::Logs::LogGroup", len(AGENTS))
    template.all_resources_properties("AWS::Logs::LogGroup", {"RetentionInDays": 30})


@pytest.mark.requirement("S001-FR-028", "S")
def test_the_outputs_name_arn_and_address(template: Template) -> None:
    for agent in ("Code", "Mock", "DemoDeck", "ABTest"):
        template.has_output(f"{agent}AgentRuntimeArn", {})
        template.has_output(f"{agent}AgentRuntimeEndpointUrl", {})


def test_other_environments_run_in_the_platforms_private_subnets() -> None:
    for runtime in _runtimes(_template("prod")).values():
        network = runtime["NetworkConfiguration"]
        assert network["NetworkMode"] == "VPC"
        assert set(network["NetworkModeConfig"]) == {"Subnets", "SecurityGroups"}


def test_dev_needs_no_network(template: Template) -> None:
    for runtime in _runtimes(template).values():
        assert runtime["NetworkConfiguration"] == {"NetworkMode": "PUBLIC"}
