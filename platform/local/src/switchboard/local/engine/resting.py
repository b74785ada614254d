"""Ending function processes nobody has used for a while, as Lambda does with its environments.

The next invocation starts one again: a cold start, here as on AWS.
"""

import threading

from switchboard.local.engine.worker import RUNNING, Worker

IDLE_SECONDS = 300
"""Lambda keeps an idle environment for some minutes; a laptop wants its memory back."""
CHECK_SECONDS = 15


class Rester:
    """Looks after all function processes of the engine."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        """End what has been idle for longer than `idle_seconds`."""
        self._idle_seconds = idle_seconds
        self._stopped = threading.Event()

    def start(self) -> None:
        """Look every few seconds, in the background."""
        threading.Thread(target=self._run, daemon=True, name="switchboard-rester").start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def rest(self, idle_seconds: float | None = None) -> int:
        """End the idle ones now; returns how many."""
        limit = self._idle_seconds if idle_seconds is None else idle_seconds
        workers: list[Worker] = list(RUNNING)
        return sum(worker.rest(limit) for worker in workers)

    def _run(self) -> None:
        while not self._stopped.wait(CHECK_SECONDS):
            self.rest()
