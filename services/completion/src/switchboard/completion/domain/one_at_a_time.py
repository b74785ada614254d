"""Deliveries of the same thing follow each other: SQS may hand out two copies at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from switchboard.completion.domain.ports import BusyError, Claim, Deliveries, Outcome

REQUESTED = 1
"""The stage in which an invocation is shown as queued."""
STARTED = 2
"""The stage in which it is shown as running."""
ENDED = 3
"""The stage in which its result is delivered; nothing of an earlier stage may come after it."""
PATIENCE = 20
"""Times to look again while another delivery is at work; then the queue tries later."""
PAUSE_SECONDS = 0.5
T = TypeVar("T")


@dataclass(frozen=True)
class OneAtATime:
    """Do an act under a claim; when it is done, its outcome is committed once."""

    deliveries: Deliveries
    wait: Callable[[float], None]
    new_holder: Callable[[], str]

    def __call__(self, key: str, stage: int, act: Callable[[], Outcome]) -> bool:
        """Act unless the stage needs nothing more; says whether it acted.

        Raises:
            BusyError: another delivery was at work all the time.
            StaleClaimError: the act took longer than its claim.
        """
        claim = self._claimed(key, stage, self.new_holder())
        if claim is None:
            return False
        try:
            self.deliveries.finish(claim, act())
        except Exception:
            self.deliveries.release(claim)
            raise
        return True

    def in_order(self, key: str, stage: int, holder: str, act: Callable[[], T]) -> T | None:
        """Act alone, unless a later stage has been begun: None then. The same stage acts again.

        `holder` is the same on every try, so that a retry need not wait for its own claim.

        Raises:
            BusyError: another delivery was at work all the time.
        """
        claim = self._claimed(key, stage, holder)
        if claim is None:
            return None
        try:
            answer = act()
        except Exception:
            self.deliveries.release(claim)
            raise
        self.deliveries.release(claim)
        return answer

    def _claimed(self, key: str, stage: int, holder: str) -> Claim | None:
        for _ in range(PATIENCE):
            try:
                return self.deliveries.claim(key, stage, holder)
            except BusyError:
                self.wait(PAUSE_SECONDS)
        return self.deliveries.claim(key, stage, holder)
