"""`infra-check`: every template, every gate, no account."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from switchboard.local.cli.console import CommandError, as_json, progress, say, table

if TYPE_CHECKING:
    from switchboard.local.infra_gates.check import Outcome
    from switchboard.local.infra_gates.synthesis import Unit
    from switchboard.local.infra_gates.teardown import Teardown


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("infra-check")(infra_check)
    app.command("infra-diff")(infra_diff)
    app.command("release-notes")(release_notes)
    app.command()(destroy)


def infra_check(
    *,
    env: Annotated[
        list[str] | None, typer.Option(help="only this environment (repeat); default: all")
    ] = None,
    app: Annotated[list[str] | None, typer.Option(help="only this app (repeat)")] = None,
    update: Annotated[
        bool, typer.Option("--update", help="write the snapshots of the templates")
    ] = False,
    bundles: Annotated[
        bool, typer.Option("--bundles/--no-bundles", help="build the Lambda zips and look inside")
    ] = True,
    json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Synthesize every app for every environment, then check the templates and the zips.

    CloudFormation's schemas, cfn-lint, cdk-nag (AwsSolutions, Serverless), IAM action names, tags,
    names, endpoint policies, secrets, permissions of runtimes, zips, snapshots. No account and no
    network. Exit status 1 when anything is found that is not explained beside the code.
    """
    from switchboard.local.checkout import ROOT
    from switchboard.local.infra_gates.check import InfraCheck, Options
    from switchboard.local.settings import user_environment

    options = Options(
        environments=_chosen(env, _environments(), "environment"),
        apps=_chosen(app, _apps(), "app"),
        everything=not (env or app),
        update=update,
        bundles=bundles,
    )
    if update and (env or app):
        raise CommandError("--update writes all snapshots", "leave --env and --app out")
    out = ROOT / "build/infra-check"
    outcome = InfraCheck(ROOT, out, user_environment(), progress)(options)
    if json:
        as_json(
            {
                "findings": [finding.as_dict() for finding in outcome.findings],
                "explained": outcome.explained,
                "stacks": outcome.stacks,
                "resources": outcome.resources,
                "seconds": outcome.seconds,
                "updated": outcome.updated,
            }
        )
    else:
        _show(outcome)
    if outcome.findings:
        raise typer.Exit(1)


def infra_diff(
    *,
    env: Annotated[str, typer.Option(help="dev, workshop or prod")] = "dev",
    out: Annotated[Path | None, typer.Option(help="write the text here")] = None,
) -> None:
    """What a deployment would change in the account one is signed in to (not run on AWS).

    `cdk diff` of every app as one text for a pull request.
    """
    from switchboard.local.checkout import ROOT
    from switchboard.local.infra_gates.account_diff import cdk, comment, diff_of

    _chosen([env], _environments(), "environment")
    units = _templates(env, folder := ROOT / "build/diff")
    try:
        diffs = [diff for unit in units for diff in diff_of(unit.folder(folder), cdk)]
    except RuntimeError as error:
        raise CommandError(str(error), "sign in to the account of the environment") from error
    text = comment(env, diffs)
    if out:
        out.write_text(text)
    say(text)


def release_notes(
    version: Annotated[str | None, typer.Argument(help="e.g. v0.2.0; default: Unreleased")] = None,
    *,
    out: Annotated[Path | None, typer.Option(help="write them here")] = None,
) -> None:
    """The notes of a release from CHANGELOG.md."""
    from switchboard.local.checkout import ROOT
    from switchboard.local.infra_gates.release_notes import NoSuchReleaseError, notes

    try:
        text = notes((ROOT / "CHANGELOG.md").read_text(), version)
    except NoSuchReleaseError as error:
        raise CommandError(str(error), "add the section, then tag again") from error
    if out:
        out.write_text(text)
    say(text)


