"""The ports of the sandbox: a code interpreter, and which session belongs to an invocation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class SessionGoneError(Exception):
    """The session has ended; start another."""


@dataclass(frozen=True)
class Run:
    """How a piece of code ended."""

    exit_code: int
    stdout: str
    stderr: str


class Interpreter(Protocol):
    """Runs code in sessions; every call but `start` raises SessionGoneError for an ended one."""

    def start(self, token: str) -> str:
        """Start a session and return its id; the same token gives the same session."""
        ...

    def write_files(self, session: str, files: Sequence[tuple[str, str]]) -> None:
        """Write text files (path, content)."""
        ...

    def read_file(self, session: str, path: str) -> bytes:
        """Read a file; raises InvalidArgumentsError when there is none."""
        ...

    def execute_code(self, session: str, language: str, code: str) -> Run:
        """Run code."""
        ...

    def execute_command(self, session: str, command: str) -> Run:
        """Run a shell command."""
        ...


@dataclass(frozen=True)
class SessionRecord:
    """The sandbox session of an invocation, and how many it has had."""

    session: str
    generation: int


class SessionRecords(Protocol):
    """Where an invocation's session is noted."""

    def load(self, invocation_id: str) -> SessionRecord | None:
        """The present one, or None."""
        ...

    def save(self, invocation_id: str, record: SessionRecord) -> None:
        """Replace it."""
        ...
