"""Inbound authorization: the JWT of the caller, checked as the gateway's configuration demands."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import jwt

from switchboard.local.agentcore.identity import AUDIENCE
from switchboard.local.gateway.deployed import Deployed, Gateway

REFRESH_SECONDS = 300.0
UNKNOWN_KEY_SECONDS = 5.0
LEEWAY_SECONDS = 30

Claims = dict[str, Any]
FetchJson = Callable[[str], Awaitable[Any]]


async def fetch_json(url: str) -> Any:
    """GET a JSON document."""
    async with httpx.AsyncClient(timeout=5) as client:
        return (await client.get(url)).raise_for_status().json()


class TokenRefusedError(Exception):
    """The token is missing, wrong, expired or not meant for any gateway here (HTTP 401)."""


class IssuerKeys:
    """The issuer's public keys, fetched when needed."""

    def __init__(
        self,
        issuer: str,
        fetch: FetchJson = fetch_json,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Fetch the keys of `issuer` by OIDC discovery."""
        self.issuer = issuer
        self._fetch = fetch
        self._now = now
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched = float("-inf")
        self._lock = asyncio.Lock()

    async def key(self, key_id: str | None) -> jwt.PyJWK:
        """The key with this id.

        Raises:
            TokenRefusedError: the issuer has no such key, or cannot be asked.
        """
        async with self._lock:
            age = self._now() - self._fetched
            # A stranger's key id must not make us ask the issuer at every request.
            if age > REFRESH_SECONDS or (key_id not in self._keys and age > UNKNOWN_KEY_SECONDS):
                await self._load()
        if key_id not in self._keys:
            raise TokenRefusedError("unknown signing key")
        return self._keys[key_id]

    async def _load(self) -> None:
        try:
            found = await self._fetch(f"{self.issuer}/.well-known/openid-configuration")
            keys = (await self._fetch(found["jwks_uri"]))["keys"]
        except (httpx.HTTPError, KeyError, ValueError) as error:
            raise TokenRefusedError(f"the issuer {self.issuer} cannot be asked") from error
        self._keys = {key["kid"]: jwt.PyJWK(key) for key in keys}
        self._fetched = self._now()


class Authorizer:
    """Finds the gateway a token is meant for, and its claims."""

    def __init__(self, deployed: Deployed, keys: IssuerKeys) -> None:
        """Verify with `keys`; the gateways say which audiences and clients they accept."""
        self._deployed = deployed
        self._keys = keys

    async def authorize(self, header: str) -> tuple[Gateway, Claims]:
        """Check an Authorization header.

        Raises:
            TokenRefusedError: it lets nobody in.
        """
        if not header.startswith("Bearer "):
            raise TokenRefusedError("Missing Bearer token")
        claims = await self._verified(header.removeprefix("Bearer "))
        for gateway in self._deployed.gateways():
            if accepts(gateway.authorizer, claims):
                return gateway, claims
        raise TokenRefusedError("Invalid Bearer token: audience or client not allowed")

    async def _verified(self, token: str) -> Claims:
        try:
            key = await self._keys.key(jwt.get_unverified_header(token).get("kid"))
            claims: Claims = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                issuer=self._keys.issuer,
                leeway=LEEWAY_SECONDS,
                # The audience is checked against each gateway's own configuration.
                options={"verify_aud": False, "require": ["exp", "iss", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise TokenRefusedError(f"Invalid Bearer token: {error}") from error
        return claims


def accepts(authorizer: Mapping[str, Any], claims: Claims) -> bool:
    """Whether a gateway with this `CustomJWTAuthorizer` takes a token with these claims.

    One that names neither audience nor client takes what our issuer made for the gateway.
    """
    audiences = claims.get("aud", [])
    given = {audiences} if isinstance(audiences, str) else set(audiences)
    allowed = set(authorizer.get("AllowedAudience") or ())
    clients = set(authorizer.get("AllowedClients") or ())
    scopes = set(authorizer.get("AllowedScopes") or ())
    if not allowed and not clients:
        allowed = {AUDIENCE}
    return (
        (not allowed or bool(allowed & given))
        and (not clients or claims.get("client_id") in clients)
        and (not scopes or bool(scopes & set(str(claims.get("scope", "")).split())))
    )
