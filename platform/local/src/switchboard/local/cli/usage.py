"""`usage`: permissions that a run exercised against those that the templates grant."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from switchboard.local.cli.console import CommandError, as_json, progress, say

if TYPE_CHECKING:
    from switchboard.local.usage.comparison import Granted, Report
    from switchboard.local.usage.evidence import Evidence


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("usage")(usage)


def usage(
    *,
    running: Annotated[
        bool,
        typer.Option(
            "--running", help="judge the platform that runs now; what it did not do is not unused"
        ),
    ] = False,
    of: Annotated[
        Path | None, typer.Option(help="folder of the run to judge; default: build/usage")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="show used grants too, each with its calls")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Which permissions of which role were used, missing or never used.

    Judges the last run of all flow tests. Exit status 1 when a call had no permission, when a
    grant was not used and nothing excuses it, or when an excuse excuses nothing. The excuses are
    in platform/policies/unused-grants.toml.
    """
    from switchboard.local.checkout import ROOT
    from switchboard.local.usage.evidence import EXCUSES, FOLDER
    from switchboard.local.usage.excuses import ExcusesError, read_excuses

    try:
        excuses = read_excuses(ROOT / EXCUSES).here
    except ExcusesError as error:
        raise CommandError(str(error), error.remedy) from error
    evidence = _running() if running else _last_run(of or ROOT / FOLDER)
    report = evidence.judged(excuses)
    if json:
        as_json({"at": evidence.at, "others": evidence.others, **report.as_dict()})
    else:
        _tell(report, every=every)
        for role in evidence.others:
            progress(f"not judged, of no stack of ours: {role}")
        progress(f"judged: the run of {evidence.at}")
    if not report.passed:
        raise typer.Exit(1)


def _last_run(home: Path) -> "Evidence":
    from switchboard.local.usage.evidence import FILE, read_evidence
    from switchboard.local.usage.journal import JournalMissingError

    try:
        return read_evidence(home / FILE)
    except JournalMissingError as error:
        raise CommandError(str(error), error.remedy) from error


def _running() -> "Evidence":
    from switchboard.local.access import Access
    from switchboard.local.usage.deployed import DeploymentDiffersError
    from switchboard.local.usage.evidence import gather
    from switchboard.local.usage.grants import UnreadableGrantError
    from switchboard.local.usage.journal import JournalMissingError

    settings = Access.of_running_platform().settings
    try:
        return gather(settings, whole=False)
    except (DeploymentDiffersError, UnreadableGrantError, JournalMissingError) as error:
        raise CommandError(str(error), error.remedy) from error


def _tell(report: "Report", *, every: bool) -> None:
    roles = {item.role for item in report.granted} | {item.role for item in report.missing}
    for role in sorted(roles):
        lines = list(_lines(report, role, every=every))
        own = [item for item in report.granted if item.role == role]
        used = sum(item.state == "used" for item in own)
        say(
            typer.style(
                f"{role}: {used} of {len(own)} granted actions and resources used", bold=True
            )
        )
        for line in lines:
            say(f"  {line}")
    if report.whole:
        for pair in report.stale:
            say(f"stale excuse: {pair.role} {pair.what}: {pair.reason}")
    say()
    say(summary(report))


def _lines(report: "Report", role: str, *, every: bool) -> Iterator[str]:
    for missing in report.missing:
        if missing.role == role:
            on = missing.resource or "a resource the call does not name"
            yield f"MISSING {missing.action} on {on} ({missing.calls} calls): {missing.why}"
    for item in report.granted:
        if item.role == role and (every or item.state != "used"):
            yield _line(item, judged=report.whole)


def _line(item: "Granted", *, judged: bool) -> str:
    conditions = f" (condition not judged: {', '.join(item.not_judged)})" if item.not_judged else ""
    if item.state == "used":
        return f"used {item.what} ({item.calls} calls){conditions}"
    if item.state == "excused":
        return f"excused {item.what}: {item.excuse}"
    return f"{'UNUSED' if judged else 'not used'} {item.what} ({item.policy}, {item.number})"


def summary(report: "Report") -> str:
    """The verdict in a line."""
    count = {
        state: sum(item.state == state for item in report.granted)
        for state in ("used", "excused", "unused")
    }
    parts = (
        f"{len(report.granted)} granted actions and resources: {count['used']} used, "
        f"{count['excused']} excused, {count['unused']} unused; {len(report.missing)} missing"
    )
    stale = f"; {len(report.stale)} stale excuses" if report.whole else ""
    partial = "" if report.whole else " (not a whole run: unused grants are not judged)"
    return f"{parts}{stale}{partial}"
