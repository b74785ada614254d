"""`simulate`: thousands of seeded fault schedules over the real use cases (NEW-02)."""

from typing import TYPE_CHECKING, Annotated

import typer

from switchboard.local.cli.console import CommandError, as_json, progress, say, table

if TYPE_CHECKING:
    from switchboard.local.simulation.campaign import Summary

SCHEDULES = 2000
REPORT_EVERY = 500


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(simulate)


def simulate(
    *,
    schedules: Annotated[int, typer.Option(min=1, help="how many schedules")] = SCHEDULES,
    seed: Annotated[
        int | None, typer.Option(min=0, help="play this one schedule, again if it failed before")
    ] = None,
    first: Annotated[int, typer.Option(min=0, help="seed of the first schedule")] = 0,
    trace: Annotated[
        bool, typer.Option("--trace", help="with --seed: every step of the schedule")
    ] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="do not stop at the first broken invariant")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Crash, duplicate, reorder, delay, throttle, lose answers: nothing is lost or done twice.

    Plays seeded schedules of the real use cases over their in-memory adapters, in virtual time, and
    checks what must hold after each step and at rest. The same seed is the same schedule, to the
    byte of its trace, as long as the code is the same. Exit status 1 when an invariant is broken.
    """
    from switchboard.local.simulation.campaign import campaign, traced

    if trace:
        if seed is None or json:
            raise CommandError("--trace shows one schedule", "add --seed N, without --json")
        played, text = traced(seed)
        say(text.rstrip())
        if played.broken:
            raise CommandError(f"seed {seed}: {played.broken}", "the last lines above lead to it")
        say(f"\nseed {seed}: {played.steps} steps, all invariants hold")
        return
    seeds = range(first, first + schedules) if seed is None else [seed]
    summary = campaign(seeds, keep_going=keep_going, report=_progress)
    if json:
        as_json(_as_dict(summary))
    else:
        show(summary)
    if summary.broken:
        raise typer.Exit(1)


def _progress(summary: "Summary") -> None:
    if summary.schedules % REPORT_EVERY == 0:
        progress(f"{summary.schedules} schedules, {summary.steps} steps, {summary.seconds:.0f} s")


def show(summary: "Summary") -> None:
    """Faults, invariants and, when one is broken, what leads to it and how to see it again."""
    from switchboard.local.simulation.demands import INVARIANTS
    from switchboard.local.simulation.faults import KINDS

    table([[kind, str(summary.faults[kind])] for kind in KINDS], ["fault", "times"])
    say()
    broken = {played.broken.invariant for played in summary.broken if played.broken}
    table(
        [[name, "BROKEN" if name in broken else "holds"] for name in INVARIANTS], ["invariant", ""]
    )
    say(
        f"\n{summary.schedules} schedules, {summary.steps} steps of ports, "
        f"{sum(summary.faults.values())} faults in {summary.seconds:.1f} s "
        f"({summary.per_second:.0f} schedules/s)"
    )
    for played in summary.broken[:1]:
        say(f"\nseed {played.seed}: {played.broken}\nThe last steps:")
        for line in summary.last_steps(played.seed):
            say(line)
    for played in summary.broken:
        say(f"again: hatch run simulate --seed {played.seed} --trace")


def _as_dict(summary: "Summary") -> dict[str, object]:
    return {
        "schedules": summary.schedules,
        "steps": summary.steps,
        "seconds": round(summary.seconds, 1),
        "faults": dict(summary.faults),
        "broken": [
            {
                "seed": played.seed,
                "invariant": played.broken.invariant,
                "text": played.broken.text,
                "again": f"hatch run simulate --seed {played.seed} --trace",
            }
            for played in summary.broken
            if played.broken
        ],
    }
