"""The sandbox's ports in memory; the interpreter keeps files and records what it was asked."""

from collections.abc import Sequence

from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.sandbox.interpreter import Run, SessionGoneError, SessionRecord


class MemorySessionRecords:
    """Sessions in a dictionary."""

    def __init__(self) -> None:
        """Start empty."""
        self._records: dict[str, SessionRecord] = {}

    def load(self, invocation_id: str) -> SessionRecord | None:
        """See the port."""
        return self._records.get(invocation_id)

    def save(self, invocation_id: str, record: SessionRecord) -> None:
        """See the port."""
        self._records[invocation_id] = record


class MemoryInterpreter:
    """Sessions with files; code is noted, never run."""

    def __init__(self) -> None:
        """Start without sessions."""
        self.sessions: dict[str, dict[str, bytes]] = {}
        self.ran: list[tuple[str, str, str]] = []
        self.next_run = Run(0, "", "")

    def start(self, token: str) -> str:
        """See the port."""
        session = "".join(character for character in token if character.isalnum())[-40:]
        self.sessions.setdefault(session, {})
        return session

    def write_files(self, session: str, files: Sequence[tuple[str, str]]) -> None:
        """See the port."""
        self._files(session).update({path: text.encode() for path, text in files})

    def read_file(self, session: str, path: str) -> bytes:
        """See the port."""
        files = self._files(session)
        if path not in files:
            raise InvalidArgumentsError(f"The sandbox has no file {path!r}")
        return files[path]

    def execute_code(self, session: str, language: str, code: str) -> Run:
        """See the port."""
        self._files(session)
        self.ran.append((session, language, code))
        return self.next_run

    def execute_command(self, session: str, command: str) -> Run:
        """See the port."""
        return self.execute_code(session, "bash", command)

    def end(self, session: str) -> None:
        """Let a session end."""
        del self.sessions[session]

    def _files(self, session: str) -> dict[str, bytes]:
        if session not in self.sessions:
            raise SessionGoneError(session)
        return self.sessions[session]
