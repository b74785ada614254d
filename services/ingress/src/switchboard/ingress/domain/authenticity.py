"""Is a webhook true? Signature, shared secret, and the cached credentials they are checked with."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from switchboard.ingress.domain.ports import Credentials, Vault

MAX_AGE = timedelta(minutes=5)
"""Credentials are read again after this time, so a withdrawn one is refused within it."""
MIN_REREAD = timedelta(seconds=5)
"""Failed checks read the credentials again at most this often: strangers cannot run up the bill."""


def same(given: str, expected: str) -> bool:
    """Compare two secrets in constant time; any text may be given."""
    return hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), expected.encode("utf-8", "surrogatepass")
    )


def signed_by(raw: bytes, header: str | None, token: str | None) -> bool:
    """Whether `header` is Notion's signature of these bytes.

    `X-Notion-Signature: sha256=<hex HMAC-SHA256(raw body, verification_token)>`
    (Notion API 2026-03-11, webhooks).
    """
    if not header or not token:
        return False
    return same(header, "sha256=" + hmac.new(token.encode(), raw, hashlib.sha256).hexdigest())


def shares(given: str | None, secret: str | None) -> bool:
    """Whether the shared-secret header of an automation holds our secret."""
    return bool(given) and bool(secret) and same(given or "", secret or "")


class CredentialCache:
    """The credentials between deliveries: cached, and read again when a check fails (rotation)."""

    def __init__(self, vault: Vault, clock: Callable[[], datetime]) -> None:
        """Read from `vault`, never more often than the two bounds above allow."""
        self._vault = vault
        self._clock = clock
        self._known: tuple[Credentials, datetime] | None = None

    def passes(self, check: Callable[[Credentials], bool]) -> bool:
        """Whether the check holds with the cached credentials or else with fresh ones."""
        return check(self._not_older_than(MAX_AGE)) or check(self.fresh())

    def fresh(self) -> Credentials:
        """The credentials as they are now, give or take `MIN_REREAD`."""
        return self._not_older_than(MIN_REREAD)

    def write(self, credentials: Credentials) -> None:
        """Replace the credentials, here and in the vault."""
        self._vault.write(credentials)
        self._known = (credentials, self._clock())

    def _not_older_than(self, age: timedelta) -> Credentials:
        now = self._clock()
        if self._known is None or now - self._known[1] >= age:
            self._known = (self._vault.read(), now)
        return self._known[0]
