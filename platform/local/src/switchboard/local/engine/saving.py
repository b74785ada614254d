"""State that survives: written at the end, and every few seconds so that a crash loses little.

ministack writes at a graceful stop only. Order matters when it writes while it runs: read positions
first, queues next, tables and their streams last. What a crash then repeats is delivered twice,
never lost. Nothing is written while a stack is being changed: half a stack could not be mended.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from switchboard.local.engine import streams, trimming
from switchboard.local.engine.vendor import Vendor

FIRST = ("lambda",)
LAST = ("dynamodb", streams.STATE)
ATTEMPTS = 5
"""A store that changes while it is copied is copied again."""
SHARE = 10
"""Saving takes no more than a tenth of the time, however much there is to save."""
IN_PROGRESS = "_IN_PROGRESS"
INTERRUPTED = {
    "CREATE_IN_PROGRESS": "CREATE_FAILED",
    "UPDATE_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
}
"""What a stack is after a restart in the middle of a change: something that can be deployed."""

logger = logging.getLogger("switchboard.engine")


class Saver:
    """Saves when something was asked of the engine since the last time."""

    def __init__(self, engine: Vendor, every_seconds: float) -> None:
        """Save `engine` every so many seconds; 0 leaves it to the graceful stop."""
        self._engine = engine
        self._every = every_seconds
        self._dirty = threading.Event()
        self._stop = threading.Event()
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._loop, daemon=True, name="switchboard-saver")

    def start(self) -> None:
        """Begin to save now and then."""
        if self._every:
            self._thread.start()

    def stop(self) -> None:
        """Stop and wait: ministack itself saves at its end, to the same files."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def touched(self) -> None:
        """Something may have changed."""
        self._dirty.set()

    def save(self) -> None:
        """Write every store that has something to say."""
        with self._writing:
            self._save()

    def _save(self) -> None:
        getters = stores(self._engine)
        first = [name for name in FIRST if name in getters]
        last = [name for name in LAST if name in getters]
        middle = [name for name in getters if name not in {*first, *last}]
        for name in (*first, *middle, *last):
            state = _copied(getters[name])
            if state is not None:
                self._engine.persistence.save_state(name, state)

    def _loop(self) -> None:
        pause = self._every
        while not self._stop.wait(pause):
            if self._dirty.is_set() and not changing(self._engine):
                self._dirty.clear()
                started = time.monotonic()
                trimming.trim(self._engine)
                self.save()
                pause = max(self._every, SHARE * (time.monotonic() - started))


def changing(engine: Vendor) -> bool:
    """Whether some stack is being changed now."""
    stacks = list(engine.cloudformation._stacks._data.values())  # noqa: SLF001
    return any(stack.get("StackStatus", "").endswith(IN_PROGRESS) for stack in stacks)


def mend(engine: Vendor) -> None:
    """Make stacks deployable whose change was cut off by the end of the last process."""
    for stack in engine.cloudformation._stacks._data.values():  # noqa: SLF001
        status = stack.get("StackStatus", "")
        if status.endswith(IN_PROGRESS):
            stack["StackStatus"] = INTERRUPTED.get(status, "UPDATE_ROLLBACK_COMPLETE")
            # Whatever the next template is, it is not what stands here.
            stack["_template"] = {}


def stores(engine: Vendor) -> dict[str, Callable[[], Any]]:
    """What is saved, by name; our streams are one of ministack's stores from here on."""
    getters: dict[str, Callable[[], Any]] = engine.app._build_persistence_save_dict()  # noqa: SLF001
    return getters


def extend(engine: Vendor) -> None:
    """Make ministack save and load the streams as well."""
    shipped_stores = engine.app._build_persistence_save_dict  # noqa: SLF001
    shipped_load = engine.app._load_persisted_state  # noqa: SLF001

    def with_streams() -> dict[str, Callable[[], Any]]:
        return {**shipped_stores(), streams.STATE: lambda: streams.state(engine)}

    def load_with_streams() -> None:
        shipped_load()
        streams.restore(engine)
        mend(engine)

    engine.app._build_persistence_save_dict = with_streams  # noqa: SLF001
    engine.app._load_persisted_state = load_with_streams  # noqa: SLF001


def _copied(getter: Callable[[], Any]) -> Any:
    for _attempt in range(ATTEMPTS):
        try:
            return getter()
        except RuntimeError as error:  # changed size during iteration: a request was faster
            logger.debug("state changed while it was copied: %s", error)
    return None
