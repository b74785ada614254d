"""Sandbox sessions: a folder each, files in it, code run in it.

The local form of AgentCore Code Interpreter. Unlike there, variables do not live from one
executeCode to the next; files do.
"""

import base64
import mimetypes
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from switchboard.local.agentcore.isolation import Isolation, Outcome

SESSION_SECONDS = 900
INTERPRETERS = {"python": ("python", "-"), "javascript": ("node", "-")}

Answer = dict[str, Any]


class SandboxError(ValueError):
    """A tool call that cannot be carried out; the caller sees it as a failed result."""


class UnknownToolError(SandboxError):
    """The tool, or its kind of argument, is not offered here."""


@dataclass
class SandboxSession:
    """One session."""

    session_id: str
    interpreter: str
    name: str
    folder: Path
    timeout_seconds: int
    created: datetime
    expires: float
    lock: threading.Lock = field(default_factory=threading.Lock)


class Sandboxes:
    """All sessions; a session sees nothing of another."""

    def __init__(
        self,
        folder: Path,
        isolation: Isolation,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep the sessions' folders below `folder`; what an earlier process left there goes."""
        shutil.rmtree(folder, ignore_errors=True)
        self._folder = folder
        self._isolation = isolation
        self._now = now
        self._sessions: dict[str, SandboxSession] = {}
        self._tokens: dict[tuple[str, str], str] = {}
        self._starting = threading.Lock()

    def start(
        self, interpreter: str, name: str, timeout_seconds: int, token: str = ""
    ) -> SandboxSession:
        """A new session with an empty folder; the same token gives the session it gave before."""
        self.end_expired()
        with self._starting:
            known = self.find(self._tokens.get((interpreter, token), "")) if token else None
            session = known or self._new(interpreter, name, timeout_seconds)
            if token:
                self._tokens[interpreter, token] = session.session_id
            return session

    def _new(self, interpreter: str, name: str, timeout_seconds: int) -> SandboxSession:
        session_id = secrets.token_hex(16)
        folder = self._folder / session_id
        folder.mkdir(parents=True, mode=0o700)
        session = SandboxSession(
            session_id=session_id,
            interpreter=interpreter,
            name=name,
            folder=folder.resolve(),
            timeout_seconds=timeout_seconds,
            created=datetime.now(UTC),
            expires=self._now() + timeout_seconds,
        )
        self._sessions[session_id] = session
        return session

    def find(self, session_id: str) -> SandboxSession | None:
        """The session; None when it never was, was stopped or has expired."""
        self.end_expired()
        return self._sessions.get(session_id)

    def of(self, interpreter: str) -> list[SandboxSession]:
        """The live sessions of an interpreter, newest first."""
        self.end_expired()
        found = [item for item in self._sessions.values() if item.interpreter == interpreter]
        return sorted(found, key=lambda item: item.created, reverse=True)

    def stop(self, session_id: str) -> None:
        """End a session and remove its folder; one that has ended stays ended."""
        session = self._sessions.pop(session_id, None)
        if session is not None:
            with session.lock:
                shutil.rmtree(session.folder, ignore_errors=True)

    def end_expired(self) -> None:
        """End what has outlived its time."""
        for session in list(self._sessions.values()):
            if self._now() > session.expires:
                self.stop(session.session_id)

    def close(self) -> None:
        """End everything."""
        for session_id in list(self._sessions):
            self.stop(session_id)

    def invoke(self, session: SandboxSession, tool: str, arguments: Mapping[str, Any]) -> Answer:
        """Carry out one tool call; the answer is a `CodeInterpreterResult`."""
        tools: dict[str, Callable[[SandboxSession, Mapping[str, Any]], Answer]] = {
            "executeCode": self._execute_code,
            "executeCommand": self._execute_command,
            "writeFiles": write_files,
            "readFiles": read_files,
            "listFiles": list_files,
            "removeFiles": remove_files,
        }
        try:
            if tool not in tools:
                raise UnknownToolError(f"{tool} is not served locally; use executeCommand")
            with session.lock:  # one call at a time, as in one interpreter
                return tools[tool](session, arguments)
        except (SandboxError, OSError) as error:
            return _failed(str(error))

    def _execute_code(self, session: SandboxSession, arguments: Mapping[str, Any]) -> Answer:
        language = arguments.get("language") or "python"
        if language not in INTERPRETERS:
            raise UnknownToolError(f"language {language} is not served locally")
        started = self._now()
        outcome = self._isolation.run(
            session.folder, INTERPRETERS[language], str(arguments.get("code") or "")
        )
        return _ran(outcome, self._now() - started)

    def _execute_command(self, session: SandboxSession, arguments: Mapping[str, Any]) -> Answer:
        started = self._now()
        command = ["/bin/sh", "-c", str(arguments.get("command") or "")]
        return _ran(self._isolation.run(session.folder, command), self._now() - started)


def write_files(session: SandboxSession, arguments: Mapping[str, Any]) -> Answer:
    """`content`: blocks with path and text, or base64 blob."""
    blocks = arguments.get("content") or []
    places = [(inside(session.folder, str(block["path"])), block) for block in blocks]
    for place, block in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        if "blob" in block:
            place.write_bytes(base64.b64decode(block["blob"]))
        else:
            place.write_text(str(block.get("text", "")))
    return _content([{"type": "text", "text": f"Successfully wrote all {len(places)} files"}])


def read_files(session: SandboxSession, arguments: Mapping[str, Any]) -> Answer:
    """`paths`: each becomes a resource block with text, or blob when it is no text."""
    return _content([_resource(session, str(path)) for path in arguments.get("paths") or []])


def list_files(session: SandboxSession, arguments: Mapping[str, Any]) -> Answer:
    """`directoryPath` (or `path`): its entries, as resource links."""
    where = str(arguments.get("directoryPath") or arguments.get("path") or ".")
    folder = inside(session.folder, where)
    if not folder.is_dir():
        raise SandboxError(f"no folder {where}")
    return _content(
        [
            {
                "type": "resource_link",
                "uri": f"file:///{entry.relative_to(session.folder)}",
                "name": entry.name,
                "description": "Directory" if entry.is_dir() else "File",
                **({"size": entry.stat().st_size} if entry.is_file() else {}),
            }
            for entry in sorted(folder.iterdir())
        ]
    )


def remove_files(session: SandboxSession, arguments: Mapping[str, Any]) -> Answer:
    """`paths`: files to delete."""
    paths = [inside(session.folder, str(path)) for path in arguments.get("paths") or []]
    for path in paths:
        path.unlink()
    return _content([{"type": "text", "text": f"Successfully removed {len(paths)} files"}])


def inside(folder: Path, path: str) -> Path:
    """The path in the session's folder, also after following links.

    Raises:
        SandboxError: it would leave the folder.
    """
    place = (folder / path).resolve()
    if not place.is_relative_to(folder):
        raise SandboxError(f"{path} leaves the session's folder; use a relative path")
    return place


def _resource(session: SandboxSession, path: str) -> Answer:
    place = inside(session.folder, path)
    if not place.is_file():
        raise SandboxError(f"no file {path}")
    data = place.read_bytes()
    resource: Answer = {
        "uri": f"file:///{place.relative_to(session.folder)}",
        "mimeType": mimetypes.guess_type(place.name)[0] or "application/octet-stream",
    }
    try:
        resource |= {"type": "text", "text": data.decode()}
    except UnicodeDecodeError:
        resource |= {"type": "blob", "blob": base64.b64encode(data).decode()}
    return {"type": "resource", "resource": resource}


def _content(blocks: list[Answer]) -> Answer:
    return {"content": blocks, "isError": False}


def _failed(message: str) -> Answer:
    return {"content": [{"type": "text", "text": message}], "isError": True}


def _ran(outcome: Outcome, seconds: float) -> Answer:
    return {
        "content": [{"type": "text", "text": outcome.stdout + outcome.stderr}],
        "structuredContent": {
            "taskStatus": "canceled" if outcome.timed_out else "completed",
            "stdout": outcome.stdout,
            "stderr": outcome.stderr,
            "exitCode": outcome.exit_code,
            "executionTime": round(seconds, 3),
        },
        "isError": outcome.exit_code != 0,
    }
