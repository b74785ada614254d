"""Which process serves an invocation when many come at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from switchboard.local.engine.leasing import PATIENCE_SECONDS, STARTS_AT_ONCE, Leases
from switchboard.local.engine.worker import Worker


class Pools:
    """ministack's pools of workers, as far as leases use them."""

    def __init__(self):
        self._workers = {}
        self._lock = threading.Lock()

    def _worker_key(self, func_name, config, qualifier):
        return f"{func_name}:{qualifier}"

    def acquire_worker(self, func_name, config, code_zip, qualifier):
        with self._lock:
            pool = self._workers.setdefault(self._worker_key(func_name, config, qualifier), [])
            free = next((worker for worker in pool if not worker.in_use), None)
            worker = free or Worker(func_name, config, code_zip, bundles=None, credentials=None)
            if not free:
                pool.append(worker)
            worker.in_use = True
            return worker, "reused" if free else "spawn"

    def release_worker(self, worker):
        worker.in_use = False


@pytest.fixture
def desk():
    made = Desk()
    yield made
    made.let_everybody_go()


class Desk:
    """Leases with a clock of their own, asked from many threads."""

    def __init__(self):
        self.time = 0.0
        self.pools = Pools()
        self.leases = Leases(self.pools, clock=lambda: self.time)
        self.threads = ThreadPoolExecutor(16)

    def let_everybody_go(self):
        self.time = float("inf")
        for pool in list(self.pools._workers.values()):
            for worker in pool:
                worker.ready = True
        self.threads.shutdown()

    def lease(self, name="one"):
        return self.threads.submit(self.leases.acquire, name, {}, b"")

    def passed(self, lease, seconds):
        """Let time pass; whether the lease was given."""
        self.time += seconds
        return lease.done()

    def warm(self, name="one"):
        """A leased process that is ready."""
        worker, how = self.lease(name).result(5)
        assert how == "spawn"
        worker.ready = True
        return worker


def test_a_free_process_is_leased_again(desk):
    first = desk.warm()
    desk.leases.release(first)

    assert desk.lease().result(5) == (first, "reused")


def test_an_invocation_waits_a_moment_for_a_busy_process_instead_of_starting_one(desk):
    busy = desk.warm()
    waiting = [desk.lease() for _ in range(5)]

    served = []
    for _ in waiting:
        assert sum(lease.done() for lease in waiting) == len(served)
        desk.leases.release(busy)
        [done] = _next_done(waiting, served)
        served.append(done)

    assert {lease.result()[0] for lease in waiting} == {busy}


def test_an_invocation_that_has_waited_its_moment_starts_a_process(desk, until):
    busy = desk.warm()
    waiting = desk.lease()

    until(lambda: desk.passed(waiting, PATIENCE_SECONDS))

    worker, how = waiting.result()
    assert (worker is busy, how) == (False, "spawn")


def test_a_process_that_is_being_started_is_waited_for_a_little_longer(desk):
    starting, _how = desk.lease().result(5)
    waiting = desk.lease()

    assert not desk.passed(waiting, PATIENCE_SECONDS)
    starting.ready = True
    desk.leases.release(starting)

    assert waiting.result(5) == (starting, "reused")


def test_only_a_few_processes_start_at_a_time(desk):
    starting = [desk.lease(f"function-{index}").result(5)[0] for index in range(STARTS_AT_ONCE)]
    waiting = desk.lease("another")
    desk.time += 60
    assert not waiting.done()

    starting[0].ready = True

    assert waiting.result(5)[1] == "spawn"


def test_a_process_whose_start_has_failed_is_in_nobodys_way(desk):
    failed = [desk.lease(f"function-{index}").result(5)[0] for index in range(STARTS_AT_ONCE)]

    for worker in failed:
        desk.leases.release(worker)

    assert desk.lease("another").result(5)[1] == "spawn"


def _next_done(waiting, served):
    """Those that are done and were not before; waits for one."""
    left = [lease for lease in waiting if lease not in served]
    done = threading.Event()
    for lease in left:
        lease.add_done_callback(lambda _lease: done.set())
    assert done.wait(5)
    return [lease for lease in left if lease.done()]
