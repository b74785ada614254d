"""Versions behind a runtime's endpoints, who may call it, and what it may reach."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from agents_endpoints import UnknownPinError, UnpinnedEndpointError, beta_share, versions_of
from agents_permissions import ALWAYS, OF_A_ZIP, MissingPermissionError, demand_permissions
from agents_stack import AGENTS, build
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from switchboard.constructs.environments import environment
from switchboard.constructs.inbound import InboundRefusedError

RUNTIME = "AWS::BedrockAgentCore::Runtime"
ENDPOINT = "AWS::BedrockAgentCore::RuntimeEndpoint"
Synthesize = Callable[..., Template]


def app_with(**context: object) -> cdk.App:
    return cdk.App(context={"aws:cdk:bundling-stacks": [], **context})


def runtimes(template: Template) -> dict[str, dict[str, Any]]:
    found = template.find_resources(RUNTIME).values()
    return {item["Properties"]["EnvironmentVariables"]["AGENT"]: item for item in found}


# ---- versions


def versions(template: Template) -> set[tuple[str, str]]:
    found = template.find_resources(ENDPOINT).values()
    return {
        (item["Properties"]["Name"], item["Properties"]["AgentRuntimeVersion"]) for item in found
    }


@pytest.mark.requirement("AGT-20", "S")
def test_endpoints_stand_on_the_versions_that_were_committed_until_they_are_moved(
    synthesized: Synthesize,
) -> None:
    before, moved, back = (
        synthesized(),
        synthesized(**{"code:prod": "3"}),
        synthesized(**{"code:prod": "2"}),
    )

    assert versions(before) == {("dev", "1"), ("staging", "1"), ("prod", "1")}
    assert versions(moved) - versions(before) == {("prod", "3")}
    assert versions(back) - versions(before) == {("prod", "2")}
    # nothing but the endpoint's version changes: no new version, no interrupted session
    assert moved.find_resources(RUNTIME) == before.find_resources(RUNTIME)


def traffic_of(template: Template) -> dict[str, str]:
    """What the orchestrator reads, by the parameter's name."""
    found = [item["Properties"] for item in template.find_resources("AWS::SSM::Parameter").values()]
    return {item["Name"]: item["Value"] for item in found if item["Name"].endswith("/traffic")}


@pytest.mark.requirement("AGT-20", "S")
def test_beta_is_an_endpoint_of_its_own_with_a_share_the_orchestrator_reads(
    synthesized: Synthesize,
) -> None:
    template = synthesized("prod", **{"code:beta": "4", "code:beta-share": "10"})

    assert ("beta", "4") in versions(template)
    assert traffic_of(template)["/switchboard/prod/agents/code/traffic"] == "prod,beta:10"
    assert traffic_of(template)["/switchboard/prod/agents/mock/traffic"] == "prod"
    assert set(traffic_of(synthesized()).values()) == {"DEFAULT"}
    assert ("beta", "4") not in versions(synthesized())


@pytest.mark.parametrize("version", ["latest", "DEFAULT", "0", "3.1", "1234567"])
def test_an_endpoint_that_would_follow_what_comes_is_refused(version: str) -> None:
    with pytest.raises(UnpinnedEndpointError, match="endpoint prod of agent code is not pinned"):
        build(app_with(**{"code:prod": version}), environment("prod"))


def test_an_environment_without_pins_is_refused_with_the_file() -> None:
    with pytest.raises(UnpinnedEndpointError, match=r"pins\.json"):
        versions_of(app_with(), "prod", "code", committed={"prod": {"*": {"dev": 1}}})


def test_a_pin_of_one_agent_goes_before_that_of_all() -> None:
    every = {"dev": 1, "staging": 1, "prod": 1}
    committed = {"prod": {"*": every, "code": {"prod": 5}}}

    assert versions_of(app_with(), "prod", "code", committed)["prod"] == "5"
    assert versions_of(app_with(), "prod", "mock", committed)["prod"] == "1"


