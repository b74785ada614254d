"""`alarms`: what rings on this machine, why, and who is told."""

from typing import TYPE_CHECKING, Annotated

import typer

from switchboard.local.cli.console import as_json, say, table

if TYPE_CHECKING:
    from switchboard.local.alarms import Alarm


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(alarms)


def alarms(*, json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> None:
    """Every alarm with its state, since when, why, and whom it tells; what rings comes first."""
    from switchboard.local.access import Access
    from switchboard.local.alarms import alarms_of

    found = alarms_of(Access.of_running_platform())
    if json:
        as_json([vars(alarm) for alarm in found])
    else:
        show(found)


def show(found: list["Alarm"]) -> None:
    """A table for people, with a line on what to do about it."""
    table(
        [
            [
                alarm.state,
                f"{alarm.since:%Y-%m-%d %H:%M:%S}",
                alarm.name,
                ", ".join(alarm.tells) or "nobody",
                alarm.reason,
            ]
            for alarm in found
        ],
        ["state", "since (UTC)", "alarm", "tells", "why"],
    )
    ringing = sum(alarm.rings for alarm in found)
    say(f"{len(found)} alarms, {ringing} ringing")
    if ringing:
        say("what to do about each: docs/runbook.md")
