"""What has to be true before `up` can work; each check says what to do when it is not."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from switchboard.local.deployment.cloud_assembly import Asset, stacks
from switchboard.local.processes import engine_environment, specs
from switchboard.local.processes.ports import Port, holder, is_free
from switchboard.local.processes.supervisor import Supervisor
from switchboard.local.settings import LocalSettings, user_environment

PYTHON = (3, 11)
MIN_FREE_BYTES = 2 * 1024**3
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
IMPORT_SECONDS = 60
IMPORT = (
    "import importlib, sys; sys.path.insert(0, sys.argv[1]); "
    "[getattr(importlib.import_module(name.rpartition('.')[0]), name.rpartition('.')[2])"
    " for name in sys.argv[2:]]"
)


@dataclass(frozen=True)
class Finding:
    """One finding."""

    what: str
    ok: bool
    detail: str
    remedy: str = ""


@dataclass(frozen=True)
class Doctor:
    """Looks at this machine, this checkout and this state folder."""

    settings: LocalSettings
    find: Callable[[str], str | None] = shutil.which

    def __call__(self) -> list[Finding]:
        """Every check, in the order in which things go wrong."""
        return [
            self._python(),
            self._tool("git", "install git"),
            self._tool("uv", "run this through hatch, which brings uv"),
            self._browser(),
            self._disk(),
            *self._ports(),
            self._engine(),
            *self._bundles(),
        ]

    def _python(self) -> Finding:
        found = ".".join(map(str, sys.version_info[:3]))
        ok = sys.version_info[:2] == PYTHON
        return Finding("python", ok, found, "" if ok else "use Python 3.11")

    def _tool(self, name: str, remedy: str) -> Finding:
        path = self.find(name)
        return Finding(name, path is not None, path or "not found", "" if path else remedy)

    def _browser(self) -> Finding:
        paths = [path for name in BROWSERS if (path := self.find(name))]
        detail = paths[0] if paths else "not found; only screenshots of prototypes need it"
        return Finding("chromium", ok=True, detail=detail)

    def _disk(self) -> Finding:
        folder = next(
            path for path in (self.settings.home, *self.settings.home.parents) if path.exists()
        )
        free = shutil.disk_usage(folder).free
        ok = free >= MIN_FREE_BYTES
        remedy = "" if ok else f"free {MIN_FREE_BYTES // 1024**3} GB, or set SWITCHBOARD_HOME"
        return Finding("disk", ok, f"{free / 1024**3:.1f} GB free at {folder}", remedy)

    def _ports(self) -> Iterator[Finding]:
        environment = user_environment()
        ours = {
            number
            for status in Supervisor(self.settings.folder).status()
            for number in status.ports.values()
        }
        for spec in (
            specs.engine_spec(self.settings, environment),
            specs.serve_spec(self.settings, environment),
        ):
            for port in spec.ports:
                yield self._port(port, ours=port.number in ours)

    def _port(self, port: Port, *, ours: bool) -> Finding:
        name = f"port {port.number}"
        if ours:
            return Finding(name, ok=True, detail=f"{port.purpose} of this platform")
        if is_free(port.number):
            return Finding(name, ok=True, detail=f"free for {port.purpose}")
        remedy = f"stop it, or set {port.variable}"
        return Finding(name, ok=False, detail=f"taken by {holder(port.number)}", remedy=remedy)

    def _engine(self) -> Finding:
        if engine_environment.is_ready(self.settings.folder):
            python = engine_environment.python(self.settings.folder)
            return Finding("engine", ok=True, detail=str(python.parents[1]))
        return Finding("engine", ok=True, detail="not made yet: the first `up` makes it")

    def _bundles(self) -> list[Finding]:
        """Import every function once: a function that fails at import says little in its log."""
        python = engine_environment.python(self.settings.folder)
        wanted = bundles(self.settings.folder.assemblies)
        if not wanted or not python.exists():
            return [Finding("bundles", ok=True, detail="not made yet: the first `up` makes them")]
        with ThreadPoolExecutor(2) as workers:
            return list(workers.map(lambda item: _imports(python, *item), sorted(wanted.items())))


def diagnose(settings: LocalSettings | None = None) -> list[Finding]:
    """Whether this machine can run the platform."""
    return Doctor(settings or LocalSettings.from_env())()


def bundles(assemblies: Path) -> dict[Path, list[str]]:
    """The handlers in each bundle of the synthesized apps."""
    found: dict[Path, list[str]] = {}
    for manifest in sorted(assemblies.glob("*/manifest.json")):
        for stack in stacks(manifest.parent):
            by_key = {asset.key: asset for asset in stack.assets}
            for handler, asset in _functions(json.loads(stack.template), by_key):
                found.setdefault(asset.path, []).append(handler)
    return {path: sorted(set(handlers)) for path, handlers in found.items()}


def _functions(template: dict[str, Any], assets: dict[str, Asset]) -> Iterator[tuple[str, Asset]]:
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            key = resource["Properties"].get("Code", {}).get("S3Key")
            if key in assets:
                yield resource["Properties"]["Handler"], assets[key]


def _imports(python: Path, bundle: Path, handlers: list[str]) -> Finding:
    environment = {"PATH": "/usr/bin:/bin", "AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run(  # noqa: S603 - our own command
        [str(python), "-c", IMPORT, str(bundle), *handlers],
        env=environment,
        capture_output=True,
        text=True,
        timeout=IMPORT_SECONDS,
        check=False,
    )
    name = f"bundle {bundle.parent.name}"
    if done.returncode == 0:
        return Finding(name, ok=True, detail=", ".join(handlers))
    reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
    return Finding(
        name, ok=False, detail=reason, remedy="the bundle lacks something: see its imports"
    )
