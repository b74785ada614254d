"""The simulated world keeps the promises of the real one: processes, queues, time."""

from typing import Any

import pytest

from switchboard.local.simulation.faults import CRASH, CRASH_AFTER, LOST, THROTTLE
from switchboard.local.simulation.kernel import CrashError, Simulation
from switchboard.local.simulation.ports import Port, no_answer
from switchboard.local.simulation.queues import MAX_RECEIVES, Queue


class Calm(Simulation):
    """A schedule in which nothing goes wrong by itself."""

    def __init__(self) -> None:
        super().__init__(0)
        self.weather.clear_up()


@pytest.fixture
def sim() -> Calm:
    return Calm()


class Counter:
    """An adapter with one effect."""

    def __init__(self) -> None:
        self.value = 0

    def add(self) -> int:
        self.value += 1
        return self.value


def test_time_passes_only_by_what_is_due(sim: Calm) -> None:
    seen: list[float] = []
    for seconds in (60.0, 1.0, 3600.0):
        sim.later(seconds, "", lambda: seen.append(round(sim.seconds())))

    sim.play()

    assert seen == [1, 60, 3600]


def test_a_process_is_killed_at_its_time_limit(sim: Calm) -> None:
    reached: list[str] = []

    def work() -> None:
        sim.sleep(2)
        reached.append("two seconds")
        sim.sleep(2)
        reached.append("four seconds")

    lived, _ = sim.process("worker", 3, work)

    assert not lived
    assert reached == ["two seconds"]


def test_a_dead_process_calls_nobody_any_more(sim: Calm) -> None:
    counter = Counter()
    port: Any = Port(sim, "counter", counter)

    def work() -> None:
        try:
            sim.sleep(5)
        finally:
            port.add()

    lived, _ = sim.process("worker", 3, work)

    assert not lived
    assert counter.value == 0


@pytest.mark.parametrize(
    ("fault", "applied"), [(CRASH, 0), (CRASH_AFTER, 1), (THROTTLE, 0), (LOST, 1)]
)
def test_a_fault_strikes_before_or_after_the_effect(sim: Calm, fault: str, applied: int) -> None:
    sim.weather.at_call = lambda: fault  # type: ignore[method-assign]
    counter = Counter()
    port: Any = Port(sim, "counter", counter)

    with pytest.raises((CrashError, ConnectionError)):
        port.add()

    assert counter.value == applied


def test_a_message_whose_worker_dies_comes_again_and_lies_in_the_dlq_in_the_end(sim: Calm) -> None:
    queue = Queue(sim, "inbox", 10)
    taken: list[float] = []

    def dies(_: Any) -> Any:
        taken.append(sim.seconds())
        sim.sleep(11)

    queue.handler = dies
    queue.send("{}", "an event", 0)
    sim.play()

    assert len(taken) == MAX_RECEIVES
    assert [round(later - taken[0]) for later in taken] == [0, 60, 120, 180, 240]
    assert [letter.reason for letter in queue.dead] == ["received too often"]
    assert queue.open == []


def test_a_redriven_message_is_handled_as_a_new_one(sim: Calm) -> None:
    queue = Queue(sim, "inbox", 10)
    queue.bury("{}", "it was poison then")
    handled: list[str] = []

    def works(batch: Any) -> Any:
        handled.append(batch["Records"][0]["attributes"]["ApproximateReceiveCount"])
        return {"batchItemFailures": []}

    queue.handler = works
    queue.redrive()
    sim.play()

    assert handled == ["1"]
    assert (queue.open, queue.dead) == ([], [])


def test_what_an_interrupted_process_reads_may_be_old_when_it_writes(sim: Calm) -> None:
    """The one kind of concurrency there is: other work inside a call."""
    sim.weather.interrupts = lambda depth: depth == 1  # type: ignore[method-assign]
    value = [0]

    def add_one(name: str) -> None:
        read = value[0]
        sim.call(name, lambda: None, no_answer)
        value[0] = read + 1

    sim.later(0.0, "", lambda: sim.process("second", 60, lambda: add_one("second")) and None)
    sim.process("first", 60, lambda: add_one("first"))

    assert value == [1]
