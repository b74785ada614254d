"""One `up`, `down` or `reset` at a time for a state folder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from switchboard.local.home import Home


class BusyError(RuntimeError):
    """Another command is changing the same platform right now."""

    remedy = "wait until it has ended"


@contextmanager
def exclusive(home: Home) -> Iterator[None]:
    """Hold the platform; the system lets go of it even when this process is killed.

    Raises:
        BusyError: at once, without waiting.
    """
    home.run.mkdir(parents=True, exist_ok=True)
    with (home.run / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"another command is starting or stopping {home.root}") from error
        yield
