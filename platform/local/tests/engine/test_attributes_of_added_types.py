import importlib
import json
import re
from datetime import UTC, datetime

import pytest

from switchboard.local.engine.registry import Registry
from switchboard.local.engine.resource_types import AGENTCORE, ATTRIBUTES, ResourceTypes
from switchboard.local.engine.vendor import PINNED, EngineMismatchError, load


def _known_to_cdk(module):
    """GetAtt names of each resource type of a CDK module, from its generated documentation."""
    found = {}
    for item in vars(importlib.import_module(f"aws_cdk.{module}")).values():
        name = getattr(item, "CFN_RESOURCE_TYPE_NAME", None)
        if isinstance(name, str) and item.__name__.startswith("Cfn"):
            properties = [
                value.fget.__doc__ or ""
                for key, value in vars(item).items()
                if key.startswith("attr_") and isinstance(value, property)
            ]
            marks = [re.search(r":cloudformationAttribute: (\S+)", text) for text in properties]
            found[name] = sorted(mark[1] for mark in marks if mark)
    return found


@pytest.mark.parametrize(
    "module",
    [
        "aws_bedrockagentcore",
        "aws_eventschemas",
        "aws_connect",
        "aws_wisdom",
        "aws_appintegrations",
        "aws_lex",
        "aws_budgets",
        "aws_s3vectors",
    ],
)
def test_every_type_of_the_module_answers_every_attribute_that_cdk_can_ask_for(module):
    known = _known_to_cdk(module)

    assert {name: ATTRIBUTES.get(name) for name in known} == known


@pytest.fixture
def types(tmp_path):
    handlers = {}
    registry = Registry(tmp_path / "registry")
    ResourceTypes(
        registry,
        scope=lambda: ("111122223333", "us-east-1"),
        gateway_url="http://127.0.0.1:8802/mcp",
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    ).register(handlers)
    return handlers, registry


def test_references_to_agentcore_resources_look_like_those_of_aws(types):
    handlers, _registry = types
    prefix = "arn:aws:bedrock-agentcore:us-east-1:111122223333"

    def create(kind, **properties):
        return handlers[AGENTCORE + kind]["create"]("Logical", properties, "stack")

    gateway, answers = create("Gateway", Name="tools")
    assert re.fullmatch(r"tools-[a-z0-9]{10}", gateway)
    assert answers["GatewayArn"] == f"{prefix}:gateway/{gateway}"
    target, answers = create("GatewayTarget", Name="github", GatewayIdentifier=gateway)
    assert target.startswith(f"{gateway}|")
    assert answers["GatewayArn"] == f"{prefix}:gateway/{gateway}"
    engine, _answers = create("PolicyEngine", Name="rules")
    assert engine.startswith(f"{prefix}:policy-engine/rules-")
    provider, answers = create("OAuth2CredentialProvider", Name="agents")
    assert provider == f"{prefix}:token-vault/default/oauth2credentialprovider/agents"
    assert answers["ClientSecretArn.SecretArn"].startswith("arn:aws:secretsmanager:us-east-1")
    identity, answers = create("WorkloadIdentity", Name="agent")
    assert identity == "agent"
    assert answers["WorkloadIdentityArn"].endswith("/workload-identity/agent")


def test_a_deleted_resource_is_off_the_record(types):
    handlers, registry = types
    handler = handlers[f"{AGENTCORE}Memory"]
    identity, _answers = handler["create"]("Logical", {"Name": "facts"}, "stack")
    assert [item.physical_id for item in registry.all()] == [identity]

    handler["delete"](identity, {})
    handler["delete"](identity, {})

    assert registry.all() == []


def test_a_resource_that_gets_another_name_replaces_the_old_one(types):
    handlers, registry = types
    handler = handlers[f"{AGENTCORE}Runtime"]
    first, _answers = handler["create"]("Logical", {"AgentRuntimeName": "one"}, "stack")

    second, _answers = handler["update"](
        first, {"AgentRuntimeName": "one"}, {"AgentRuntimeName": "two"}, "stack", "Logical"
    )

    assert [item.physical_id for item in registry.all()] == [second]
    assert second.startswith("two-")


def test_a_handler_of_the_engine_itself_is_not_replaced():
    handlers = {"AWS::EC2::EIP": "its own"}

    ResourceTypes(Registry(None), scope=lambda: ("", ""), gateway_url="").register(handlers)

    assert handlers["AWS::EC2::EIP"] == "its own"
    assert json.dumps(sorted(handlers)).count(AGENTCORE) > 20


def test_another_version_of_the_engine_is_refused_by_name():
    # The engine is not installed in the environment of the tests.
    with pytest.raises(EngineMismatchError, match=f"needs ministack {re.escape(PINNED)}"):
        load()
