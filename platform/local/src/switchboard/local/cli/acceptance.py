"""`acceptance`: what only an AWS account can show, planned here and run there."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Annotated

import typer

from switchboard.local.cli.console import CommandError, progress, say

if TYPE_CHECKING:
    from switchboard.local.acceptance.runner import Result
    from switchboard.local.acceptance.steps import ReadyStep

COLOURS = {"passed": "green", "failed": "red", "by hand": "yellow", "not run": "yellow"}


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("acceptance")(acceptance)


def acceptance(
    *,
    environment: Annotated[
        str, typer.Option("--env", help="dev or workshop; it must not be deployed yet")
    ] = "workshop",
    given: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="alias=..., projects=...; repeatable"),
    ] = None,
    run: Annotated[bool, typer.Option("--run", help="do it; without, it is only shown")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask before it begins")] = False,
    report: Annotated[Path | None, typer.Option(help="where the report is written")] = None,
) -> None:
    """What only an AWS account can show: deploy, look, break, take down. Not run on AWS by us.

    Without --run the steps are shown, each with its commands and the rows of the definition of done
    that it shows. With --run they are done in the account one is signed in to, which must be the
    environment's own and must not hold it yet, because everything is deleted at the end.
    """
    from switchboard.constructs.environments import UnknownEnvironmentError
    from switchboard.constructs.environments import environment as configured
    from switchboard.local.acceptance.steps import StepsError, read_steps, ready

    try:
        configured(environment)
    except UnknownEnvironmentError as error:
        raise CommandError(str(error), "hatch run platform:acceptance --env workshop") from error
    values = {"env": environment, **_pairs(given or [])}
    if not run:
        values = {"alias": "<alias>", "projects": "<data source id>", **values}
    try:
        steps = ready(read_steps(), values)
    except StepsError as error:
        raise CommandError(str(error), error.remedy) from error
    if not run:
        _plan(steps)
        return
    _demand_an_empty_place(environment)
    if not yes:
        typer.confirm(f"Deploy {environment}, spend money, and delete all of it again?", abort=True)
    _run(environment, steps, report or Path(f"acceptance-{environment}.md"))


def _pairs(texts: list[str]) -> dict[str, str]:
    if wrong := [text for text in texts if "=" not in text]:
        raise CommandError(f"{wrong[0]!r} sets nothing", "write it as --set name=value")
    return dict(text.split("=", 1) for text in texts)


def _plan(steps: "list[ReadyStep]") -> None:
    for number, step in enumerate(steps, start=1):
        limit = f"  (at most {step.step.minutes:g} minutes)" if step.step.minutes else ""
        say(typer.style(f"{number:2}. {step.step.name}", bold=True) + limit)
        if step.step.rows:
            say(f"    shows: {', '.join(step.step.rows)}")
        for line in (step.by_hand or step.script).splitlines():
            say(f"    {line}")
    say("\nNothing was run. --run does it, in the account of the environment.")


def _demand_an_empty_place(environment: str) -> None:
    """Refuse whatever would take down what somebody uses.

    Raises:
        CommandError: prod, no account, another one, or an environment that is deployed.
    """
    from switchboard.constructs.deployment.account import signed_in
    from switchboard.constructs.deployment.assignment import (
        assigned,
        demand_assigned,
        demand_own_account,
    )
    from switchboard.constructs.deployment.refusal import Refusal
    from switchboard.constructs.environments import REGION

    if environment == "prod":
        raise CommandError(
            "an acceptance deletes what it deployed, and prod keeps its data",
            "take workshop, which is built the same way",
        )
    try:
        own = demand_assigned(environment, assigned(environment))
        account = signed_in(REGION)
        if isinstance(account, str):
            raise CommandError(account, f"sign in to the account of {environment}")
        if account.number != own.account:
            raise CommandError(
                f"signed in to account {account.number}, {environment} belongs to {own.account}",
                f"sign in to the account of {environment}",
            )
        demand_own_account(environment, account)
        status = account.stack_status(f"switchboard-{environment}-platform")
    except Refusal as refusal:
        raise CommandError(str(refusal), refusal.remedy) from refusal
    if status is not None:
        raise CommandError(
            f"{environment} is deployed already ({status}), and would be deleted at the end",
            "take an environment that is not deployed",
        )


def _run(environment: str, steps: "list[ReadyStep]", file: Path) -> None:
    from switchboard.local.acceptance.report import report
    from switchboard.local.acceptance.runner import RunSteps, bash
    from switchboard.local.checkout import ROOT

    results: list[Result] = []
    for step in RunSteps(bash(ROOT))(steps):
        results.append(step)
        _tell(step)
    git = [which("git") or "git", "rev-parse", "--short", "HEAD"]
    head = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - constants
    file.write_text(report(environment, datetime.now(UTC).date(), head.stdout.strip(), results))
    progress(f"report: {file}; read it through before you commit it")
    if any(result.verdict in ("failed", "not run") for result in results):
        raise typer.Exit(1)


def _tell(result: "Result") -> None:
    verdict = typer.style(f"{result.verdict:8}", fg=COLOURS[result.verdict])
    why = f": {result.why}" if result.why else ""
    say(f"{verdict} {result.seconds:6.0f} s  {result.ready.step.name}{why}")
    if result.verdict == "failed":
        say(result.output)
