"""Journals: one JSON line per happening, without content, for receipts, `explain` and the demo."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """An append-only file of JSON lines; safe for threads of one process."""

    def __init__(self, path: Path, now: Callable[[], datetime] = _utc_now) -> None:
        """Append to `path`, made at the first line."""
        self._path = path
        self._now = now
        self._lock = threading.Lock()

    def write(self, **fields: Any) -> None:
        """Append one line; `time` comes first."""
        line = json.dumps({"time": self._now().isoformat(), **fields})
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a") as file:
                file.write(line + "\n")
