"""All apps in all environments, synthesized by as many children as there are cores."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

from switchboard.local.infra_gates.assembly import TEMPLATES_ONLY
from switchboard.local.infra_gates.finding import Finding

CHILD = "switchboard.local.infra_gates.synthesis_process"
MOST_CHILDREN = 4

Report = Callable[[str], None]


@dataclass(frozen=True)
class Unit:
    """One app in one environment."""

    environment: str
    app: str

    def folder(self, out: Path) -> Path:
        """Where its cloud assembly is written."""
        return out / self.environment / self.app


@dataclass(frozen=True)
class Synthesized:
    """A unit that was tried; `problem` is empty when its templates are there."""

    unit: Unit
    seconds: float
    problem: str

    def finding(self) -> Finding | None:
        """The problem as a finding."""
        if not self.problem:
            return None
        return Finding(
            self.unit.app,
            self.unit.app,
            "synthesis",
            self.problem.strip().splitlines()[0][:300],
            f"hatch run {self.unit.app}:synth --env {self.unit.environment} shows all of it",
            self.unit.environment,
        )


def synthesize_units(
    units: Sequence[Unit],
    out: Path,
    variables: Mapping[str, str],
    report: Report,
    *,
    rules: bool = True,
) -> list[Synthesized]:
    """Synthesize `units` below `out`; reports each as it is done.

    `rules` False: templates only, in half the time.
    """
    command = [sys.executable, "-m", CHILD, *(() if rules else (TEMPLATES_ONLY,))]
    environment = {**variables, **({} if rules else {"CDK_VALIDATION": "false"})}
    waiting: Queue[Unit] = Queue()
    for unit in units:
        waiting.put(unit)
    children = min(os.cpu_count() or 1, MOST_CHILDREN, len(units))
    with ThreadPoolExecutor(children) as pool:
        lists = pool.map(
            lambda _: _work(waiting, out, command, environment, report), range(children)
        )
        return [done for some in lists for done in some]


def _work(
    waiting: "Queue[Unit]",
    out: Path,
    command: Sequence[str],
    environment: Mapping[str, str],
    report: Report,
) -> list[Synthesized]:
    """One child, fed until nothing waits."""
    done = []
    with subprocess.Popen(  # noqa: S603 - our own command
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what CDK prints there stands in the report too
        env=environment,
        text=True,
    ) as child:
        while True:
            try:
                unit = waiting.get_nowait()
            except Empty:
                break
            result = _ask(child, unit, out)
            done.append(result)
            report(f"{unit.app} ({unit.environment}) synthesized in {result.seconds:.1f} s")
        if child.stdin:
            child.stdin.close()
    return done


def _ask(child: "subprocess.Popen[str]", unit: Unit, out: Path) -> Synthesized:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child was started without pipes")
    folder = str(unit.folder(out).absolute())
    child.stdin.write(json.dumps([unit.environment, unit.app, folder]) + "\n")
    child.stdin.flush()
    answer = child.stdout.readline()
    if not answer:
        return Synthesized(unit, 0.0, "the synthesizing process ended; is aws-cdk-lib installed?")
    found = json.loads(answer)
    return Synthesized(unit, found["seconds"], found["problem"])
