"""One agent process: the local form of a session's microVM."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from switchboard.local.agentcore.bundles import Bundles
from switchboard.local.agentcore.runtimes import RuntimeSpec
from switchboard.local.engine import roles
from switchboard.local.engine.need import Need
from switchboard.local.engine.uses import Uses
from switchboard.local.settings import HOST

STOP_GRACE_SECONDS = 5.0
NOT_LOCAL = ("DOCKER_CONTAINER",)
"""Makes the SDK listen on all addresses; on AWS that is right, here only loopback is."""


@dataclass
class AgentProcess:
    """A running agent, its port and its own folder."""

    popen: "subprocess.Popen[bytes]"
    port: int
    folder: Path
    log: Path
    note: Path
    _ended: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    @property
    def running(self) -> bool:
        """False as soon as the process has ended."""
        return self.popen.poll() is None

    def name_log(self, session_id: str) -> None:
        """Give the log the session's name; the process keeps writing to the same file."""
        names = (
            f"{session_id[:100]}{suffix}.log" for suffix in ("", *map(".{}".format, range(2, 99)))
        )
        paths = [self.log.with_name(name) for name in names]
        self.log = self.log.rename(next(path for path in paths if not path.exists()))

    def stop(self, grace_seconds: float = STOP_GRACE_SECONDS) -> None:
        """SIGTERM, then SIGKILL to the whole group; reaps it and removes its folder."""
        with self._ended:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(grace_seconds)
            self._signal(signal.SIGKILL)  # also what the agent itself may have started
            self.popen.wait()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.note.unlink(missing_ok=True)

    def log_tail(self, characters: int = 400) -> str:
        """The end of the log, for a message about why it did not start."""
        try:
            return self.log.read_text(errors="replace")[-characters:].strip()
        except FileNotFoundError:
            return ""

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(self.popen.pid, number)


@dataclass(frozen=True)
class Launcher:
    """Starts agent processes that see nothing but their bundle and their environment."""

    bundles: Bundles
    aws_environment: Mapping[str, str]
    sessions_folder: Path
    logs_folder: Path
    uses: Uses | None = None
    """Where it is noted what AgentCore itself does with a runtime's role."""

    def launch(self, spec: RuntimeSpec, name: str) -> AgentProcess:
        """Start a process called `name`; it is not healthy yet.

        Raises:
            BundleError: its code cannot be had.
        """
        code = self.bundles.unpacked(spec.bucket, spec.key)
        # AgentCore fetches it with the runtime's role.
        if self.uses:
            self.uses.note(
                spec.role, [Need("s3:GetObject", f"arn:aws:s3:::{spec.bucket}/{spec.key}")]
            )
        folder = self.sessions_folder / name
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.logs_folder.mkdir(parents=True, exist_ok=True)
        log = self.logs_folder / f"{name}.log"
        port = _free_port()
        with log.open("ab") as output:
            popen = subprocess.Popen(  # noqa: S603 - the deployed agent's own entry point
                [sys.executable, "-S", "-s", *_script(code, spec.entry_point)],
                cwd=folder,
                env=self._environment(spec, code, folder, port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        note = self.sessions_folder / f"{name}.json"
        note.write_text(json.dumps({"pid": popen.pid, "started": _start_time(popen.pid)}))
        return AgentProcess(popen, port, folder, log, note)

    def end_leftovers(self) -> None:
        """End the agents of a front that was killed: nobody can reach or stop them any more."""
        for note in self.sessions_folder.glob("*.json"):
            left = json.loads(note.read_text() or "{}")
            # The same number may by now belong to somebody else's process.
            if left and _start_time(left["pid"]) == left["started"]:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(left["pid"], signal.SIGKILL)
        shutil.rmtree(self.sessions_folder, ignore_errors=True)

    def _environment(
        self, spec: RuntimeSpec, code: Path, folder: Path, port: int
    ) -> dict[str, str]:
        own = {key: value for key, value in spec.environment.items() if key not in NOT_LOCAL}
        return {
            **own,
            **self.aws_environment,
            # The key says whose role the session runs with.
            **roles.credentials(spec.role),
            "PORT": str(port),
            # -S leaves out this interpreter's own packages; the bundle carries all of its own.
            "PYTHONPATH": str(code),
            "PYTHONUNBUFFERED": "1",
            "PATH": os.defpath,
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "LANG": "C.UTF-8",
        }


def _script(code: Path, entry_point: tuple[str, ...]) -> list[str]:
    """The script of an entry point; a wrapper before it (opentelemetry-instrument) is for AWS."""
    return [str(code / entry_point[-1])] if entry_point else ["-m", "main"]


def _start_time(pid: int) -> float | None:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
