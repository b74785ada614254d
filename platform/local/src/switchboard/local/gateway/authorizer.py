"""Inbound authorization: the JWT of the caller, checked as the gateway's configuration demands."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from switchboard.local.agentcore.identity import AUDIENCE
from switchboard.local.gateway.deployed import Deployed, Gateway
from switchboard.local.gateway.issuers import Issuers, Keys, KeyUnknownError

LEEWAY_SECONDS = 30
BELIEVED_SECONDS = 60.0
"""A token that was verified is believed so long without another look at its signature."""
MOST_BELIEVED = 256

Claims = dict[str, Any]


class TokenRefusedError(Exception):
    """The token is missing, wrong, expired or not meant for any gateway here (HTTP 401)."""


class Authorizer:
    """Finds the gateway a token is meant for, and its claims."""

    def __init__(
        self,
        deployed: Deployed,
        issuers: Issuers,
        keys: Keys,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Verify with the issuer's `keys`; the gateways say whom they accept."""
        self._deployed = deployed
        self._issuers = issuers
        self._keys = keys
        self._now = now
        self._believed: dict[str, tuple[float, str, Claims]] = {}

    async def authorize(self, header: str) -> tuple[Gateway, Claims]:
        """Check an Authorization header.

        Raises:
            TokenRefusedError: it lets nobody in.
        """
        if not header.startswith("Bearer "):
            raise TokenRefusedError("Missing Bearer token")
        token = header.removeprefix("Bearer ")
        believed = self._believe(token)
        issuer = believed[0] if believed else _issuer(token)
        gateways = [item for item in self._deployed.gateways() if self._issuers.of(item) == issuer]
        if not gateways:
            raise TokenRefusedError("Invalid Bearer token: no gateway takes this issuer's tokens")
        claims = believed[1] if believed else await self._verified(token, issuer)
        for gateway in gateways:
            if accepts(self._demands(gateway), claims):
                return gateway, claims
        raise TokenRefusedError("Invalid Bearer token: audience or client not allowed")

    def _demands(self, gateway: Gateway) -> Mapping[str, Any]:
        """What the gateway demands; ours without audience and client takes what was made for it.

        Connect's takes nobody until its own id is its audience, as on AWS.
        """
        authorizer = gateway.authorizer
        named = authorizer.get("AllowedAudience") or authorizer.get("AllowedClients")
        if named or self._issuers.is_connect(self._issuers.of(gateway)):
            return authorizer
        return {**authorizer, "AllowedAudience": [AUDIENCE]}

    def _believe(self, token: str) -> tuple[str, Claims] | None:
        """Issuer and claims of a token that was verified a moment ago and has not expired since."""
        until, issuer, claims = self._believed.get(token, (0.0, "", {}))
        return (issuer, claims) if self._now() < until else None

    async def _verified(self, token: str, issuer: str) -> Claims:
        try:
            key = await self._keys.key(issuer, jwt.get_unverified_header(token).get("kid"))
            claims: Claims = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                issuer=issuer,
                leeway=LEEWAY_SECONDS,
                # The audience is checked against each gateway's own configuration.
                options={"verify_aud": False, "require": ["exp", "iss", "sub"]},
            )
        except (jwt.PyJWTError, KeyUnknownError) as error:
            raise TokenRefusedError(f"Invalid Bearer token: {error}") from error
        if len(self._believed) >= MOST_BELIEVED:
            self._believed.clear()
        until = min(self._now() + BELIEVED_SECONDS, claims["exp"] + LEEWAY_SECONDS)
        self._believed[token] = (until, issuer, claims)
        return claims


def _issuer(token: str) -> str:
    """Who says it has issued the token; only its keys will tell."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise TokenRefusedError(f"Invalid Bearer token: {error}") from error
    return str(claims.get("iss", ""))


def accepts(authorizer: Mapping[str, Any], claims: Claims) -> bool:
    """Whether a gateway with this `CustomJWTAuthorizer` takes a token with these claims."""
    audiences = claims.get("aud", [])
    given = {audiences} if isinstance(audiences, str) else set(audiences)
    allowed = set(authorizer.get("AllowedAudience") or ())
    clients = set(authorizer.get("AllowedClients") or ())
    scopes = set(authorizer.get("AllowedScopes") or ())
    if not allowed and not clients:
        return False
    return (
        (not allowed or bool(allowed & given))
        and (not clients or claims.get("client_id") in clients)
        and (not scopes or bool(scopes & set(str(claims.get("scope", "")).split())))
    )
