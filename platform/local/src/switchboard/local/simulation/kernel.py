"""The scheduler: virtual time, one thing after the other, and what may happen to each call.

There are no threads. Concurrency is other work done *inside* a call of a handler, as far as
`faults.MAX_DEPTH`: whoever reads, is interrupted and then writes, meets what was written meanwhile.
Whoever is interrupted goes on when the other has ended or died, so every order of two handlers'
calls in which one encloses the rest of the other is reached.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from switchboard.local.simulation.dice import Ids, dice
from switchboard.local.simulation.faults import (
    CRASH,
    CRASH_AFTER,
    INTERRUPT,
    LOST,
    MAX_DEPTH,
    SLOW,
    THROTTLE,
    Weather,
)
from switchboard.local.simulation.trace import NoTrace, Trace

STARTS = (
    *[datetime(2026, 3, 2, 9, 0, tzinfo=UTC)] * 3,
    datetime(2026, 3, 31, 23, 40, tzinfo=UTC),
)
"""Some schedules live through the end of a month."""
STALLS = (2.0, 12.0, 40.0, 70.0, 140.0)
"""Seconds for which a process may stand still while all others go on; some outlast its limit."""
LATENCY = timedelta(milliseconds=20)
"""What a call of a port takes."""
NEAR = timedelta(seconds=20)
"""Work due this soon may come in between; a slow process is what it looks like to the other."""
HORIZON = timedelta(hours=12)
"""A schedule that has not come to rest by then never will."""


class CrashError(BaseException):
    """The process died here; no code under test can handle it."""


class BrokenInvariantError(BaseException):
    """What must hold does not; no code under test can handle it."""

    def __init__(self, invariant: str, text: str) -> None:
        """Name the invariant and say what is there instead."""
        super().__init__(f"{invariant}: {text}")
        self.invariant = invariant
        self.text = text


@dataclass
class Process:
    """A handler at work; it is killed at its time limit, as Lambda does it."""

    name: str
    until: datetime
    dead: bool = False
    """No `finally` of the code under test calls anybody after its process has died."""


class Simulation:
    """One schedule's clock, agenda and chance."""

    def __init__(self, seed: int, trace: Trace | None = None) -> None:
        """Draw everything from `seed`."""
        self.seed = seed
        self.chance = dice(seed, "schedule")
        self.start = self.now = self.chance.choice(STARTS)
        self.weather = Weather(dice(seed, "faults"))
        self.new_id = Ids(seed, self.clock)
        self.trace: Trace = trace or NoTrace()
        self.after_call: Callable[[str], None] = lambda _: None
        self.steps = 0
        self._number = 0
        self._agenda: list[tuple[datetime, int, str, Callable[[], None]]] = []
        self._at_work: list[Process] = []

    def clock(self) -> datetime:
        """The present moment."""
        return self.now

    def seconds(self) -> float:
        """The same for those who measure."""
        return (self.now - self.start).total_seconds()

    def luck(self, rate: float) -> bool:
        """Whether something that happens this often happens now."""
        return self.chance.random() < rate

    def later(self, seconds: float, what: str, act: Callable[[], None]) -> None:
        """Do something then; `what` is for the trace."""
        self._number += 1
        when = self.now + timedelta(seconds=seconds)
        heapq.heappush(self._agenda, (when, self._number, what, act))

    @property
    def busy(self) -> bool:
        """Whether anything is still to be done."""
        return bool(self._agenda)

    def play(self) -> None:
        """Do everything in the order of time."""
        while self._agenda:
            self._do(heapq.heappop(self._agenda))
            if self.now > self.start + HORIZON:
                raise BrokenInvariantError("comes to rest", f"still at work after {HORIZON}")

    def process(self, name: str, limit: float, act: Callable[[], Any]) -> tuple[bool, Any]:
        """Let a handler work; tell whether it lived to its end, and its answer."""
        self._at_work.append(Process(name, self.now + timedelta(seconds=limit)))
        try:
            return True, act()
        except CrashError as crash:
            self.say(f"{name} dies: {crash}")
        except Exception as error:  # noqa: BLE001 - what escapes a handler is Lambda's to log
            self.say(f"{name} fails: {type(error).__name__}: {error}")
        finally:
            self._at_work.pop()
        return False, None

    def sleep(self, seconds: float) -> None:
        """A handler waits; others go on."""
        self._interrupt_perhaps()
        self._spend(timedelta(seconds=seconds))

    def call(self, name: str, act: Callable[[], Any], refusal: Callable[[str], Exception]) -> Any:
        """One call of a port, with whatever happens to it; `refusal` is how its adapter fails."""
        self.steps += 1
        if self._at_work and self._at_work[-1].dead:
            raise CrashError("it is dead already")
        self._spend(LATENCY)
        self._interrupt_perhaps()
        self._stall_perhaps()
        fault = self.weather.at_call()
        if fault == CRASH:
            raise self._death(f"{CRASH}: {name}")
        if fault == THROTTLE:
            self.say(f"{name}: {fault}")
            raise refusal(f"{name}: {fault}")
        answer = act()
        self.after_call(name)
        if fault == CRASH_AFTER:
            raise self._death(f"{CRASH_AFTER}: {name}")
        if fault == LOST:
            self.say(f"{name}: {fault}")
            raise refusal(f"{name}: {fault}")
        return answer

    def gap(self) -> None:
        """A place inside an adapter between looking and writing, where others may come first."""
        self._spend(LATENCY)
        self._interrupt_perhaps()

    def say(self, text: str) -> None:
        """Write a line of the trace."""
        self.trace.line(self.now, len(self._at_work), text)

    def _do(self, entry: tuple[datetime, int, str, Callable[[], None]]) -> None:
        when, _, what, act = entry
        self.now = max(self.now, when)
        if what:
            self.say(what)
        act()

    def _spend(self, duration: timedelta) -> None:
        self.now += duration
        if self._at_work and self.now > self._at_work[-1].until:
            raise self._death("its time limit is over")

    def _death(self, reason: str) -> CrashError:
        if self._at_work:
            self._at_work[-1].dead = True
        return CrashError(reason)

    def _stall_perhaps(self) -> None:
        """Stand still for a while, and let everything happen that is due until then."""
        if not 0 < len(self._at_work) < MAX_DEPTH or not self.weather.strikes(SLOW, 0.02):
            return
        end = self.now + timedelta(seconds=self.chance.choice(STALLS))
        self.say(f"... {self._at_work[-1].name} stands still until {end:%H:%M:%S}; meanwhile:")
        while self._agenda and self._agenda[0][0] <= end:
            self._do(heapq.heappop(self._agenda))
        self.now = max(self.now, end)
        self.say(f"... {self._at_work[-1].name} goes on")
        self._spend(timedelta())

    def _interrupt_perhaps(self) -> None:
        """Do something that is due about now, before the handler at work goes on."""
        soon = self.now + NEAR
        if not self._at_work or not self._agenda or self._agenda[0][0] > soon:
            return
        if not self.weather.interrupts(len(self._at_work)):
            return
        near = [entry for entry in heapq.nsmallest(4, self._agenda) if entry[0] <= soon]
        chosen = self.chance.choice(near)
        self._agenda.remove(chosen)
        heapq.heapify(self._agenda)
        self.weather.note(INTERRUPT)
        self.say(f"... {self._at_work[-1].name} is slow; meanwhile:")
        self._do(chosen)
        self.say(f"... {self._at_work[-1].name} goes on")
        self._spend(timedelta())
