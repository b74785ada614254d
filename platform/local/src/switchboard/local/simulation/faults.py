"""Which faults there are, and when they strike: finite in every schedule, then the sky is clear."""

import random
from collections import Counter

CRASH = "crash before a call"
CRASH_AFTER = "crash after a call"
THROTTLE = "throttled call"
LOST = "lost answer"
PARTIAL = "partly refused PutEvents"
DUPLICATE = "duplicate message"
DELAY = "delayed message"
REORDER = "reordered message"
LOST_ACK = "lost acknowledgement"
INTERRUPT = "other work in between"
SLOW = "slow process"
REFUSED = "start refused for good"
AGENT_DIES = "agent dies"
AGENT_HANGS = "agent hangs"
CANCEL = "cancel by a person"
KINDS = (
    *(CRASH, CRASH_AFTER, THROTTLE, LOST, PARTIAL, DUPLICATE, DELAY, REORDER, LOST_ACK),
    *(INTERRUPT, SLOW, REFUSED, AGENT_DIES, AGENT_HANGS, CANCEL),
)
AT_CALLS = (CRASH, CRASH_AFTER, THROTTLE, LOST)
"""What can happen to a call of a port."""
SHARE = 0.6
"""Of the kinds, that a schedule has."""
MAX_DEPTH = 3
"""So many handlers may be at work inside each other's calls."""


class Weather:
    """The faults of one schedule.

    Each schedule has some kinds only, each at the schedule's own rate (swarm testing): a mix of
    everything all the time would hide what needs much of one kind and none of another.
    """

    def __init__(self, chance: random.Random) -> None:
        """Draw kinds, rate and how many there will be."""
        self._chance = chance
        self._kinds = frozenset(kind for kind in KINDS if chance.random() < SHARE)
        self._at_calls = tuple(kind for kind in AT_CALLS if kind in self._kinds)
        self._rate = chance.choice((0.01, 0.03, 0.06))
        self._calls_left = chance.randint(0, 12)
        self._eager = chance.choice((1, 1, 1, 5))
        self._left = chance.randint(0, 12) * (1 + (self._eager > 1))
        self._interrupts_left = chance.randint(0, 16) if INTERRUPT in self._kinds else 0
        self._interrupt_rate = chance.choice((0.03, 0.1, 0.25))
        self.counts: Counter[str] = Counter()

    def at_call(self) -> str | None:
        """The fault of this call, mostly none."""
        if self._calls_left <= 0 or not self._at_calls or self._chance.random() >= self._rate:
            return None
        self._calls_left -= 1
        kind = self._chance.choice(self._at_calls)
        self.counts[kind] += 1
        return kind

    def strikes(self, kind: str, rate: float) -> bool:
        """Whether a fault of this kind happens here."""
        if self._left <= 0 or kind not in self._kinds:
            return False
        if self._chance.random() >= rate * self._eager:
            return False
        self._left -= 1
        self.counts[kind] += 1
        return True

    def interrupts(self, depth: int) -> bool:
        """Whether other work is done before this call of a handler."""
        if self._interrupts_left <= 0 or depth > MAX_DEPTH:
            return False
        if self._chance.random() >= self._interrupt_rate:
            return False
        self._interrupts_left -= 1
        return True

    def allows(self, kind: str) -> bool:
        """Whether this schedule has faults of this kind at all."""
        return kind in self._kinds

    def note(self, kind: str) -> None:
        """Count what happened by itself."""
        self.counts[kind] += 1

    def clear_up(self) -> None:
        """No more faults from here on: now everything must come to its end."""
        self._left = self._calls_left = self._interrupts_left = 0
