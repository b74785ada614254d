"""Which process serves an invocation: rather a warm one in a moment than a new one now.

As shipped every invocation that finds all processes of its function busy starts another, as on AWS.
There a start costs the caller; on one machine it costs everybody: twenty calls at once started
thirty processes for work that two finish sooner. So an invocation waits a moment for a warm process
before it starts one, and only a few start at a time.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

PATIENCE_SECONDS = 0.25
"""A fraction of a start; a function that calls itself waits no longer for its own process."""
START_PATIENCE_SECONDS = 2.0
"""For a process that is being started: by the warmer, or by an invocation just before."""
LOOK_SECONDS = 0.02
"""How often a waiting invocation looks whether a start has ended."""
STARTS_AT_ONCE = max(2, os.cpu_count() or 1)


class Leases:
    """Leases processes of ministack's pools to invocations."""

    def __init__(self, runtime: Any, clock: Callable[[], float] = time.monotonic) -> None:
        """Lease the workers of `runtime`."""
        self._runtime = runtime
        self._clock = clock
        self._changed = threading.Condition()

    def acquire(
        self, func_name: str, config: dict[str, Any], code_zip: bytes, qualifier: str = "$LATEST"
    ) -> Any:
        """A process for one invocation: a free one, soon or now, or a new one."""
        key = self._runtime._worker_key(func_name, config, qualifier)  # noqa: SLF001
        since = self._clock()
        with self._changed:
            while not self._may_go(key, self._clock() - since):
                self._changed.wait(LOOK_SECONDS)
            return self._runtime.acquire_worker(func_name, config, code_zip, qualifier)

    def release(self, worker: Any) -> None:
        """Give a process back; who waits for one takes it."""
        self._runtime.release_worker(worker)
        with self._changed:
            self._changed.notify_all()

    def _may_go(self, key: str, waited: float) -> bool:
        pools = dict(self._runtime._workers)  # noqa: SLF001 - a copy: the warmer adds to it, too
        pool = list(pools.get(key, ()))
        if any(not worker.in_use for worker in pool):
            return True
        patience = START_PATIENCE_SECONDS if _starting(pool) else PATIENCE_SECONDS
        if pool and waited < patience:
            return False
        return sum(_starting(workers) for workers in pools.values()) < STARTS_AT_ONCE


def _starting(pool: Iterable[Any]) -> int:
    """How many are being started; those of other runtimes than Python say nothing about it."""
    return sum(worker.in_use and not getattr(worker, "ready", True) for worker in list(pool))


def apply(lambda_svc: Any, runtime: Any) -> None:
    """Make the engine's invocations lease their processes this way."""
    leases = Leases(runtime)
    lambda_svc.acquire_worker = leases.acquire
    lambda_svc.release_worker = leases.release
