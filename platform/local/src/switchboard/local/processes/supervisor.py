"""Starts, watches and stops the platform's processes; there is no daemon, only pid files."""

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import psutil  # type: ignore[import-untyped]

from switchboard.local.home import Home
from switchboard.local.processes.ports import Port, check_free

LOG_TAIL_LINES = 20
POLL_SECONDS = 0.02
MAX_LOG_BYTES = 5_000_000
"""A larger log is moved aside at the next start."""


class ProcessEndedError(RuntimeError):
    """A process ended, or was not ready in time; the message ends with its log."""


@dataclass(frozen=True)
class ProcessSpec:
    """What to start."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    """The whole environment of the process; nothing is inherited."""
    ports: tuple[Port, ...] = ()


@dataclass(frozen=True)
class ProcessStatus:
    """A running process with everything it has started."""

    name: str
    pid: int
    ports: dict[str, int]
    uptime_seconds: float
    memory_bytes: int
    children: int


@dataclass(frozen=True)
class Supervisor:
    """The processes of one state folder."""

    home: Home
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], object] = field(default_factory=lambda: Event().wait)

    def start(self, spec: ProcessSpec) -> int:
        """Start a process in a session of its own, unless it runs; returns its pid.

        Raises:
            PortTakenError: somebody else holds one of its ports.
        """
        running = self.find(spec.name)
        if running is not None:
            return int(running.pid)
        check_free(spec.ports)
        for folder in (self.home.run, self.home.logs):
            folder.mkdir(parents=True, exist_ok=True)
        with self._log(spec.name).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own command
                list(spec.command),
                env=dict(spec.environment),
                cwd=self.home.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        # It outlives us: nobody waits for it through this object.
        process.returncode = 0
        self._remember(spec, process.pid)
        return process.pid

    def wait_until(
        self, name: str, ready: Callable[[], bool], timeout: float, goal: str = "ready"
    ) -> None:
        """Wait for a condition of a process that was started.

        Raises:
            ProcessEndedError: it ended, or the condition did not come within `timeout` seconds.
        """
        end = self.clock() + timeout
        while not ready():
            if self.find(name) is None:
                raise ProcessEndedError(f"{name} ended before it was {goal}{self._tail(name)}")
            if self.clock() > end:
                raise ProcessEndedError(
                    f"{name} is not {goal} after {timeout:.0f} s{self._tail(name)}"
                )
            self.pause(POLL_SECONDS)

    def find(self, name: str) -> psutil.Process | None:
        """The process, or None; a pid file that points to nothing of ours is removed."""
        noted = self._noted(name)
        if noted is None:
            return None
        try:
            process = psutil.Process(int(noted["pid"]))
            # A pid is used again after a reboot: the start time tells the two apart.
            same = abs(process.create_time() - float(noted["created"])) < 1
            if same and process.status() != psutil.STATUS_ZOMBIE:
                return process
            if same:
                _reap(process.pid)
        except psutil.NoSuchProcess:
            pass
        self._pid_file(name).unlink(missing_ok=True)
        return None

    def stop(self, name: str, grace: float = 10) -> bool:
        """SIGTERM, after `grace` seconds SIGKILL, to the process and what it has started.

        Returns False when it did not run.
        """
        process = self.find(name)
        if process is None:
            return False
        family = [process, *_children(process)]
        process.terminate()
        psutil.wait_procs([process], timeout=grace)
        for member in family:
            _kill(member)
        psutil.wait_procs(family, timeout=grace)
        self._pid_file(name).unlink(missing_ok=True)
        return True

    def sweep(self) -> int:
        """End what a killed process has left behind in the state folder; returns how many.

        A replay's shadow lies below it and has supervised processes of its own.
        """
        shadow = Supervisor(Home(self.home.shadow))
        known = {status.pid for status in (*self.status(), *shadow.status())}
        left = [process for process in psutil.process_iter() if self._left_behind(process, known)]
        for process in left:
            _kill(process)
        psutil.wait_procs(left, timeout=5)
        return len(left)

    def status(self) -> list[ProcessStatus]:
        """Every process that runs, with the memory of its whole family."""
        names = sorted(path.stem for path in self.home.run.glob("*.json"))
        found = [(name, self.find(name)) for name in names]
        return [self._status(name, process) for name, process in found if process is not None]

    def _status(self, name: str, process: psutil.Process) -> ProcessStatus:
        children = _children(process)
        noted = self._noted(name) or {}
        return ProcessStatus(
            name=name,
            pid=process.pid,
            ports=dict(noted.get("ports") or {}),
            uptime_seconds=time.time() - process.create_time(),
            memory_bytes=sum(_memory(member) for member in (process, *children)),
            children=len(children),
        )

    def _left_behind(self, process: psutil.Process, known: set[int]) -> bool:
        """A Python process working in our folder whose supervised ancestor is gone."""
        try:
            folder = Path(process.cwd())
            inside = folder != self.home.root and folder.is_relative_to(self.home.root)
            orphan = not known & {process.pid, *(parent.pid for parent in process.parents())}
            return inside and orphan and "python" in Path(process.exe()).name
        except (psutil.Error, OSError):
            return False

    def _remember(self, spec: ProcessSpec, pid: int) -> None:
        note = {
            "pid": pid,
            "created": psutil.Process(pid).create_time(),
            "ports": {port.purpose: port.number for port in spec.ports},
        }
        self._pid_file(spec.name).write_text(json.dumps(note))

    def _noted(self, name: str) -> dict[str, Any] | None:
        try:
            noted = json.loads(self._pid_file(name).read_text())
        except (FileNotFoundError, ValueError):
            return None
        return noted if isinstance(noted, dict) else None

    def _tail(self, name: str) -> str:
        path = self._log(name)
        lines = path.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
        return f"; the end of {path}:\n" + "\n".join(lines)

    def _log(self, name: str) -> Path:
        path = self.home.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
            path.replace(path.with_suffix(".old.log"))
        return path

    def _pid_file(self, name: str) -> Path:
        return self.home.run / f"{name}.json"


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def _reap(pid: int) -> None:
    """Collect our own child, should this very process have started it."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _kill(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()


def _memory(process: psutil.Process) -> int:
    try:
        # Shared pages count once (Linux); where that is not known, the resident size has to do.
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.rss))
    except psutil.Error:
        return 0
