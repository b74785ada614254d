"""`bench local`: how fast and how big the platform on this machine is, against its goals."""

import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import httpx
import typer

from switchboard.local.checkout import ROOT
from switchboard.local.cli.bench_gateway import gateway
from switchboard.local.cli.bench_voice import voice
from switchboard.local.cli.console import CommandError, as_json, progress, say, table
from switchboard.local.cli.demo import DEMO, EXAMPLES
from switchboard.local.cli.platform import MEGABYTE, bring_up
from switchboard.local.cli.stories import read_story, run_story

app = typer.Typer(no_args_is_help=True, help="Measure, against the goals of the project.")
app.command()(voice)
app.command()(gateway)
SERVICES = ("ingress", "orchestrator", "completion", "itsm-mock", "voice", "agents")


@dataclass(frozen=True)
class Measure:
    """Some runs of one thing, its unit and what it should stay below."""

    name: str
    values: list[float]
    unit: str
    goal: float

    @property
    def median(self) -> float:
        """The middle run."""
        return statistics.median(self.values)

    def row(self) -> list[str]:
        """For the table."""
        numbers = (min(self.values), self.median, max(self.values))
        ratio = self.median / self.goal
        return [
            self.name,
            *(f"{number:.2f}" if self.unit == "s" else f"{number:.0f}" for number in numbers),
            self.unit,
            f"{self.goal:g}",
            f"{ratio:.2f}",
            "ok" if ratio <= 1 else "MISSED",
        ]


@app.callback()
def bench() -> None:
    """Times are wall times of this machine at this moment: quote medians and ratios."""


@app.command()
def local(
    *,
    runs: Annotated[int, typer.Option(min=1, help="runs of each story")] = 5,
    tests: Annotated[bool, typer.Option("--tests", help="also time each service's tests")] = False,
    gate: Annotated[bool, typer.Option("--gate", help="also time the whole gate")] = False,
    json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Start, stories, memory; with --tests and --gate also the developer's waiting times."""
    with _left_as_found():
        measures = [_warm_start(), _idle_memory(), *_stories(runs)]
    if tests:
        measures += [_command(f"{name}:test, warm", f"{name}:test", 15) for name in SERVICES]
    if gate:
        measures.append(_command("whole gate", "check", 360, warm_up=False))
    if json:
        as_json([vars(measure) | {"median": measure.median} for measure in measures])
    else:
        headings = ["what", "min", "median", "max", "unit", "goal", "median/goal", ""]
        table([measure.row() for measure in measures], headings)
    if any(measure.median > measure.goal for measure in measures):
        raise typer.Exit(1)


@contextmanager
def _left_as_found() -> Iterator[None]:
    """A platform that was not up before the measuring is not up after it either."""
    from switchboard.local import embedded

    was_up = embedded.status().is_up
    try:
        yield
    finally:
        if not was_up:
            embedded.down()


def _warm_start() -> Measure:
    from switchboard.local import embedded

    values = []
    bring_up()  # what changed since the last time is deployed before anything is measured
    for number in range(3):
        embedded.down()
        start = time.monotonic()
        bring_up()
        values.append(time.monotonic() - start)
        progress(f"warm start {number + 1}: {values[-1]:.1f} s")
    return Measure("up, warm", values, "s", 10)


def _stories(runs: int) -> list[Measure]:
    measures = []
    for (name, trigger), what in zip(DEMO, ("pull request", "prototype"), strict=True):
        title, body = read_story(EXAMPLES / name)
        values = []
        for number in range(runs):
            journey = run_story(title, body, trigger)
            if journey.terminal_status != "completed":
                error = journey.ended.get("error") or {}
                raise CommandError(f"{name} did not complete: {error}", "hatch run doctor")
            values.append(journey.legs()["total"])
            progress(f"story -> {what} {number + 1}: {values[-1]:.2f} s")
        measures.append(Measure(f"story -> {what}", values, "s", 5))
    return measures


def _idle_memory() -> Measure:
    """Memory once the functions nobody uses have ended, which happens after five minutes."""
    from switchboard.local import embedded
    from switchboard.local.settings import LocalSettings

    url = LocalSettings.from_env().engine_url
    httpx.post(f"{url}/_switchboard/rest", timeout=30).raise_for_status()
    total = sum(process.memory_bytes for process in embedded.status().processes)
    return Measure("memory, idle", [total / MEGABYTE], "MB", 700)


def _command(what: str, name: str, goal: float, *, warm_up: bool = True) -> Measure:
    hatch = shutil.which("hatch")
    if hatch is None:
        raise CommandError("hatch is not on the PATH", "pip install hatch")
    values = []
    for counted in ([False] if warm_up else []) + [True]:
        start = time.monotonic()
        ended = subprocess.run(  # noqa: S603 - our own script names
            [hatch, "run", name], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            say(ended.stdout[-2000:])
            raise CommandError(f"hatch run {name} failed", f"run it alone: hatch run {name}")
        if counted:
            values.append(time.monotonic() - start)
    progress(f"{what}: {values[-1]:.1f} s")
    return Measure(what, values, "s", goal)
