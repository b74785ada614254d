"""The engine's own environment: ministack pins a botocore that is not ours."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import uv

from switchboard.local import engine
from switchboard.local.home import Home

REQUIREMENTS = Path(engine.__file__).with_name("requirements.txt")
READY = "ready"
"""Written last: an environment without it was interrupted and is made again."""

Report = Callable[[str], None]


class EngineInstallError(RuntimeError):
    """The engine's environment could not be made; the message ends with what uv said."""

    remedy = "the engine is fetched once: check that uv reaches its package index"


def python(home: Home) -> Path:
    """The interpreter of the engine's environment, which also runs the functions."""
    return _folder(home) / "bin" / "python"


def is_ready(home: Home) -> bool:
    """Whether the environment of these very pins is there."""
    return (_folder(home) / READY).exists()


def ensure(home: Home, environment: Mapping[str, str], report: Report) -> None:
    """Make the environment unless it is there; older ones are removed.

    Raises:
        EngineInstallError: uv failed, for example without network and without a warm cache.
    """
    if is_ready(home):
        return
    report("making the engine's environment (once)")
    folder = _folder(home)
    home.root.mkdir(parents=True, exist_ok=True)
    # The repository's own constraints name another botocore.
    env = {key: value for key, value in environment.items() if key != "UV_CONSTRAINT"}
    tool = uv.find_uv_bin()
    _run([tool, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], env)
    target = ["--python", str(folder / "bin" / "python")]
    _run([tool, "pip", "install", "--quiet", *target, "-r", str(REQUIREMENTS)], env)
    (folder / READY).touch()
    for old in home.root.glob("engine-*"):
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)


def _folder(home: Home) -> Path:
    # The bundles are made for this interpreter, so a new one needs a new environment.
    text = REQUIREMENTS.read_bytes() + sys.version.encode()
    return home.engine_venv(hashlib.sha256(text).hexdigest()[:12])


def _run(command: list[str], env: Mapping[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        command, env=dict(env), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise EngineInstallError(f"the engine's environment could not be made:\n{done.stderr}")
