"""What stands in a Lambda zip: pinned libraries, our sources, and .pyc of Lambda's own Python.

Without .pyc every cold start compiles again (x2.2 to x3.2, measured); those of another minor
version are useless. Libraries come as .pyc alone, which is what keeps the zip small; our own code
has its sources too, for a readable traceback. The same sources give the same bytes: nothing of the
machine is left inside.
"""

import compileall
import functools
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

LAMBDA_PYTHON = "3.12"
LAMBDA_TASK = "/var/task"
"""Where Lambda unpacks a bundle."""
PROVIDED_BY_LAMBDA = ("boto3", "botocore")
TYPING_ONLY = ("boto3-stubs", "mypy-boto3")
LEFT_BY_INSTALLING = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")
"""Of a distribution's own files those that speak of the machine; entry points stay."""
NEVER_IMPORTED = (
    "anyio",
    "aws_lambda_powertools/event_handler",
    "aws_lambda_powertools/metrics/provider/datadog",
    *(
        f"aws_lambda_powertools/utilities/{name}"
        for name in (
            *("auth_alpha", "batch", "circuit_breaker", "data_classes", "data_masking"),
            *("feature_flags", "idempotency", "kafka", "parameters", "parser", "serialization"),
            *("streaming", "validation"),
        )
    ),
    "pydantic/experimental",
    "pydantic/mypy.py",
    "pydantic/v1",
)
"""Of the libraries, what no function of ours imports (a test looks); half of a zip without it."""


def requirements(
    members: Sequence[Path], *, host: bool, only: tuple[str, ...] | None = None
) -> list[str]:
    """Third-party requirements of the members, as their pyproject files declare them.

    `only`: just these distributions, the SDK among them even where Lambda brings its own.
    """
    found: set[str] = set()
    for member in members:
        project = tomllib.loads((member / "pyproject.toml").read_text())["project"]
        found.update(project["dependencies"])
    if only is not None:
        return sorted(item for item in found if _distribution(item) in only)
    skip = ("switchboard-", *TYPING_ONLY, *(() if host else PROVIDED_BY_LAMBDA))
    return sorted(item for item in found if not item.startswith(skip))


@dataclass(frozen=True)
class Bundle:
    """What a bundle is made of: `members` are folders with a pyproject and `src/`.

    `host`: for this machine, whose engine runs functions on its own interpreter. `trimmed`: without
    what functions never import; an agent imports more.
    """

    root: Path
    members: tuple[Path, ...]
    host: bool = False
    only: tuple[str, ...] | None = None
    trimmed: bool = True

    def fill(self, target: Path) -> None:
        """Write the bundle into an empty folder."""
        _install(self, target)
        if self.host:
            self._copy_own(target)
            # Unchecked: the zip does not keep the times that a .pyc is compared with.
            mode = PycInvalidationMode.UNCHECKED_HASH
            compileall.compile_dir(target, quiet=2, workers=1, invalidation_mode=mode)
            return
        _forget_the_machine(target)
        if self.trimmed:
            _leave_out(target)
        python = lambda_python()
        if python is None:
            sys.stderr.write(f"warning: no Python {LAMBDA_PYTHON} here, so a bundle has no .pyc\n")
            self._copy_own(target)
            return
        _compile_libraries(target, python)
        self._copy_own(target)
        _compile(target, python)

    def _copy_own(self, target: Path) -> None:
        for member in self.members:
            shutil.copytree(
                member / "src",
                target,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("__pycache__", "py.typed"),
            )


@functools.cache
def lambda_python() -> str | None:
    """An interpreter of Lambda's minor version on this machine, or None."""
    return next((path for path in _candidates() if _is_lambdas(path)), None)


def _candidates() -> Iterator[str]:
    name = f"python{LAMBDA_PYTHON}"
    if found := shutil.which(name):
        yield found
    asked = subprocess.run(  # noqa: S603 - fixed program
        ["uv", "python", "find", "--no-python-downloads", "--system", LAMBDA_PYTHON],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode == 0:
        yield asked.stdout.strip()
    for path in sorted((Path.home() / ".pyenv/versions").glob(f"{LAMBDA_PYTHON}.*/bin/{name}")):
        yield str(path)


def _is_lambdas(python: str) -> bool:
    """A shim may be there without what it stands for."""
    said = subprocess.run(  # noqa: S603 - an interpreter we found
        [python, "--version"], capture_output=True, text=True, check=False
    )
    return said.stdout.startswith(f"Python {LAMBDA_PYTHON}.")


def _compile(target: Path, python: str, *options: str) -> None:
    """One worker, fixed hash seed and path: the same bytes every time."""
    subprocess.run(  # noqa: S603 - an interpreter we found, our own arguments
        [
            *(python, "-m", "compileall", "-qq", "-j1", "--invalidation-mode", "unchecked-hash"),
            *("-s", str(target), "-p", LAMBDA_TASK, *options, str(target)),
        ],
        check=False,  # a library may ship a template that is no Python
        env={"PYTHONHASHSEED": "0"},
    )


def _compile_libraries(target: Path, python: str) -> None:
    """`name.pyc` in the place of `name.py`."""
    _compile(target, python, "-b")
    for source in target.rglob("*.py"):
        if source.with_suffix(".pyc").exists():
            source.unlink()


def _leave_out(target: Path) -> None:
    for name in NEVER_IMPORTED:
        path = target / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _forget_the_machine(target: Path) -> None:
    (target / ".lock").unlink(missing_ok=True)
    shutil.rmtree(target / "bin", ignore_errors=True)
    for name in LEFT_BY_INSTALLING:
        for path in target.glob(f"*.dist-info/{name}"):
            path.unlink()
    for path in target.glob("*.dist-info/METADATA"):
        path.write_text(path.read_text().partition("\n\n")[0] + "\n")  # the rest is a readme


def _distribution(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]


def _install(bundle: Bundle, target: Path) -> None:
    wanted = requirements(bundle.members, host=bundle.host, only=bundle.only)
    if not wanted:
        return
    platform = (
        ["--python", sys.executable]
        if bundle.host
        else ["--python-platform", "aarch64-manylinux2014", "--python-version", LAMBDA_PYTHON]
    )
    subprocess.run(  # noqa: S603 - fixed program, arguments from our own files
        [
            *("uv", "pip", "install", "--quiet", "--target", str(target), *platform),
            *("--only-binary", ":all:", "--no-compile-bytecode", "--link-mode", "copy"),
            *("--constraint", str(bundle.root / "constraints.txt"), *wanted),
        ],
        check=True,
    )
