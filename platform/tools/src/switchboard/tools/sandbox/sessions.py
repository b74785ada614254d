"""One sandbox session per invocation: started at the first use, replaced when it has ended."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from switchboard.tools.sandbox.interpreter import (
    Interpreter,
    SessionGoneError,
    SessionRecord,
    SessionRecords,
)

R = TypeVar("R")


@dataclass(frozen=True)
class Sessions:
    """Runs something in the invocation's own session."""

    interpreter: Interpreter
    records: SessionRecords

    def within(self, invocation_id: str, act: Callable[[str], R]) -> R:
        """Call `act` with the session's id; once more with a new session if that one has ended."""
        record = self.records.load(invocation_id) or self._start(invocation_id, 1)
        try:
            return act(record.session)
        except SessionGoneError:
            return act(self._start(invocation_id, record.generation + 1).session)

    def _start(self, invocation_id: str, generation: int) -> SessionRecord:
        # The token makes two calls at once start one session, not two.
        token = f"switchboard-{invocation_id}-{generation}"
        record = SessionRecord(self.interpreter.start(token), generation)
        self.records.save(invocation_id, record)
        return record
