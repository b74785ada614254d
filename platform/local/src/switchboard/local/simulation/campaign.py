"""Many schedules, one after the other, and what they come to."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from switchboard.local.simulation.adapters import Adapters
from switchboard.local.simulation.kernel import Simulation
from switchboard.local.simulation.trace import Lines
from switchboard.local.simulation.world import Played, play

LAST_STEPS = 25
MakeAdapters = Callable[[Simulation], Adapters]


@dataclass
class Summary:
    """What was played, and on what."""

    adapters: MakeAdapters = Adapters
    schedules: int = 0
    steps: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    broken: list[Played] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, played: Played) -> None:
        """Count one more."""
        self.schedules += 1
        self.steps += played.steps
        self.faults.update(played.faults)
        if played.broken:
            self.broken.append(played)

    def last_steps(self, seed: int) -> list[str]:
        """How a schedule came to its end: the same seed is the same schedule."""
        return traced(seed, self.adapters)[1].splitlines()[-LAST_STEPS:]

    @property
    def per_second(self) -> float:
        """Schedules in a second of this machine."""
        return self.schedules / self.seconds if self.seconds else 0.0


def campaign(
    seeds: Iterable[int],
    *,
    keep_going: bool = False,
    report: Callable[[Summary], None] = lambda _: None,
    adapters: MakeAdapters = Adapters,
    clock: Callable[[], float] = time.perf_counter,
) -> Summary:
    """Play the schedules of `seeds`; stop at the first broken invariant unless told to go on."""
    summary, start = Summary(adapters), clock()
    for seed in seeds:
        summary.add(play(seed, adapters=adapters))
        summary.seconds = clock() - start
        report(summary)
        if summary.broken and not keep_going:
            break
    return summary


def traced(seed: int, adapters: MakeAdapters = Adapters) -> tuple[Played, str]:
    """One schedule, written down step by step."""
    lines = Lines()
    played = play(seed, lines, adapters)
    return played, lines.text()
