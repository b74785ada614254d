"""AgentCore Identity on the wire: workload tokens, OAuth2 tokens, API keys; and OIDC discovery."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from switchboard.local.agentcore.aws_answers import (
    NotFoundError,
    UnauthorizedError,
    ValidationError,
    demand_signature,
    json_body,
)
from switchboard.local.agentcore.identity import (
    CLIENT_ID,
    IssueToken,
    SigningKey,
    Workload,
    WorkloadTokens,
)
from switchboard.local.agentcore.registry import Registry, Resource
from switchboard.tools.token_claims.scopes import RESOURCE_SERVER, scope_of

OAUTH2_PROVIDER = "AWS::BedrockAgentCore::OAuth2CredentialProvider"
API_KEY_PROVIDER = "AWS::BedrockAgentCore::ApiKeyCredentialProvider"
WORKLOAD_IDENTITY = "AWS::BedrockAgentCore::WorkloadIdentity"


class Secrets(Protocol):
    """Where credential providers keep their secrets."""

    def text(self, secret_id: str) -> str:
        """The secret's string; NotFoundError when there is none."""
        ...


class IdentityDoor:
    """Serves `/identities/*` and `/.well-known/*`."""

    def __init__(
        self,
        registry: Registry,
        tokens: WorkloadTokens,
        issue: IssueToken,
        key: SigningKey,
        secrets: Secrets,
    ) -> None:
        """Issue JWTs with `issue`; providers come from `registry`, their keys from `secrets`."""
        self._registry = registry
        self._tokens = tokens
        self._issue = issue
        self._key = key
        self._secrets = secrets

    def routes(self) -> list[Route]:
        """The operations of `bedrock-agentcore` under `/identities`, and discovery."""
        return [
            Route("/identities/GetWorkloadAccessToken", self.workload_token, methods=["POST"]),
            Route(
                "/identities/GetWorkloadAccessTokenForUserId",
                self.workload_token,
                methods=["POST"],
            ),
            Route(
                "/identities/GetWorkloadAccessTokenForJWT", self.workload_token, methods=["POST"]
            ),
            Route("/identities/oauth2/token", self.oauth2_token, methods=["POST"]),
            Route("/identities/api-key", self.api_key, methods=["POST"]),
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/.well-known/jwks.json", self.jwks),
        ]

    async def workload_token(self, request: Request) -> Response:
        """A token without invocation: it can fetch API keys, and no policy permits it a tool."""
        demand_signature(request)
        body = await json_body(request)
        name = str(body.get("workloadName") or "")
        if not name:
            raise ValidationError("workloadName is required")
        self._named(WORKLOAD_IDENTITY, name, "workload identity")
        workload = Workload(str(body.get("userId") or name), {"workload": name})
        return JSONResponse({"workloadAccessToken": self._tokens.issue(workload)})

    async def oauth2_token(self, request: Request) -> Response:
        """GetResourceOauth2Token for the gateway; only M2M, there is nobody to ask for consent."""
        demand_signature(request)
        body = await json_body(request)
        workload = self._workload(body)
        if body.get("oauth2Flow") != "M2M":
            raise ValidationError("oauth2Flow: only M2M is served locally")
        client_id = self._client_id(str(body.get("resourceCredentialProviderName") or ""))
        scopes = [str(scope) for scope in body.get("scopes") or []]
        _demand_own_scopes(workload, scopes)
        return JSONResponse({"accessToken": self._issue(workload, client_id, scopes)})

    async def api_key(self, request: Request) -> Response:
        """GetResourceApiKey: the provider's key, or the secret it refers to."""
        demand_signature(request)
        body = await json_body(request)
        self._workload(body)
        name = str(body.get("resourceCredentialProviderName") or "")
        provider = self._named(API_KEY_PROVIDER, name, "credential provider")
        key = provider.property("ApiKey")
        if key is None:
            reference = provider.property("ApiKeySecretConfig", default={})
            text = await asyncio.to_thread(self._secrets.text, reference.get("SecretId", ""))
            json_key = reference.get("JsonKey")
            key = json.loads(text)[json_key] if json_key else text
        return JSONResponse({"apiKey": key})

    async def discovery(self, _request: Request) -> Response:
        """OpenID Connect discovery."""
        issuer = self._issue.issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "jwks_uri": f"{issuer}/.well-known/jwks.json",
                "token_endpoint": f"{issuer}/identities/oauth2/token",
                "response_types_supported": ["token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def jwks(self, _request: Request) -> Response:
        """The public key."""
        return JSONResponse(self._key.jwks())

    def _workload(self, body: Mapping[str, Any]) -> Workload:
        workload = self._tokens.find(str(body.get("workloadIdentityToken") or ""))
        if workload is None:
            raise UnauthorizedError("the workload identity token is unknown or its session ended")
        return workload

    def _client_id(self, name: str) -> str:
        provider = self._named(OAUTH2_PROVIDER, name, "credential provider")
        config = provider.property("Oauth2ProviderConfigInput", default={})
        for vendor in config.values():
            if isinstance(vendor, Mapping) and vendor.get("ClientId"):
                return str(vendor["ClientId"])
        return CLIENT_ID

    def _named(self, type_name: str, name: str, kind: str) -> Resource:
        for resource in self._registry.of_type(type_name):
            if resource.property("Name") == name:
                return resource
        raise NotFoundError(f"no {kind} called '{name}'")


def _demand_own_scopes(workload: Workload, scopes: list[str]) -> None:
    """Refuse what Cognito refuses a client: the gateway's scope of another agent type."""
    agent_type = workload.claims.get("agent_type")
    if agent_type is None:
        return  # such a token names no agent type, so no policy permits it anything
    named = [scope for scope in scopes if scope.startswith(f"{RESOURCE_SERVER}/")]
    if named and named != [scope_of(agent_type)]:
        raise ValidationError(
            f"invalid_scope: an agent of type {agent_type} is not allowed {named}"
        )
