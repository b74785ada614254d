"""`explain`: one flow from its first event to its last, in plain words."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from switchboard.local.cli.console import CommandError, as_json, say


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(explain)


def explain(
    correlation_id: Annotated[
        str, typer.Argument(help="of a flow; a call's is its contact id; a ticket number will do")
    ],
    *,
    json: Annotated[bool, typer.Option("--json", help="the events themselves")] = False,
    trace: Annotated[
        bool, typer.Option("--trace", help="the spans: who worked on it, inside what, how long")
    ] = False,
) -> None:
    """Tell a flow in order: call, ticket, story, agent, pull request and back again."""
    from switchboard.local.access import Access
    from switchboard.local.flows import FlowJournal

    access = Access.of_running_platform()
    journal = FlowJournal.of(access)
    flow = journal.flow_of(correlation_id)
    if trace:
        _show_trace(access.settings.folder.traces, flow)
        return
    events = journal.events(flow)
    if json:
        as_json(events)
        return
    if not events:
        raise CommandError(
            f"nothing is known of {correlation_id!r}",
            "take the correlation id from hatch run events tail --json, or from demo.json",
        )
    for line in told(events):
        say(line)


def _show_trace(folder: Path, flow: str) -> None:
    from switchboard.events.trace import trace_id
    from switchboard.local.traces import drawn, spans_of

    spans = spans_of(folder, flow)
    if not spans:
        raise CommandError(
            f"no span of {flow!r} was written on this machine",
            "take the correlation id from hatch run events tail --json; `reset` forgets traces",
        )
    say(typer.style(f"trace {trace_id(flow)}", bold=True))
    for line in drawn(spans):
        say(line)
    say(f"{len(spans)} spans of {len({span.service for span in spans})} services")


def told(events: list[dict[str, Any]]) -> list[str]:
    """A line for each event: seconds since the first one, who spoke, and what it means."""
    from switchboard.local.narrative import sentence

    moments = [datetime.fromisoformat(event["detail"]["metadata"]["time"]) for event in events]
    first = moments[0]
    lines = [typer.style(f"{first:%Y-%m-%d %H:%M:%S} UTC", bold=True)]
    for event, moment in zip(events, moments, strict=True):
        metadata = event["detail"]["metadata"]
        meaning = sentence(event["detail-type"], event["detail"]["data"])
        seconds = (moment - first).total_seconds()
        lines.append(f"  {seconds:7.2f} s  {metadata['service']:12}  {meaning}")
    lines.append(f"{len(events)} events, {(moments[-1] - first).total_seconds():.1f} s")
    return lines
