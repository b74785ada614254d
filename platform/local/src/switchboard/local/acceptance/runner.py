"""Runs the steps of an acceptance one after the other, and tells what came of each."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Literal

from switchboard.local.acceptance.steps import ReadyStep

Verdict = Literal["passed", "failed", "by hand", "not run"]
LAST_LINES = 20
"""Of a step's output, kept for the report."""
Shell = Callable[[str, float | None], tuple[int, str]]
"""Runs a script for so many seconds at most; exit status and output."""


@dataclass(frozen=True)
class Result:
    """What came of a step."""

    ready: ReadyStep
    verdict: Verdict
    seconds: float
    why: str
    output: str


@dataclass(frozen=True)
class RunSteps:
    """Stops at the first failure, but for the steps that are run always."""

    shell: Shell
    clock: Callable[[], float] = time.monotonic

    def __call__(self, steps: Sequence[ReadyStep]) -> Iterator[Result]:
        """Each result as soon as it is there."""
        failed = False
        for step in steps:
            if failed and not step.step.always:
                yield Result(step, "not run", 0.0, "an earlier step failed", "")
                continue
            result = self._one(step)
            failed = failed or result.verdict == "failed"
            yield result

    def _one(self, step: ReadyStep) -> Result:
        if step.by_hand:
            return Result(step, "by hand", 0.0, step.by_hand, "")
        limit = step.step.minutes * 60 if step.step.minutes else None
        begun = self.clock()
        status, output = self.shell(step.script, limit)
        seconds = self.clock() - begun
        why = _problem(step, status, output, seconds)
        kept = "\n".join(output.splitlines()[-LAST_LINES:])
        return Result(step, "failed" if why else "passed", seconds, why, kept)


def _problem(step: ReadyStep, status: int, output: str, seconds: float) -> str:
    if step.step.minutes and seconds > step.step.minutes * 60:
        return f"it took longer than {step.step.minutes:g} minutes"
    if status:
        return f"it ended with status {status}"
    if step.expect and not re.search(step.expect, output):
        return f"its output does not hold {step.expect!r}"
    return ""


def bash(folder: Path) -> Shell:
    """Bash in `folder`, stopping at the first command that fails."""

    def run(script: str, seconds: float | None) -> tuple[int, str]:
        try:
            ended = subprocess.run(  # noqa: S603 - the steps of this repository
                [which("bash") or "bash", "-euo", "pipefail"],
                input=script,
                cwd=folder,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            said = late.output or b""
            return 124, said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return ended.returncode, ended.stdout

    return run
