"""`check`, `requirements`, `synth`: the gate and the proofs."""

from pathlib import Path
from typing import Annotated

import typer

from switchboard.local.cli.console import CommandError, as_json, progress, say, table


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(check)
    app.command()(requirements)
    app.command()(synth)


def check(
    *,
    only: Annotated[
        list[str] | None, typer.Option(help="run just these steps (repeat the option)")
    ] = None,
) -> None:
    """The whole gate: format, lint, types, imports, dependencies, events, templates, tests.

    The static steps run beside the tests. Exit status 1 when any step fails.
    """
    from switchboard.local.checks import STEPS, run_steps

    names = [step.name for step in STEPS]
    if unknown := sorted(set(only or []) - set(names)):
        raise CommandError(f"no step {', '.join(unknown)}", f"choose from: {', '.join(names)}")
    results = run_steps([step for step in STEPS if not only or step.name in only], progress)
    for result in results:
        if not result.passed:
            say(typer.style(f"\n--- {result.name} ---", bold=True))
            say(result.output.rstrip())
    say()
    table(
        [[r.name, "ok" if r.passed else "FAILED", f"{r.seconds:.1f} s"] for r in results],
        ["step", "result", "time"],
    )
    if summary := next((r.summary for r in results if r.summary), None):
        say(summary)
    if not all(result.passed for result in results):
        raise typer.Exit(1)


def requirements(
    *,
    json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
    last: Annotated[
        bool, typer.Option("--last", help="use the last results even if the code has changed")
    ] = False,
    unproved: Annotated[bool, typer.Option("--unproved", help="only rows without proof")] = False,
) -> None:
    """Every row of the definition of done, with the tests that prove it.

    A row is proved when for each kind of proof that needs no AWS account at least one marked test
    ran and passed. Runs the tests first when there are no results for the code as it stands.
    `AWS` says that only an account can show it; `--json` names the step that would.
    """
    from switchboard.local.proofs import current_rows

    rows = current_rows(progress, accept_stale=last)
    shown = [row for row in rows if not (unproved and row.proved)]
    if json:
        as_json({"rows": [row.as_dict() for row in shown]})
        return
    table(
        [
            [row.id, row.state, " ".join(row.kinds), " ".join(row.missing), row.sentence[:80]]
            for row in shown
        ],
        ["id", "state", "kinds", "missing", "requirement"],
    )
    say(f"\n{sum(row.proved for row in rows)} of {len(rows)} rows proved")
    on_aws = [row for row in rows if row.on_aws]
    say(
        f"{len(on_aws)} rows ask for an AWS account too, {sum(r.state == 'AWS' for r in rows)} for "
        "nothing else: hatch run platform:acceptance (not run on AWS)"
    )


def synth(
    *,
    env: Annotated[str, typer.Option(help="dev, workshop or prod")] = "dev",
    out: Annotated[Path, typer.Option(help="one folder per app is written here")] = Path(
        "build/cdk.out"
    ),
) -> None:
    """Synthesize every service's CDK app in one process; no account, network or Docker."""
    from switchboard.constructs.environments import UnknownEnvironmentError
    from switchboard.local.templates import synthesize_all

    try:
        for name, seconds in synthesize_all(out, env):
            say(f"{name:14} {seconds:5.1f} s  {out / name}")
    except UnknownEnvironmentError as error:
        raise CommandError(str(error), "hatch run synth --env dev") from error
