"""Who issues the tokens of which gateway, and the keys to check them with.

A gateway's `CustomJWTAuthorizer.DiscoveryUrl` names its issuer. A Connect instance (its host is
`<alias>.my.connect.aws`) is played by the local call centre, under its real name; every other one
(Cognito) by the local identity provider, under its own.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt

from switchboard.local.gateway.deployed import Gateway

REFRESH_SECONDS = 300.0
UNKNOWN_KEY_SECONDS = 5.0
DISCOVERY = "/.well-known/openid-configuration"
CONNECT = re.compile(r"https://[a-z0-9-]+\.my\.connect\.aws")

FetchJson = Callable[[str], Awaitable[Any]]


async def fetch_json(url: str) -> Any:
    """GET a JSON document."""
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        return (await client.get(url)).raise_for_status().json()


class KeyUnknownError(LookupError):
    """The issuer has no such key, or cannot be asked."""


@dataclass(frozen=True)
class Issuers:
    """The issuers there are, and where each answers on this machine."""

    identity: str
    """The local identity provider: its address is its name."""
    connect: str
    """The local call centre."""

    def of(self, gateway: Gateway) -> str:
        """The `iss` of the tokens that a gateway takes."""
        issuer = str(gateway.authorizer.get("DiscoveryUrl", "")).removesuffix(DISCOVERY)
        return issuer if self.is_connect(issuer) else self.identity

    def is_connect(self, issuer: str) -> bool:
        """Whether an issuer is a Connect instance."""
        return CONNECT.fullmatch(issuer) is not None

    def home(self, issuer: str) -> str:
        """Where an issuer's documents are served."""
        return self.connect if self.is_connect(issuer) else self.identity


class IssuerKeys:
    """The public keys of one issuer, fetched when needed."""

    def __init__(
        self,
        home: str,
        fetch: FetchJson = fetch_json,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Fetch the keys by OIDC discovery at `home`."""
        self._home = home
        self._fetch = fetch
        self._now = now
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched = float("-inf")
        self._lock = asyncio.Lock()

    async def key(self, key_id: str | None) -> jwt.PyJWK:
        """The key with this id.

        Raises:
            KeyUnknownError: the issuer has no such key, or cannot be asked.
        """
        async with self._lock:
            age = self._now() - self._fetched
            # A stranger's key id must not make us ask the issuer at every request.
            if age > REFRESH_SECONDS or (key_id not in self._keys and age > UNKNOWN_KEY_SECONDS):
                await self._load()
        if key_id not in self._keys:
            raise KeyUnknownError("unknown signing key")
        return self._keys[key_id]

    async def _load(self) -> None:
        try:
            found = await self._fetch(self._home + DISCOVERY)
            # An issuer under its real name names its keys' address there, too.
            keys = (await self._fetch(self._home + urlsplit(found["jwks_uri"]).path))["keys"]
        except (httpx.HTTPError, KeyError, ValueError) as error:
            raise KeyUnknownError(f"the issuer at {self._home} cannot be asked") from error
        self._keys = {key["kid"]: jwt.PyJWK(key) for key in keys}
        self._fetched = self._now()


class Keys:
    """The keys of each issuer, apart: a key of one never verifies a token of another."""

    def __init__(self, issuers: Issuers, fetch: FetchJson = fetch_json) -> None:
        """Ask the issuers where `issuers` says they are."""
        self._issuers = issuers
        self._fetch = fetch
        self._of: dict[str, IssuerKeys] = {}

    async def key(self, issuer: str, key_id: str | None) -> jwt.PyJWK:
        """A key of an issuer that some gateway names.

        Raises:
            KeyUnknownError: it has no such key, or cannot be asked.
        """
        if issuer not in self._of:
            self._of[issuer] = IssuerKeys(self._issuers.home(issuer), self._fetch)
        return await self._of[issuer].key(key_id)
