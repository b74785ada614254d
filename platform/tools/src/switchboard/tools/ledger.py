"""The effect ledger: an effect happens at most once per (invocation, tool, canonical arguments).

A call first claims its key. The first claim is granted; a repeated call gets the recorded result;
a call while the same one is running waits, and then is told to come back. When the first call died
or failed, the next claim is granted as *resumed*: nobody knows whether the effect happened, so the
tool looks for it in the world before it makes it again.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from switchboard.tools.backoff import Sleep
from switchboard.tools.errors import InProgressError

Result = dict[str, Any]

LEASE = timedelta(seconds=150)
"""How long a running call keeps its claim; longer than a function with such tools may run."""
WAITS = (0.2, 0.5, 1.0, 2.0)
"""Seconds between looks while the same call is running elsewhere."""


@dataclass(frozen=True)
class EffectKey:
    """What makes two calls the same effect."""

    invocation_id: str
    digest: str

    @classmethod
    def of(cls, invocation_id: str, tool: str, arguments: dict[str, Any]) -> "EffectKey":
        """Digest the tool's name and its arguments in canonical form."""
        return cls(
            invocation_id, hashlib.sha256(f"{tool}\n{canonical(arguments)}".encode()).hexdigest()
        )


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True)
class Claim:
    """The ledger's answer: granted, recorded earlier (`result`), or busy."""

    granted: bool = False
    result: Result | None = None
    resumed_since: datetime | None = None
    """Set when an earlier call may have made the effect: the time of the first claim."""


class EffectLedger(Protocol):
    """Where claims and results are kept."""

    def claim(self, key: EffectKey, owner: str, now: datetime) -> Claim:
        """Claim the effect for `owner` until `now + LEASE`, atomically."""
        ...

    def record(self, key: EffectKey, owner: str, result: Result) -> None:
        """Keep the result for good; only the present owner's write counts."""
        ...

    def release(self, key: EffectKey, owner: str) -> None:
        """End the claim without a result, so that the next call is granted, as resumed."""
        ...


@dataclass(frozen=True)
class Once:
    """Runs an effect at most once."""

    ledger: EffectLedger
    now: Callable[[], datetime]
    sleep: Sleep
    new_owner: Callable[[], str]

    def __call__(self, key: EffectKey, act: Callable[[datetime | None], Result]) -> Result:
        """Return the recorded result, or act and record.

        `act` gets None, or since when an earlier attempt may have made the effect. Errors are not
        recorded: the next call tries again.

        Raises:
            InProgressError: the same call is still running after all waits.
        """
        owner = self.new_owner()
        claim = self._claim(key, owner)
        if claim.result is not None:
            return claim.result
        try:
            result = act(claim.resumed_since)
        except Exception:
            self.ledger.release(key, owner)
            raise
        self.ledger.record(key, owner, result)
        return result

    def _claim(self, key: EffectKey, owner: str) -> Claim:
        for wait in (*WAITS, None):
            claim = self.ledger.claim(key, owner, self.now())
            if claim.granted or claim.result is not None:
                return claim
            if wait is not None:
                self.sleep(wait)
        raise InProgressError(
            "The same call is still running", "Wait a few seconds, then make the same call again"
        )
