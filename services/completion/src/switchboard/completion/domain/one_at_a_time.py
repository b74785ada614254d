"""Deliveries of the same thing follow each other: SQS may hand out two copies at once."""

from collections.abc import Callable
from dataclasses import dataclass

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
        claim = self._claimed(key, stage)
        if claim is None:
            return False
        try:
            self.deliveries.finish(claim, act())
        except Exception:
            self.deliveries.release(claim)
            raise
        return True

    def _claimed(self, key: str, stage: int) -> Claim | None:
        holder = self.new_holder()
        for _ in range(PATIENCE):
            try:
                return self.deliveries.claim(key, stage, holder)
            except BusyError:
                self.wait(PAUSE_SECONDS)
        return self.deliveries.claim(key, stage, holder)
