"""Arming the handshake: for a few minutes, one verification token may be stored."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from switchboard.ingress.domain.ports import Vault


class TokenStoredError(RuntimeError):
    """A verification token is stored already; forgetting it must be asked for."""


@dataclass(frozen=True)
class ArmHandshake:
    """Let the next handshake store its token; an unarmed door refuses it (takeover)."""

    vault: Vault
    clock: Callable[[], datetime]

    def __call__(self, minutes: int, *, forget: bool = False) -> datetime:
        """Arm for `minutes` and return when that ends; `forget` drops the stored token first.

        Raises:
            TokenStoredError: there is a token and `forget` was not asked for.
        """
        known = self.vault.read()
        if known.verification_token and not forget:
            raise TokenStoredError(
                "a verification token is stored already; pass --forget to replace it"
            )
        until = self.clock() + timedelta(minutes=minutes)
        self.vault.write(replace(known, verification_token=None, armed_until=until))
        return until