@pytest.mark.parametrize(
    ("context", "said"),
    [({"code:beta-share": "10"}, "no beta"), ({"code:beta-share": "90"}, "from 0 to 50")],
)
def test_a_share_without_a_beta_or_of_too_many_is_refused(
    context: dict[str, str], said: str
) -> None:
    with pytest.raises(UnpinnedEndpointError, match=said):
        beta_share(app_with(**context), "prod", "code")


@pytest.mark.parametrize(
    ("key", "said"), [("coed:prod", "agents are code"), ("code:production", "endpoints are dev")]
)
def test_a_pin_that_nothing_would_read_is_refused(key: str, said: str) -> None:
    with pytest.raises(UnknownPinError, match=said):
        build(app_with(**{key: "3"}), environment("dev"))


# ---- who may call, and what a runtime may do


@pytest.mark.requirement("S001-FR-017", "S")
@pytest.mark.requirement("S001-FR-018", "S")
@pytest.mark.requirement("S001-AC-5", "S")
def test_a_runtime_can_take_the_tokens_of_one_client_of_the_pool(synthesized: Synthesize) -> None:
    template = synthesized(inbound="jwt")
    named = {
        parameter: item["Default"].rsplit("/", 1)[-1]
        for parameter, item in template.find_parameters("*").items()
        if "/security/" in str(item.get("Default"))
    }

    for runtime in runtimes(template).values():
        jwt = runtime["Properties"]["AuthorizerConfiguration"]["CustomJWTAuthorizer"]
        assert named[jwt["DiscoveryUrl"]["Ref"]] == "inbound-discovery-url"
        assert [named[item["Ref"]] for item in jwt["AllowedClients"]] == ["inbound-client-id"]
    for runtime in runtimes(synthesized()).values():
        assert "AuthorizerConfiguration" not in runtime["Properties"]


def test_one_agent_alone_can_take_tokens(synthesized: Synthesize) -> None:
    found = {
        agent
        for agent, runtime in runtimes(synthesized(**{"inbound:mock": "jwt"})).items()
        if "AuthorizerConfiguration" in runtime["Properties"]
    }

    assert found == {"mock"}
    with pytest.raises(InboundRefusedError, match="inbound=iam"):
        build(app_with(inbound="oauth"), environment("dev"))


@pytest.mark.requirement("T031", "U")
def test_a_role_that_lacks_what_a_runtime_needs_is_refused_naming_each_action() -> None:
    statements = [
        iam.PolicyStatement(sid=sid, actions=sorted(actions), resources=["*"])
        for sid, actions in {**ALWAYS, **OF_A_ZIP}.items()
        if sid != "LogStreams"
    ]

    with pytest.raises(
        MissingPermissionError,
        match="role some-role lacks LogStreams: logs:CreateLogStream, logs:PutLogEvents",
    ):
        demand_permissions("some-role", statements, ALWAYS, OF_A_ZIP)


