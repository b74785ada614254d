"""The keys of issuers: fetched when needed, from where the issuer is on this machine."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from switchboard.local.agentcore.identity import SigningKey
from switchboard.local.gateway.issuers import (
    DISCOVERY,
    REFRESH_SECONDS,
    UNKNOWN_KEY_SECONDS,
    IssuerKeys,
    Issuers,
    Keys,
    KeyUnknownError,
)

CONNECT = "https://poc-desk.my.connect.aws"
ISSUERS = Issuers(identity="http://127.0.0.1:8801", connect="http://127.0.0.1:8741")


class Web:
    """The documents of issuers."""

    def __init__(self, folder: Path) -> None:
        self.key = SigningKey.kept_in(folder / "key.pem")
        self.fetched: list[str] = []
        self.down = False

    async def fetch(self, url: str) -> Any:
        self.fetched.append(url)
        if self.down:
            raise httpx.ConnectError("refused")
        if url.endswith(DISCOVERY):
            return {"jwks_uri": f"{CONNECT}/.well-known/jwks.json"}
        return self.key.jwks()


@pytest.fixture
def web(tmp_path: Path) -> Web:
    return Web(tmp_path)


def test_connects_keys_come_from_the_local_call_centre_whatever_its_document_says(web: Web) -> None:
    keys = Keys(ISSUERS, web.fetch)

    asyncio.run(keys.key(CONNECT, web.key.key_id))

    assert web.fetched == [
        f"{ISSUERS.connect}{DISCOVERY}",
        f"{ISSUERS.connect}/.well-known/jwks.json",
    ]


@pytest.mark.parametrize(
    ("issuer", "is_connect"),
    [
        (CONNECT, True),
        ("http://poc-desk.my.connect.aws", False),
        (f"{CONNECT}.evil.test", False),
        ("https://evil.test/poc-desk.my.connect.aws", False),
        ("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a", False),
        ("", False),
    ],
)
def test_only_hosts_of_connect_are_the_call_centres(issuer: str, is_connect: bool) -> None:
    assert ISSUERS.is_connect(issuer) is is_connect
    assert ISSUERS.home(issuer) == (ISSUERS.connect if is_connect else ISSUERS.identity)


def test_strangers_keys_do_not_make_us_ask_again_and_again(web: Web) -> None:
    now = 1000.0
    keys = IssuerKeys("http://issuer", web.fetch, lambda: now)

    async def ask(key_id: str) -> None:
        with pytest.raises(KeyUnknownError, match="unknown signing key"):
            await keys.key(key_id)

    asyncio.run(ask("a stranger's"))
    asyncio.run(ask("another stranger's"))
    assert len(web.fetched) == 2
    now += UNKNOWN_KEY_SECONDS + 1
    asyncio.run(ask("a stranger's"))

    assert len(web.fetched) == 4


def test_keys_are_fetched_anew_now_and_then(web: Web) -> None:
    now = 1000.0
    keys = IssuerKeys("http://issuer", web.fetch, lambda: now)

    asyncio.run(keys.key(web.key.key_id))
    asyncio.run(keys.key(web.key.key_id))
    assert len(web.fetched) == 2
    now += REFRESH_SECONDS + 1
    asyncio.run(keys.key(web.key.key_id))

    assert len(web.fetched) == 4


def test_an_issuer_that_does_not_answer_is_named(web: Web) -> None:
    web.down = True

    with pytest.raises(KeyUnknownError, match=f"the issuer at {ISSUERS.connect} cannot be asked"):
        asyncio.run(Keys(ISSUERS, web.fetch).key(CONNECT, web.key.key_id))
