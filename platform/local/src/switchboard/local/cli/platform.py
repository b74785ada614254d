"""`up`, `down`, `status`, `reset`, `doctor`: the local platform's life."""

from typing import TYPE_CHECKING, Annotated

import typer

from switchboard.local.cli.console import CommandError, as_json, progress, say, table

if TYPE_CHECKING:
    from switchboard.local.embedded import Running

MEGABYTE = 1_000_000


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(up)
    app.command()(down)
    app.command()(status)
    app.command()(reset)
    app.command()(doctor)


def bring_up() -> "Running":
    """Start and deploy whatever is not there yet, with progress.

    Raises:
        CommandError: it could not; the message says why and what to do.
    """
    from switchboard.local import embedded

    try:
        return embedded.up(progress)
    except (RuntimeError, OSError) as error:
        remedy = getattr(error, "remedy", None) or "see what is wrong: hatch run doctor"
        raise CommandError(str(error), remedy) from error


def up() -> None:
    """Start the platform: engine and stand-ins, all stacks deployed. Run it again at any time."""
    running = bring_up()
    settings = running.settings
    say(f"up in {running.seconds:.1f} s")
    table(
        [
            ["Notion board", settings.notion_url],
            ["GitHub", settings.github_url],
            ["prototypes", settings.prototypes_url],
            ["AWS engine", settings.engine_url],
            ["tool gateway", settings.mcp_url],
            ["webhook door", running.webhook_url],
            ["service desk", f"{running.desk_number or 'cannot be rung'}: hatch run call"],
            ["Amazon Connect", settings.connect_url],
        ],
        ["what", "where"],
    )
    say('next: hatch run story docs/examples/any-story.md --trigger "Generate Code"')


def down() -> None:
    """Stop everything; the state stays in `.switchboard/`."""
    from switchboard.local import embedded

    stopped = embedded.down()
    say(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")


def status(*, json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> None:
    """What runs, where, since when, and how much memory it takes. Exit status 1 when not up."""
    from switchboard.local import embedded

    found = embedded.status()
    total = sum(process.memory_bytes for process in found.processes)
    if json:
        as_json(
            {
                "up": found.is_up,
                "home": found.home,
                "stacks": found.stacks,
                "memory_mb": round(total / MEGABYTE),
                "processes": [vars(process) for process in found.processes],
            }
        )
    else:
        table(
            [
                [
                    process.name,
                    str(process.pid),
                    ", ".join(str(port) for port in process.ports.values()),
                    f"{process.memory_bytes / MEGABYTE:.0f} MB",
                    f"{process.uptime_seconds:.0f} s",
                ]
                for process in found.processes
            ],
            ["process", "pid", "ports", "memory", "up for"],
        )
        say(f"stacks: {', '.join(found.stacks) or 'none deployed'}")
        say(f"memory: {total / MEGABYTE:.0f} MB    state: {found.home}")
        say(_alarms() if found.is_up else "not running; start it: hatch run up")
    if not found.is_up:
        raise typer.Exit(1)


def _alarms() -> str:
    """One line on what rings; a platform that is not deployed yet has no alarms."""
    from switchboard.local.access import Access
    from switchboard.local.alarms import alarms_of

    try:
        ringing = [alarm.name for alarm in alarms_of(Access.of_running_platform()) if alarm.rings]
    except CommandError:
        return "alarms: none deployed"
    return f"alarms: {len(ringing) or 'none'} ringing{' (hatch run alarms)' if ringing else ''}"


def reset(*, yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask")] = False) -> None:
    """Stop everything and forget all state: board, repositories, tables, prototypes."""
    from switchboard.local import embedded

    if not yes and not typer.confirm("Forget the board, the repositories and all results?"):
        raise typer.Exit(1)
    embedded.reset()
    say("all local state is gone; start afresh: hatch run up")


def doctor(*, json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> None:
    """Check what the platform needs on this machine, and say how to mend what is missing."""
    from switchboard.local.doctor import diagnose

    findings = diagnose()
    if json:
        as_json([vars(finding) for finding in findings])
    else:
        table(
            [["ok" if f.ok else "PROBLEM", f.what, f.detail] for f in findings],
            ["state", "check", "detail"],
        )
        for finding in findings:
            if not finding.ok:
                say(f"remedy for {finding.what}: {finding.remedy}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