def _statements(template: Template) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for policy in template.find_resources("AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            found.setdefault(statement["Sid"], []).append(statement)
    return found


@pytest.mark.requirement("T026", "S")
@pytest.mark.requirement("T027", "S")
@pytest.mark.requirement("T028", "S")
@pytest.mark.requirement("T029", "S")
@pytest.mark.requirement("S002-US-3", "S")
def test_a_runtime_reaches_its_model_logs_secrets_and_key_and_nothing_unnamed(
    synthesized: Synthesize,
) -> None:
    found = _statements(synthesized("prod", artifact="image"))

    def actions(sid: str) -> set[str]:
        return {json.dumps(item["Action"]) for item in found[sid]}

    assert actions("Model") == {'["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]'}
    assert actions("LogStreams") == {'["logs:CreateLogStream", "logs:PutLogEvents"]'}
    assert actions("GatewayTokenSecret") == {'"secretsmanager:GetSecretValue"'}
    assert actions("Key") == {'"kms:Decrypt"'}
    for sid, statements in found.items():
        assert len(statements) in (1, len(AGENTS)), sid
        for statement in statements:
            assert (statement["Resource"] == "*") == (sid in {"ImageLogin", "Traces"})
    assert "Key" not in _statements(synthesized())


@pytest.mark.requirement("T030", "S")
def test_trust_and_permissions_end_at_the_account(synthesized: Synthesize) -> None:
    template = synthesized("prod")
    for role in template.find_resources("AWS::IAM::Role").values():
        (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if trust["Principal"] == {"Service": "bedrock-agentcore.amazonaws.com"}:
            assert set(trust["Condition"]["StringEquals"]) == {"aws:SourceAccount"}
            assert set(trust["Condition"]["ArnLike"]) == {"aws:SourceArn"}
    for sid, statements in _statements(template).items():
        for statement in statements:
            ours = statement.get("Condition", {}).get("StringEqualsIfExists", {})
            assert ("aws:ResourceAccount" in ours) == (sid != "Model"), sid


@pytest.mark.requirement("S001-FR-012", "S")
@pytest.mark.requirement("S001-FR-032", "S")
def test_variables_hold_names_and_arns_and_never_a_secret(synthesized: Synthesize) -> None:
    for runtime in runtimes(synthesized()).values():
        variables = runtime["Properties"]["EnvironmentVariables"]
        assert variables["MODEL_ID"] == {"Ref": "ModelId"}
        assert variables["MODEL_API_KEY_SECRET_ARN"] == {"Ref": "ModelApiKeySecretArn"}
        assert "{{resolve:" not in json.dumps(runtime)


def test_an_environment_of_its_own_needs_an_entry_with_its_pins() -> None:
    staging = replace(environment("dev"), name="staging")

    with pytest.raises(UnpinnedEndpointError, match="is not pinned in staging"):
        build(app_with(), staging)


@pytest.mark.requirement("DAT-11", "S")
@pytest.mark.requirement("S001-AC-1", "S")
def test_every_entity_of_a_runtime_stands_in_the_templates() -> None:
    app = app_with(artifact="image", inbound="jwt", tag="7")
    build(app, environment("dev"))

    resources = [
        item for stack in app.synth().stacks for item in stack.template["Resources"].values()
    ]
    kinds = {item["Type"] for item in resources}
    assert {RUNTIME, ENDPOINT, "AWS::IAM::Role", "AWS::ECR::Repository"} <= kinds
    for item in resources:
        if item["Type"] == RUNTIME:
            properties = item["Properties"]
            assert "ContainerConfiguration" in properties["AgentRuntimeArtifact"]
            assert "CustomJWTAuthorizer" in properties["AuthorizerConfiguration"]
            assert properties["EnvironmentVariables"]
            assert properties["RoleArn"]


def test_what_a_quick_answer_needs_stands_in_the_template(synthesized: Synthesize) -> None:
    template = synthesized("prod")
    models = _statements(template)["Model"]

    assert len(models) == len(AGENTS)
    for runtime in runtimes(template).values():
        properties = runtime["Properties"]
        assert properties["ProtocolConfiguration"] == "HTTP"
        # a session that was used stays warm for a quarter of an hour
        assert properties["LifecycleConfiguration"]["IdleRuntimeSessionTimeout"] == 900
        assert properties["EnvironmentVariables"]["MODEL_ID"] == {"Ref": "ModelId"}


def test_logs_are_encrypted_with_the_agents_key_where_the_environment_has_one(
    synthesized: Synthesize,
) -> None:
    def keys(template: Template) -> set[str]:
        groups = template.find_resources("AWS::Logs::LogGroup").values()
        return {json.dumps(item["Properties"].get("KmsKeyId")) for item in groups}

    (key,) = keys(synthesized("prod"))
    assert "securitykeyarn" in key
    assert keys(synthesized()) == {"null"}
