"""Running one foreign command: own namespaces where the kernel permits, limits everywhere.

With namespaces (Linux, `unshare`) the command sees no network but loopback, no other process, and
neither the platform's state nor the user's credentials. Without them (macOS, some containers) only
the limits, the bare environment and the time limit hold: `isolated` says which it is.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

TIMEOUT_SECONDS = 60.0
OUTPUT_BYTES = 1_000_000

PRIVATE = (
    *(".aws", ".azure", ".config", ".docker", ".gnupg", ".kube", ".ssh"),
    *(".git-credentials", ".netrc", ".npmrc", ".pypirc"),
)
"""Where people keep credentials in their home folder."""

_NAMESPACES = (
    "unshare",
    "--user",
    "--map-root-user",
    "--mount",
    "--net",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
)
# Per process: seconds of processor time, 64 MB per file (blocks of 512 bytes), 2 GB of data (kB).
# Not the address space: Chromium reserves terabytes of it and uses little.
_LIMITS = "ulimit -c 0; ulimit -t 60; ulimit -f 131072; ulimit -d 2097152; "
_LIMITED = _LIMITS + 'exec "$@"'
# $1 = the session's folder, then what to hide, then --, then the command. The session's
# folder is bound back by the open working directory, for its path leads through a hidden one.
_CONFINED = (
    'set -e; session=$1; shift; cd "$session"; '
    'while [ "$1" != "--" ]; do if [ -d "$1" ]; '
    'then mount -t tmpfs -o size=256m,mode=1777 tmpfs "$1"; '
    'else mount --bind /dev/null "$1"; fi; shift; done; '
    'shift; mkdir -p "$session"; mount --no-canonicalize --bind . "$session"; cd "$session"; '
    "ip link set lo up; "
) + _LIMITED


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str
    timed_out: bool = False


class Isolation:
    """Runs commands for sandbox sessions."""

    def __init__(
        self, state: Path, user_home: Path, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        """Hide `state` (the platform's keys and data) and what is private in `user_home`."""
        self._timeout = timeout_seconds
        private = [user_home / name for name in PRIVATE]
        self._hidden = [
            place
            for place in (state, *private, Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - hidden
            if place.exists() and not _holds_interpreter(place)
        ]
        self.isolated = self._permitted()

    def run(self, folder: Path, command: Sequence[str], stdin: str = "") -> Outcome:
        """Run `command` with `folder` as working directory and only writable place."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen(  # noqa: S603 - running foreign code is the purpose
                self._wrapped(folder, command),
                cwd=folder,
                env=self._environment(folder),
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
            timed_out = False
            try:
                process.communicate(stdin.encode(), timeout=self._timeout)
            except subprocess.TimeoutExpired:
                timed_out = True
            finally:
                _kill_group(process)
            errors = _text(err)
            if timed_out:
                errors += f"\nstopped: it ran longer than {self._timeout:g} seconds"
            return Outcome(process.returncode, _text(out), errors, timed_out)

    def _wrapped(self, folder: Path, command: Sequence[str]) -> list[str]:
        if not self.isolated:
            return ["/bin/sh", "-c", _LIMITED, "sandbox", *command]
        hidden = [str(path) for path in self._hidden]
        arguments = [str(folder), *hidden, "--", *command]
        return [*_NAMESPACES, "/bin/sh", "-c", _CONFINED, "sandbox", *arguments]

    def _environment(self, folder: Path) -> dict[str, str]:
        """Nothing of ours: no credentials, no endpoints. Tools of this Python come first."""
        return {
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.defpath)),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_ADDOPTS": "-p no:cacheprovider",
            # Plugins of our own environment are nothing for the user's tests.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }

    def _permitted(self) -> bool:
        """Try it once: kernels, containers and systems differ."""
        if not all(shutil.which(tool) for tool in ("unshare", "mount", "ip")):
            return False
        with tempfile.TemporaryDirectory() as folder:
            self.isolated = True
            outcome = self.run(Path(folder).resolve(), ["true"])
        return outcome.exit_code == 0


def _holds_interpreter(folder: Path) -> bool:
    needed = {Path(item).resolve() for item in (sys.prefix, sys.base_prefix)}
    return any(item.is_relative_to(folder.resolve()) for item in needed)


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):  # the whole group may have ended
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(OUTPUT_BYTES).decode(errors="replace")
