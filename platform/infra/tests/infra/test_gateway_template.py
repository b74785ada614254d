"""The delivery gateway as it is deployed: tokens, interceptor, targets, policies."""

import json
import re
from pathlib import Path
from typing import Any

import cedarpy
import pytest
from aws_cdk.assertions import Match, Template

from switchboard.tools.cedar_schema import cedar_schema
from switchboard.tools.manifest import ALLOW_LIST, TARGETS
from switchboard.tools.policy_files import load

ARN = "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/switchboard-dev-abcdefghij"
ALLOWED_KEYS = {"Type", "Description", "Properties", "Required", "Items"}


def _of_type(resources: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [
        item["Properties"]
        for item in resources.values()
        if item["Type"] == f"AWS::BedrockAgentCore::{kind}"
    ]


def _target(resources: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in _of_type(resources, "GatewayTarget") if item["Name"] == name)


def _tools(resources: dict[str, Any], target: str) -> list[str]:
    configuration = _target(resources, target)["TargetConfiguration"]["Mcp"]["Lambda"]
    return [tool["Name"] for tool in configuration["ToolSchema"]["InlinePayload"]]


def test_the_platform_supplies_one_bus_and_one_delivery_gateway(template: Template) -> None:
    template.resource_count_is("AWS::Events::EventBus", 1)
    template.resource_count_is("AWS::BedrockAgentCore::Gateway", 1)


def test_the_gateway_searches_by_meaning_and_takes_tokens_of_our_pool_only(
    template: Template,
) -> None:
    clients = template.find_resources("AWS::Cognito::UserPoolClient")
    template.has_resource_properties(
        "AWS::BedrockAgentCore::Gateway",
        {
            "AuthorizerType": "CUSTOM_JWT",
            "AuthorizerConfiguration": {
                "CustomJWTAuthorizer": {
                    "DiscoveryUrl": Match.any_value(),
                    "AllowedClients": [{"Ref": client} for client in clients],
                    "AllowedScopes": [f"gateway/{agent_type}" for agent_type in ALLOW_LIST],
                }
            },
            "ProtocolType": "MCP",
            "ProtocolConfiguration": {"Mcp": Match.object_like({"SearchType": "SEMANTIC"})},
            "PolicyEngineConfiguration": {"Arn": Match.any_value(), "Mode": "ENFORCE"},
        },
    )


def test_every_request_passes_the_interceptor_with_its_headers(resources: dict[str, Any]) -> None:
    (gateway,) = _of_type(resources, "Gateway")
    (interceptor,) = gateway["InterceptorConfigurations"]

    assert interceptor["InterceptionPoints"] == ["REQUEST"]
    assert interceptor["InputConfiguration"] == {"PassRequestHeaders": True}


def test_the_notion_target_offers_the_official_tools(resources: dict[str, Any]) -> None:
    assert _tools(resources, "notion") == [
        "notion-search",
        "notion-fetch",
        "notion-query-data-sources",
        "notion-create-pages",
        "notion-update-page",
        "notion-create-database",
        "notion-create-comment",
    ]


def test_the_github_target_offers_the_official_tools(resources: dict[str, Any]) -> None:
    assert _tools(resources, "github") == [
        "create_branch",
        "push_files",
        "create_pull_request",
        "get_file_contents",
        "pull_request_read",
        "pull_request_review_write",
        "add_comment_to_pending_review",
    ]


@pytest.mark.requirement("GTW-04", "S")
def test_the_uploader_is_a_lambda_target_authorised_by_the_gateways_role(
    resources: dict[str, Any],
) -> None:
    target = _target(resources, "prototype")

    assert _tools(resources, "prototype") == ["s3_upload_prototype", "s3_generate_url"]
    assert target["CredentialProviderConfigurations"] == [
        {"CredentialProviderType": "GATEWAY_IAM_ROLE"}
    ]


def test_the_sandbox_target_offers_code_and_packages(resources: dict[str, Any]) -> None:
    assert _tools(resources, "sandbox") == ["execute_code", "install_package"]


@pytest.mark.parametrize("target", ["notion", "github", "prototype", "sandbox"])
def test_a_target_gets_the_headers_of_the_interceptor_and_no_other(
    target: str, resources: dict[str, Any]
) -> None:
    headers = _target(resources, target)["MetadataConfiguration"]["AllowedRequestHeaders"]

    assert headers == [
        "x-switchboard-invocation-id",
        "x-switchboard-agent-type",
        "x-switchboard-page-id",
        "x-switchboard-repo",
        "x-switchboard-project-id",
        "x-switchboard-correlation-id",
    ]


def _keys(schema: dict[str, Any]) -> set[str]:
    nested = [
        *schema.get("Properties", {}).values(),
        *([schema["Items"]] if "Items" in schema else []),
    ]
    return set(schema).union(*[_keys(item) for item in nested])


def test_tool_schemas_use_only_what_a_lambda_target_may_say(resources: dict[str, Any]) -> None:
    for target in _of_type(resources, "GatewayTarget"):
        for tool in target["TargetConfiguration"]["Mcp"]["Lambda"]["ToolSchema"]["InlinePayload"]:
            assert _keys(tool["InputSchema"]) <= ALLOWED_KEYS, tool["Name"]


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_names_keep_the_limits_of_agentcore_and_of_bedrock(target: Any) -> None:
    assert re.fullmatch(r"([0-9a-zA-Z][-]?){1,100}", target.name)
    for tool in target.tools:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", target.full_name(tool))


def _statement(policy: dict[str, Any]) -> str:
    statement = policy["Definition"]["Cedar"]["Statement"]
    parts = statement["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else ARN for part in parts)


@pytest.mark.requirement("NEW-09", "S")
def test_the_cedar_files_are_deployed_word_for_word(resources: dict[str, Any], root: Path) -> None:
    deployed = {item["Name"]: _statement(item) for item in _of_type(resources, "Policy")}

    assert deployed == {
        policy.name: policy.statement(ARN) for policy in load(root / "platform/policies")
    }


def test_deployed_policies_are_valid_and_strictly_checked(resources: dict[str, Any]) -> None:
    for policy in _of_type(resources, "Policy"):
        assert policy["ValidationMode"] == "FAIL_ON_ANY_FINDINGS"
        assert cedarpy.validate_policies(
            _statement(policy), cedar_schema(TARGETS)
        ).validation_passed


def test_policies_come_after_the_targets_whose_tools_they_name(template: Template) -> None:
    found = template.find_resources("AWS::BedrockAgentCore::Policy")
    targets = set(template.find_resources("AWS::BedrockAgentCore::GatewayTarget"))

    assert all(targets <= set(item["DependsOn"]) for item in found.values())


def test_machine_tokens_get_our_claims_from_a_version_three_trigger(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Cognito::UserPool",
        {
            "LambdaConfig": {
                "PreTokenGenerationConfig": {
                    "LambdaArn": Match.any_value(),
                    "LambdaVersion": "V3_0",
                }
            },
            "UserPoolTier": "ESSENTIALS",
            "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
        },
    )


def _clients(template: Template) -> dict[str, dict[str, Any]]:
    """Logical id -> properties of the app clients."""
    found = template.find_resources("AWS::Cognito::UserPoolClient")
    return {name: item["Properties"] for name, item in found.items()}


def _text(value: Any) -> str:
    """A joined value as it will read, with the resource server's reference resolved."""
    return "".join(part if isinstance(part, str) else "gateway" for part in value["Fn::Join"][1])


def test_an_app_client_is_allowed_the_scope_of_one_agent_type_only(template: Template) -> None:
    (server,) = template.find_resources("AWS::Cognito::UserPoolResourceServer").values()
    clients = _clients(template).values()

    assert server["Properties"]["Identifier"] == "gateway"
    assert [item["ScopeName"] for item in server["Properties"]["Scopes"]] == list(ALLOW_LIST)
    assert sorted(
        _text(scope) for client in clients for scope in client["AllowedOAuthScopes"]
    ) == sorted(f"gateway/{agent_type}" for agent_type in ALLOW_LIST)
    for client in clients:
        assert len(client["AllowedOAuthScopes"]) == 1
        assert client["AllowedOAuthFlows"] == ["client_credentials"]
        assert client["GenerateSecret"] is True


def _providers(resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Name -> configuration of the credential providers for tokens."""
    return {
        item["Name"]: item["Oauth2ProviderConfigInput"]["CustomOauth2ProviderConfig"]
        for item in _of_type(resources, "OAuth2CredentialProvider")
    }


def test_each_agent_type_gets_its_token_from_a_provider_with_its_own_client(
    template: Template, resources: dict[str, Any]
) -> None:
    clients, providers = _clients(template), _providers(resources)

    assert set(providers) == {
        f"switchboard-gateway-dev-{agent_type.replace('_', '-')}" for agent_type in ALLOW_LIST
    }
    for agent_type in ALLOW_LIST:
        provider = providers[f"switchboard-gateway-dev-{agent_type.replace('_', '-')}"]
        client = provider["ClientId"]["Ref"]
        (scope,) = clients[client]["AllowedOAuthScopes"]
        assert _text(scope) == f"gateway/{agent_type}"
        assert provider["ClientSecret"] == {"Fn::GetAtt": [client, "ClientSecret"]}


def test_the_parameter_of_an_agent_type_names_its_provider(template: Template) -> None:
    for agent_type in ALLOW_LIST:
        template.has_resource_properties(
            "AWS::SSM::Parameter",
            {
                "Name": f"/switchboard/dev/platform/gateway/oauth-provider/{agent_type}",
                "Value": f"switchboard-gateway-dev-{agent_type.replace('_', '-')}",
            },
        )


def test_no_providers_name_begins_with_anothers(resources: dict[str, Any]) -> None:
    """A role reads its provider's secret by prefix: Secrets Manager appends to the name."""
    names = set(_providers(resources))

    assert not [(a, b) for a in names for b in names - {a} if b.startswith(a)]


def _key_providers(resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["Name"]: item for item in _of_type(resources, "ApiKeyCredentialProvider")}


def _secret(template: Template, words: str) -> str:
    (secret,) = template.find_resources(
        "AWS::SecretsManager::Secret",
        {"Properties": {"Description": Match.string_like_regexp(words)}},
    )
    return secret


def _refers_to(secret: str, field: str) -> dict[str, Any]:
    return {
        "ApiKeySecretSource": "EXTERNAL",
        "ApiKeySecretConfig": {"SecretId": {"Ref": secret}, "JsonKey": field},
    }


@pytest.mark.requirement("SEC-01", "S")
@pytest.mark.requirement("GTW-02", "S")
def test_the_notion_token_is_held_by_identity_and_stays_in_secrets_manager(
    template: Template, resources: dict[str, Any]
) -> None:
    provider = _key_providers(resources)["switchboard-notion-dev"]

    assert provider.items() >= _refers_to(_secret(template, "Notion"), "token").items()


@pytest.mark.requirement("SEC-02", "S")
@pytest.mark.requirement("GTW-03", "S")
def test_the_github_app_is_held_by_identity_and_stays_in_secrets_manager(
    template: Template, resources: dict[str, Any]
) -> None:
    providers, secret = _key_providers(resources), _secret(template, "GitHub")

    for name, field in (("app-id", "app_id"), ("app-key", "private_key")):
        provider = providers[f"switchboard-github-{name}-dev"]
        assert provider.items() >= _refers_to(secret, field).items()


def _role_statements(template: Template, function: str) -> list[dict[str, Any]]:
    """What the role of a tool's function may do."""
    return [
        statement
        for policy in template.find_resources("AWS::IAM::Policy").values()
        if policy["Properties"]["Roles"][0]["Ref"].startswith(f"Tools{function}")
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


@pytest.mark.requirement("SEC-01", "S")
@pytest.mark.requirement("SEC-02", "S")
@pytest.mark.requirement("SEC-03", "S")
@pytest.mark.parametrize(
    ("function", "words", "providers"),
    [
        ("Notion", "Notion", {"switchboard-notion-dev"}),
        ("Github", "GitHub", {"switchboard-github-app-id-dev", "switchboard-github-app-key-dev"}),
    ],
)
def test_a_tool_reads_its_seed_through_its_own_providers_only(
    function: str, words: str, providers: set[str], template: Template, resources: dict[str, Any]
) -> None:
    statements = _role_statements(template, function)
    (reading,) = (s for s in statements if s["Action"] == "secretsmanager:GetSecretValue")
    (asking,) = (s for s in statements if s["Action"] == "bedrock-agentcore:GetResourceApiKey")
    (workload,) = (
        s for s in statements if s["Action"] == "bedrock-agentcore:GetWorkloadAccessToken"
    )
    named = {
        resources[item["Fn::GetAtt"][0]]["Properties"]["Name"]
        for item in asking["Resource"]
        if "Fn::GetAtt" in item
    }

    assert reading["Resource"] == {"Ref": _secret(template, words)}
    assert reading["Condition"] == {"Bool": {"aws:ViaAWSService": "true"}}
    assert named == {*providers, f"switchboard-tools-{function.lower()}-dev"}
    assert "*" not in json.dumps([*asking["Resource"], *workload["Resource"]])


@pytest.mark.requirement("GTW-02", "S")
@pytest.mark.requirement("GTW-03", "S")
def test_no_tool_knows_where_a_seed_is(template: Template) -> None:
    secrets = {_secret(template, words) for words in ("Notion", "GitHub")}

    for function in template.find_resources("AWS::Lambda::Function").values():
        variables = json.dumps(function["Properties"].get("Environment", {}))
        assert not [secret for secret in secrets if secret in variables]
