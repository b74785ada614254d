"""A token that was verified is believed for a minute, never past its own end."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from switchboard.local.agentcore.registry import Registry
from switchboard.local.gateway.authorizer import Authorizer
from switchboard.local.gateway.deployed import Deployed
from switchboard.local.gateway.issuers import Issuers, Keys


@pytest.fixture
def looks(gateway: Any) -> Callable[[str, list[float]], list[int]]:
    """How often the issuer's key was asked for, after each of some moments (from now)."""

    def count(token: str, moments: list[float]) -> list[int]:
        issuers = Issuers(gateway.issuer, "http://127.0.0.1:1")
        asked, keys = [0], Keys(issuers)
        look, start = keys.key, time.time()
        moment = [start]

        async def counted(issuer: str, key_id: str | None) -> Any:
            asked[0] += 1
            return await look(issuer, key_id)

        keys.key = counted  # type: ignore[method-assign]
        deployed = Deployed(Registry(gateway.home / "registry"), lambda _target: [])  # type: ignore[arg-type]
        authorizer = Authorizer(deployed, issuers, keys, lambda: moment[0])

        async def run() -> list[int]:
            found = []
            for later in moments:
                moment[0] = start + later
                await authorizer.authorize(f"Bearer {token}")
                found.append(asked[0])
            return found

        return asyncio.run(run())

    return count


def test_the_signature_is_looked_at_again_after_a_minute(gateway: Any, looks: Any) -> None:
    assert looks(gateway.token(), [0.0, 30.0, 59.0, 61.0]) == [1, 1, 1, 2]


def test_a_token_is_not_believed_past_its_own_end(gateway: Any, looks: Any) -> None:
    soon = gateway.token(exp=int(time.time()) + 5)

    assert looks(soon, [0.0, 30.0, 40.0]) == [1, 1, 2]
