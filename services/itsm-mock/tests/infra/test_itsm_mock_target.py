"""The ticket API as a target of the desk's gateway: the copy, the key, and what the role may do."""

import json
from typing import Any

import pytest

from switchboard.itsm_mock.adapters import openapi

POLICY = "poc-itsm-gateway-target-policy"


@pytest.mark.requirement("GTW-09", "C")
def test_the_desks_gateway_gets_the_gateways_copy_at_the_deployed_stage(
    stack: Any,
) -> None:
    (target,) = stack.of_type("AWS::BedrockAgentCore::GatewayTarget").values()
    payload = target["TargetConfiguration"]["Mcp"]["OpenApiSchema"]["InlinePayload"]
    text = "".join(
        part if isinstance(part, str) else next(iter(part.values()))
        for part in payload["Fn::Join"][1]
    )
    copy = json.loads(text)

    assert target["Name"] == "itsm"
    url = copy["servers"][0]["url"]
    assert url.startswith("https://ApiRest")
    assert url.endswith("/poc")
    assert copy == openapi.gateway_copy(openapi.spec(), url)


@pytest.mark.requirement("GTW-11", "S")
def test_the_gateway_calls_with_the_key_of_our_secret_in_the_header(
    stack: Any,
) -> None:
    (target,) = stack.of_type("AWS::BedrockAgentCore::GatewayTarget").values()
    (given,) = target["CredentialProviderConfigurations"]
    ((provider_id, provider),) = stack.of_type(
        "AWS::BedrockAgentCore::ApiKeyCredentialProvider"
    ).items()
    (secret,) = stack.of_type("AWS::SecretsManager::Secret")

    assert given["CredentialProviderType"] == "API_KEY"
    assert given["CredentialProvider"]["ApiKeyCredentialProvider"] == {
        "ProviderArn": {"Fn::GetAtt": [provider_id, "CredentialProviderArn"]},
        "CredentialLocation": "HEADER",
        "CredentialParameterName": "x-api-key",
    }
    assert provider["Name"] == "poc-itsm-api-key"
    assert provider["ApiKeySecretSource"] == "EXTERNAL"
    assert provider["ApiKeySecretConfig"] == {"SecretId": {"Ref": secret}, "JsonKey": "api_key"}


@pytest.mark.requirement("GTW-12", "S")
def test_the_gateways_role_may_read_one_secret_use_one_key_and_call_one_stage(
    stack: Any,
) -> None:
    policies = stack.of_type("AWS::IAM::Policy").values()
    (policy,) = [item for item in policies if item["PolicyName"] == POLICY]
    granted = {item["Sid"]: item for item in policy["PolicyDocument"]["Statement"]}
    (secret,) = stack.of_type("AWS::SecretsManager::Secret")

    assert {name: item["Action"] for name, item in granted.items()} == {
        "Secret": "secretsmanager:GetSecretValue",
        "Key": "bedrock-agentcore:GetResourceApiKey",
        "Stage": "execute-api:Invoke",
    }
    assert granted["Secret"]["Resource"] == {"Ref": secret}
    assert "*" not in json.dumps(granted["Key"]["Resource"])
    called = [item["Fn::Join"][1][-1] for item in granted["Stage"]["Resource"]]
    assert called == [
        "/poc/POST/tickets",
        "/poc/GET/tickets",
        "/poc/GET/tickets/*",
        "/poc/POST/tickets/*/comments",
    ]
    (role,) = policy["Roles"]
    assert stack.document["Parameters"][role["Ref"]]["Default"].endswith("/desk/gateway-role-name")


def test_the_target_waits_for_the_policy_it_needs(stack: Any) -> None:
    (target,) = [
        item
        for item in stack.document["Resources"].values()
        if item["Type"] == "AWS::BedrockAgentCore::GatewayTarget"
    ]

    assert any(name.startswith("DeskPolicy") for name in target["DependsOn"])
