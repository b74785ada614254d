"""Workload tokens and what they are exchanged for, through boto3 and the agents' own SDK."""

import json
import stat
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from botocore.exceptions import ClientError

from switchboard.local.agentcore.identity import SigningKey, Workload

PAYLOAD = {
    "invocation_id": "01JD2Q3R4S5T6V7W8X9Y0ZABCD",
    "agent_type": "insight",
    "project_id": "proj-demo",
    "notion_page_id": "22222222-2222-4222-8222-222222222222",
    "project": {"github_repo": "acme/storefront"},
}


def provider(front: Any, name: str = "gateway-oauth") -> str:
    front.register(
        name,
        {
            "type": "AWS::BedrockAgentCore::OAuth2CredentialProvider",
            "physical_id": f"arn:aws:bedrock-agentcore:us-east-1:111122223333:provider/{name}",
            "properties": {
                "Name": name,
                "Oauth2ProviderConfigInput": {
                    "CustomOauth2ProviderConfig": {"ClientId": "client-1"}
                },
            },
        },
    )
    return name


def registered_workload(front: Any, name: str = "tools") -> str:
    """The token of a workload that is no agent, by its deployed identity."""
    front.register(
        f"workload-{name}",
        {
            "type": "AWS::BedrockAgentCore::WorkloadIdentity",
            "physical_id": name,
            "properties": {"Name": name},
        },
    )
    token: str = front.client().get_workload_access_token(workloadName=name)["workloadAccessToken"]
    return token


def workload_token(front: Any, arn: str, *, session: str | None = None, **more: Any) -> str | None:
    answer = front.client().invoke_agent_runtime(
        agentRuntimeArn=arn,
        runtimeSessionId=session or f"inv-{uuid4()}",
        payload=json.dumps(PAYLOAD).encode(),
        **more,
    )
    headers = json.loads(answer["response"].read())["headers"]
    token: str | None = headers.get("workloadaccesstoken")
    return token


def exchange(
    front: Any, token: str | None, name: str = "gateway-oauth", scope: str = "gateway/code"
) -> str:
    answer = front.client().get_resource_oauth2_token(
        workloadIdentityToken=token,
        resourceCredentialProviderName=name,
        scopes=[scope],
        oauth2Flow="M2M",
    )
    found: str = answer["accessToken"]
    return found


def verified(front: Any, token: str) -> dict[str, Any]:
    discovery = httpx.get(f"{front.url}/.well-known/openid-configuration").json()
    assert discovery["issuer"] == front.issuer
    keys = httpx.get(f"{front.url}/.well-known/jwks.json").json()["keys"]
    claims: dict[str, Any] = jwt.decode(
        token,
        jwt.PyJWK(keys[0]).key,
        algorithms=["RS256"],
        audience="switchboard-gateway",
        issuer=front.issuer,
    )
    return claims


def test_the_token_names_agent_story_repository_and_branch(shared_front: Any) -> None:
    token = workload_token(shared_front, shared_front.runtime("code"), runtimeUserId="user-7")

    claims = verified(shared_front, exchange(shared_front, token, provider(shared_front)))

    own = {"iss", "iat", "exp", "jti", "token_use"}
    assert {key: value for key, value in claims.items() if key not in own} == {
        "aud": "switchboard-gateway",
        "client_id": "client-1",
        "scope": "gateway/code",
        "sub": "user-7",
        "acting_user": "user-7",
        "agent_type": "code",
        "invocation_id": "01JD2Q3R4S5T6V7W8X9Y0ZABCD",
        "project_id": "proj-demo",
        "page_id": "22222222-2222-4222-8222-222222222222",
        "repo": "acme/storefront",
        "repo_owner": "acme",
        "repo_name": "storefront",
        "work_branch": "switchboard/01jd2q3r4s5t6v7w8x9y0zabcd",
    }
    assert claims["exp"] - claims["iat"] == 3600


def test_the_agent_type_is_the_runtimes_whatever_the_payload_says(shared_front: Any) -> None:
    assert PAYLOAD["agent_type"] == "insight"
    token = workload_token(shared_front, shared_front.runtime("demo_deck"), runtimeUserId="user-7")

    claims = jwt.decode(
        exchange(shared_front, token, provider(shared_front), "gateway/demo_deck"),
        options={"verify_signature": False},
    )

    assert claims["agent_type"] == "demo_deck"
    assert claims["scope"] == "gateway/demo_deck"


