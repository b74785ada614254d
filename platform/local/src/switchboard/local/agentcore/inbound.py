"""Who may invoke a runtime: a signed request, or, where its template has an authorizer, a token.

As on AWS a runtime takes one kind (docs/runtime/data-model.md). Tokens are those of a Cognito user
pool; the engine plays the pool, under its real name, and serves its keys.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
from starlette.requests import Request

from switchboard.local.agentcore.aws_answers import (
    AccessDeniedError,
    UnauthorizedError,
    demand_signature,
)
from switchboard.local.gateway.authorizer import accepts
from switchboard.local.gateway.issuers import DISCOVERY, fetch_json

LEEWAY_SECONDS = 30
BEARER = "Bearer "


class Inbound:
    """Lets a request to a runtime in, or says why not."""

    def __init__(
        self, engine_url: str, fetch: Callable[[str], Awaitable[Any]] = fetch_json
    ) -> None:
        """Fetch a pool's keys from the engine."""
        self._engine_url = engine_url
        self._fetch = fetch
        self._keys: dict[str, jwt.PyJWK] = {}

    async def admit(self, authorizer: Mapping[str, Any], request: Request) -> str | None:
        """The subject of the token, or None for a signed request.

        Raises:
            AccessDeniedError: not signed, or the other kind than the runtime takes.
            UnauthorizedError: a token that lets nobody in.
        """
        demands = authorizer.get("CustomJWTAuthorizer")
        if not demands:
            demand_signature(request)
            return None
        header = request.headers.get("authorization", "")
        if header.startswith("AWS4-HMAC-SHA256 "):
            raise AccessDeniedError(
                "Authorization method mismatch: this runtime takes tokens of its user pool, "
                "not AWS signatures"
            )
        if not header.startswith(BEARER):
            raise UnauthorizedError("Missing Bearer token of the runtime's user pool")
        claims = await self._verified(str(demands["DiscoveryUrl"]), header.removeprefix(BEARER))
        if not accepts(demands, claims):
            raise UnauthorizedError("Invalid Bearer token: audience or client not allowed")
        return str(claims["sub"])

    async def _verified(self, discovery_url: str, token: str) -> dict[str, Any]:
        issuer = discovery_url.removesuffix(DISCOVERY)
        try:
            key = await self._key(issuer, str(jwt.get_unverified_header(token).get("kid")))
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                issuer=issuer,
                leeway=LEEWAY_SECONDS,
                options={"verify_aud": False, "require": ["exp", "iss", "sub"]},
            )
        except (jwt.PyJWTError, LookupError, httpx.HTTPError) as error:
            raise UnauthorizedError(f"Invalid Bearer token: {error}") from error
        return claims

    async def _key(self, issuer: str, key_id: str) -> jwt.PyJWK:
        if key_id not in self._keys:
            pool = urlsplit(issuer).path
            found = await self._fetch(f"{self._engine_url}{pool}/.well-known/jwks.json")
            self._keys |= {key["kid"]: jwt.PyJWK(key) for key in found["keys"]}
        return self._keys[key_id]
