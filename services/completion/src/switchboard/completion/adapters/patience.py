"""Trying again when a service is busy: 5 times, longer each time, as it asks, while time is left.

TransientError is what may pass; everything else is not tried again (ERR-03, F16).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

RETRIES = 5
FIRST_WAIT_SECONDS = 0.5
T = TypeVar("T")


class TransientError(Exception):
    """It may work in a while; `retry_after` has the seconds the service asks for, if it does."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        """Say what happened."""
        super().__init__(message)
        self.retry_after = retry_after


class TimeLeft:
    """Seconds that may still be spent in this Lambda call, all waiting together."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` is monotonic, in seconds; until `start`, no time is left."""
        self._clock = clock
        self._end = clock()

    def start(self, seconds: float) -> None:
        """A new call begins with this much time."""
        self._end = self._clock() + seconds

    def __call__(self) -> float:
        """What is left."""
        return self._end - self._clock()


@dataclass(frozen=True)
class Patience:
    """Retry an act that is safe to do again."""

    sleep: Callable[[float], None]
    jitter: Callable[[], float]
    left: Callable[[], float]
    on_retry: Callable[[str, float], None]

    def __call__(self, act: Callable[[], T]) -> T:
        """Do it, at most six times in all.

        Raises:
            TransientError: the last one, when tries or time have run out.
        """
        for attempt in range(RETRIES):
            try:
                return act()
            except TransientError as error:
                wait = self._wait(attempt, error.retry_after)
                if wait >= self.left():
                    raise
                self.on_retry(str(error), wait)
                self.sleep(wait)
        return act()

    def _wait(self, attempt: int, asked: float | None) -> float:
        """At least what was asked for; else doubling, spread so that callers do not align."""
        spread = 0.5 + self.jitter()
        own: float = FIRST_WAIT_SECONDS * 2**attempt * spread
        return own if asked is None else asked + self.jitter() * FIRST_WAIT_SECONDS