def test_the_scope_of_another_agent_type_is_refused(shared_front: Any) -> None:
    token = workload_token(shared_front, shared_front.runtime("mock"), runtimeUserId="user-7")

    with pytest.raises(ClientError, match="invalid_scope") as caught:
        exchange(shared_front, token, provider(shared_front), "gateway/code")

    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_without_a_user_the_agent_gets_no_workload_token(shared_front: Any) -> None:
    assert workload_token(shared_front, shared_front.runtime("code")) is None


def test_a_workload_token_ends_with_its_session(shared_front: Any) -> None:
    arn = shared_front.runtime("code")
    session = f"inv-{uuid4()}"
    token = workload_token(shared_front, arn, session=session, runtimeUserId="user-7")
    shared_front.client().stop_runtime_session(agentRuntimeArn=arn, runtimeSessionId=session)

    with pytest.raises(ClientError) as caught:
        exchange(shared_front, token, provider(shared_front))

    assert caught.value.response["Error"]["Code"] == "UnauthorizedException"


def test_an_unknown_provider_is_not_found(shared_front: Any) -> None:
    token = workload_token(shared_front, shared_front.runtime("code"), runtimeUserId="user-7")

    with pytest.raises(ClientError) as caught:
        exchange(shared_front, token, "nobody")

    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_workload_without_invocation_gets_a_token_without_agent_type(shared_front: Any) -> None:
    token = registered_workload(shared_front)

    claims = jwt.decode(
        exchange(shared_front, token, provider(shared_front)), options={"verify_signature": False}
    )

    assert claims["sub"] == "tools"
    assert "agent_type" not in claims


def test_nobody_gets_a_token_for_a_workload_that_is_not_deployed(shared_front: Any) -> None:
    with pytest.raises(ClientError) as caught:
        shared_front.client().get_workload_access_token(workloadName="somebody")

    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_an_api_key_is_handed_out_to_workloads_only(shared_front: Any) -> None:
    shared_front.register(
        "key",
        {
            "type": "AWS::BedrockAgentCore::ApiKeyCredentialProvider",
            "physical_id": "key",
            "properties": {"Name": "notion", "ApiKey": "the-key"},
        },
    )
    client = shared_front.client()
    token = registered_workload(shared_front)

    answer = client.get_resource_api_key(
        workloadIdentityToken=token, resourceCredentialProviderName="notion"
    )
    with pytest.raises(ClientError) as caught:
        client.get_resource_api_key(
            workloadIdentityToken="made-up", resourceCredentialProviderName="notion"
        )

    assert answer["apiKey"] == "the-key"
    assert caught.value.response["Error"]["Code"] == "UnauthorizedException"


def test_an_api_key_kept_in_a_secret_is_read_from_there(shared_front: Any) -> None:
    shared_front.engine.secrets["github-app"] = '{"app_id": "1", "private_key": "PEM"}'
    shared_front.register(
        "github",
        {
            "type": "AWS::BedrockAgentCore::ApiKeyCredentialProvider",
            "physical_id": "github",
            "properties": {
                "Name": "github",
                "ApiKeySecretConfig": {"SecretId": "github-app", "JsonKey": "private_key"},
            },
        },
    )
    client = shared_front.client()
    token = registered_workload(shared_front)

    def key() -> str:
        answer = client.get_resource_api_key(
            workloadIdentityToken=token, resourceCredentialProviderName="github"
        )
        found: str = answer["apiKey"]
        return found

    assert key() == "PEM"
    shared_front.engine.secrets.clear()
    with pytest.raises(ClientError) as caught:
        key()
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_an_unsigned_request_is_refused(shared_front: Any) -> None:
    answer = httpx.post(
        f"{shared_front.url}/identities/GetWorkloadAccessToken", json={"workloadName": "tools"}
    )

    assert answer.status_code == 403
    assert answer.headers["x-amzn-errortype"] == "AccessDeniedException"


def test_the_signing_key_survives_a_restart_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "identity" / "key.pem"

    first, again = SigningKey.kept_in(path), SigningKey.kept_in(path)

    assert first.jwks() == again.jwks()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "given", ["acme/storefront", "https://github.com/acme/storefront", "acme/storefront.git"]
)
def test_a_repository_may_be_given_as_an_address(given: str) -> None:
    workload = Workload.of_invocation("code", "user-7", {"project": {"github_repo": given}})

    assert workload.claims["repo"] == "acme/storefront"


def test_what_is_not_known_becomes_no_claim() -> None:
    workload = Workload.of_invocation("code", "user-7", {})

    assert workload.claims == {"agent_type": "code", "acting_user": "user-7"}
