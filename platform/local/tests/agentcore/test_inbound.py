"""Whom a runtime lets in: signatures or tokens of its pool, one of the two."""

import asyncio
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request

from switchboard.local.agentcore.aws_answers import AccessDeniedError, AwsError, UnauthorizedError
from switchboard.local.agentcore.identity import SigningKey
from switchboard.local.agentcore.inbound import Inbound

ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool"
AUTHORIZER = {
    "CustomJWTAuthorizer": {
        "DiscoveryUrl": f"{ISSUER}/.well-known/openid-configuration",
        "AllowedClients": ["machine"],
    }
}
SIGNED = "AWS4-HMAC-SHA256 Credential=x"


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def inbound(key: SigningKey, asked: list[str]) -> Inbound:
    async def fetch(url: str) -> Any:
        asked.append(url)
        return key.jwks()

    return Inbound("http://engine", fetch)


def request(authorization: str = "") -> Request:
    headers = [(b"authorization", authorization.encode())] if authorization else []
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers})


def admit(inbound: Inbound, authorizer: dict[str, Any], what: Request) -> str | None:
    return asyncio.run(inbound.admit(authorizer, what))


def token(key: SigningKey, **changes: Any) -> str:
    claims = {
        "iss": ISSUER,
        "sub": "caller-one",
        "client_id": "machine",
        "exp": int(time.time()) + 60,
        **changes,
    }
    return f"Bearer {key.sign(claims)}"


def test_a_token_of_the_pool_says_who_calls_and_its_keys_are_fetched_once(
    inbound: Inbound, key: SigningKey, asked: list[str]
) -> None:
    for _ in range(2):
        assert admit(inbound, AUTHORIZER, request(token(key))) == "caller-one"

    assert asked == ["http://engine/us-east-1_pool/.well-known/jwks.json"]


def test_a_runtime_without_authorizer_takes_signatures(inbound: Inbound) -> None:
    assert admit(inbound, {}, request(SIGNED)) is None
    with pytest.raises(AccessDeniedError):
        admit(inbound, {}, request())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"client_id": "somebody"}, "client not allowed"),
        ({"exp": int(time.time()) - 600}, "expired"),
        ({"iss": "https://elsewhere"}, "issuer"),
    ],
)
def test_a_token_that_is_not_for_this_runtime_is_refused(
    inbound: Inbound, key: SigningKey, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(UnauthorizedError, match=said):
        admit(inbound, AUTHORIZER, request(token(key, **changes)))


@pytest.mark.parametrize(
    ("header", "kind"),
    [("", UnauthorizedError), ("Bearer rubbish", UnauthorizedError), (SIGNED, AccessDeniedError)],
)
def test_nothing_rubbish_or_a_signature_is_refused_where_tokens_are_taken(
    inbound: Inbound, header: str, kind: type[AwsError]
) -> None:
    with pytest.raises(kind):
        admit(inbound, AUTHORIZER, request(header))


def test_a_key_the_pool_does_not_have_is_refused(inbound: Inbound) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = jwt.encode({"iss": ISSUER, "sub": "x"}, stranger, "RS256", {"kid": "unknown"})

    with pytest.raises(UnauthorizedError):
        admit(inbound, AUTHORIZER, request(f"Bearer {forged}"))