def destroy(
    *,
    env: Annotated[str, typer.Option(help="dev, workshop or prod")] = "dev",
    plan: Annotated[bool, typer.Option("--plan", help="say it, destroy nothing")] = False,
    json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """What destroying an environment would delete and what would remain, from the templates.

    It only plans: the stacks are deleted by a person, in the order shown.
    """
    from switchboard.local.checkout import ROOT
    from switchboard.local.infra_gates.assembly import read_stacks
    from switchboard.local.infra_gates.teardown import read_teardown

    if not plan:
        raise CommandError(
            "nothing is destroyed from here",
            "hatch run platform:destroy --plan --env dev shows the order and the commands",
        )
    _chosen([env], _environments(), "environment")
    out = ROOT / "build/destroy"
    units = _templates(env, out)
    stacks = [stack for unit in units for stack in read_stacks(unit.app, env, unit.folder(out))]
    teardown = read_teardown(stacks)
    if json:
        as_json(
            {
                "stacks": [{"name": name, "deletes": kinds} for name, kinds in teardown.stacks],
                "protected": teardown.protected,
                "remains": [item.as_dict() for item in teardown.remains],
            }
        )
        return
    _show_teardown(env, teardown)


def _show_teardown(env: str, teardown: "Teardown") -> None:
    say(typer.style(f"Destroying {env}: in this order (not run on AWS)", bold=True))
    for number, (name, kinds) in enumerate(teardown.stacks, start=1):
        say(f"{number:3}. aws cloudformation delete-stack --stack-name {name}")
        if name in teardown.protected:
            say(
                "     before: aws cloudformation update-termination-protection "
                f"--no-enable-termination-protection --stack-name {name}"
            )
        say(f"     deletes {sum(kinds.values())} resources of {len(kinds)} types")
    say(typer.style("\nWhat would remain", bold=True))
    for item in teardown.remains:
        say(f"- {item.stack}: {item.what}")
        say(f"    why:    {item.why}")
        say(f"    remove: {item.remove}")
        say(f"    costs:  {item.costs}")
    say(f"\n{len(teardown.remains)} kinds of things would remain. Nothing was changed.")


def _show(outcome: "Outcome") -> None:
    for finding in outcome.findings:
        where = f"{finding.path} [{finding.environment}]"
        say(typer.style(f"{finding.rule}  {where}", bold=True))
        detail = f" ({finding.detail})" if finding.detail else ""
        say(f"  {finding.message}{detail}")
        say(f"  remedy: {finding.remedy}")
    for name in outcome.updated:
        say(f"written: {name}")
    say()
    table(
        [[name, f"{seconds:.1f} s"] for name, seconds in outcome.seconds.items()],
        ["step", "time"],
    )
    say(
        f"\n{len(outcome.findings)} findings in {outcome.stacks} stacks with "
        f"{outcome.resources} resources; {outcome.explained} explained beside the code"
    )


def _templates(env: str, out: Path) -> "list[Unit]":
    """All apps of an environment, synthesized without the rules."""
    from switchboard.local.infra_gates.synthesis import Unit, synthesize_units
    from switchboard.local.settings import user_environment

    units = [Unit(env, name) for name in _apps()]
    done = synthesize_units(units, out, user_environment(), progress, rules=False)
    for problem in filter(None, (result.finding() for result in done)):
        raise CommandError(f"{problem.app}: {problem.message}", problem.remedy)
    return units


def _chosen(wanted: list[str] | None, known: list[str], what: str) -> list[str]:
    if unknown := sorted(set(wanted or []) - set(known)):
        raise CommandError(f"no {what} {', '.join(unknown)}", f"choose from: {', '.join(known)}")
    return [name for name in known if not wanted or name in wanted]


def _environments() -> list[str]:
    from switchboard.constructs.environments import ENVIRONMENTS

    return list(ENVIRONMENTS)


def _apps() -> list[str]:
    from switchboard.local.templates import APPS

    return list(APPS)
