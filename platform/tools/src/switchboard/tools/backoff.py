"""Waiting between attempts; the clock is injected."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

R = TypeVar("R")
Sleep = Callable[[float], None]


@dataclass(frozen=True)
class Backoff:
    """First try plus one retry per wait; only for errors that `worth_it` accepts."""

    waits: Sequence[float]
    """Seconds."""
    sleep: Sleep

    def __call__(self, act: Callable[[], R], worth_it: Callable[[Exception], bool]) -> R:
        """Return what `act` returns, or raise its last error."""
        for wait in self.waits:
            try:
                return act()
            except Exception as error:
                if not worth_it(error):
                    raise
            self.sleep(wait)
        return act()
