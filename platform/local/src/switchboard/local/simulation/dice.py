"""Everything a schedule leaves to chance, drawn from its seed; and ids made the same way."""

import random
from collections.abc import Callable
from datetime import datetime

from ulid import ULID


def dice(seed: int, purpose: str) -> random.Random:
    """Chance of its own for each purpose: one more draw for one does not move the others."""
    return random.Random(f"{seed}/{purpose}")  # noqa: S311 - a schedule is no secret


class Ids:
    """ULIDs of the virtual clock; the same seed gives the same ids."""

    def __init__(self, seed: int, clock: Callable[[], datetime]) -> None:
        """Draw the random half from `seed`."""
        self._dice = dice(seed, "ids")
        self._clock = clock

    def __call__(self) -> str:
        """A fresh one."""
        milliseconds = int(self._clock().timestamp() * 1000)
        return str(ULID(milliseconds.to_bytes(6, "big") + self._dice.randbytes(10)))
