"""The agents' key, and the user pool whose tokens runtimes may take."""

from typing import Any

import pytest
from aws_cdk.assertions import Match, Template


@pytest.fixture(scope="module")
def security(synthesize: Any) -> Template:
    found: Template = synthesize("prod", "security", inbound="jwt")
    return found


def test_the_key_turns_and_services_use_it_for_this_account_only(security: Template) -> None:
    (key,) = security.find_resources("AWS::KMS::Key").values()

    assert key["Properties"]["EnableKeyRotation"] is True
    by_sid = {item.get("Sid"): item for item in key["Properties"]["KeyPolicy"]["Statement"]}
    assert by_sid["Runtimes"]["Condition"]["StringEquals"] == {
        "aws:SourceAccount": {"Ref": "AWS::AccountId"}
    }
    assert "aws:SourceArn" in by_sid["Runtimes"]["Condition"]["ArnLike"]
    assert "kms:EncryptionContext:aws:logs:arn" in by_sid["LogsOfRuntimes"]["Condition"]["ArnLike"]


@pytest.mark.requirement("S001-FR-017", "S")
def test_tokens_come_from_a_pool_into_which_nobody_signs_up(security: Template) -> None:
    security.has_resource_properties(
        "AWS::Cognito::UserPool",
        {
            "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
            "MfaConfiguration": "ON",
            "EnabledMfas": ["SOFTWARE_TOKEN_MFA"],
        },
    )
    security.has_resource_properties(
        "AWS::Cognito::UserPoolClient",
        {
            "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": [Match.any_value()],
            "GenerateSecret": True,
        },
    )
    parameters = {
        item["Properties"]["Name"]
        for item in security.find_resources("AWS::SSM::Parameter").values()
    }
    assert {
        "/switchboard/prod/platform/security/key-arn",
        "/switchboard/prod/platform/security/inbound-discovery-url",
        "/switchboard/prod/platform/security/inbound-client-id",
    } <= parameters


def test_without_runtimes_that_take_tokens_there_is_no_pool(synthesize: Any) -> None:
    security: Template = synthesize("prod", "security")

    security.resource_count_is("AWS::Cognito::UserPool", 0)


def test_one_agent_that_takes_tokens_is_enough(synthesize: Any) -> None:
    security: Template = synthesize("dev", "security", **{"inbound:mock": "jwt"})

    security.resource_count_is("AWS::Cognito::UserPool", 1)
    security.resource_count_is("AWS::KMS::Key", 0)
