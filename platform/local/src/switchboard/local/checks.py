"""The steps of the gate, run in two lanes: the tests, and everything static beside them."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from switchboard.local.checkout import ROOT

SOURCES = [
    str(path.relative_to(ROOT))
    for pattern in ("shared-events/src", "platform/*/src", "services/*/src", "agents/src")
    for path in sorted(ROOT.glob(pattern))
]
DISTRIBUTIONS = ["shared-events", "platform/*", "services/*", "agents"]
TEST_PROCESSES = 3
"""The one with the flow tests mostly waits for their platform: three keep two cores busy."""

PERCENT = re.compile(r"\[ *(\d+)%]$")
"""How far pytest is, at the end of each line of dots."""
TENTH = 10


@dataclass(frozen=True)
class Step:
    """One check: its commands are run in order until one fails."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    lane: str = "static"


@dataclass(frozen=True)
class Result:
    """How a step ended."""

    name: str
    passed: bool
    seconds: float
    output: str

    @property
    def summary(self) -> str | None:
        """The closing line of the tests, for people and CI."""
        lines = [line for line in self.output.splitlines() if " passed" in line]
        return lines[-1].strip("= ") if self.name == "tests" and lines else None


def _deptry() -> tuple[tuple[str, ...], ...]:
    folders = [
        path
        for pattern in DISTRIBUTIONS
        for path in sorted(ROOT.glob(pattern))
        if (path / "pyproject.toml").exists() and (path / "src").exists()
    ]
    return tuple(("deptry", "src", "--cwd", str(folder)) for folder in folders)


def _switchboard(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "switchboard.local.cli", *words)


STEPS = [
    Step("format", (("ruff", "format", "--check", "."),)),
    Step("lint", (("ruff", "check", "."),)),
    Step("types", (("mypy", *SOURCES),)),
    Step("imports", (("lint-imports",),)),
    Step("dependencies", _deptry()),
    Step("events", (_switchboard("events", "check"),)),
    Step("infrastructure", (_switchboard("infra-check", "--no-bundles"),)),
    Step("tests", (("pytest", "-q", "-n", str(TEST_PROCESSES)),), lane="tests"),
]


def run_steps(steps: list[Step], report: Callable[[str], None]) -> list[Result]:
    """Run the steps, two at a time; the order of the results is that of `steps`."""
    lanes = [[s for s in steps if s.lane == lane] for lane in ("tests", "static")]
    with ThreadPoolExecutor(max_workers=len(lanes)) as pool:
        done = [
            result
            for results in pool.map(lambda lane: [_run(step, report) for step in lane], lanes)
            for result in results
        ]
    order = [step.name for step in steps]
    return sorted(done, key=lambda result: order.index(result.name))


def _run(step: Step, report: Callable[[str], None]) -> Result:
    report(f"{step.name} ...")
    start = time.monotonic()
    output = []
    passed = True
    for command in step.commands:
        ended, said = _ended(command, lambda percent: report(f"{step.name}: {percent} %"))
        output.append(said)
        if ended:
            passed = False
            break
    seconds = time.monotonic() - start
    report(f"{step.name}: {'ok' if passed else 'FAILED'} in {seconds:.1f} s")
    return Result(step.name, passed, seconds, "".join(output))


def _ended(command: tuple[str, ...], report: Callable[[int], None]) -> tuple[int, str]:
    """Exit status and output of a command; each further tenth that pytest tells is reported."""
    cwd = ROOT
    arguments = list(command)
    if "--cwd" in arguments:
        at = arguments.index("--cwd")
        cwd = ROOT / arguments[at + 1]
        del arguments[at : at + 2]
    lines: list[str] = []
    told = 0
    with (
        subprocess.Popen(  # noqa: S603 - our own list of commands
            [shutil.which(arguments[0]) or arguments[0], *arguments[1:]],
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as running
    ):
        for line in running.stdout or ():
            lines.append(line)
            percent = int(found[1]) if (found := PERCENT.search(line)) else 0
            if percent >= told + TENTH:
                told = percent - percent % TENTH
                report(told)
    return running.returncode, "".join(lines)
