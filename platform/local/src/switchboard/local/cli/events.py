"""`events list | sample | publish | tail | replay | check | release`: the contracts and the bus."""

import json as json_module
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from switchboard.events.catalogue import (
    CATALOGUE,
    MalformedEventError,
    UnknownEventError,
    entry_for,
    parse_event,
)
from switchboard.events.envelope import Event, new_id, utc_now
from switchboard.events.released import Releases
from switchboard.local.checkout import EVENTS
from switchboard.local.cli import replay
from switchboard.local.cli.console import CommandError, as_json, progress, say, table

app = typer.Typer(no_args_is_help=True, help="The event contracts, and the bus they travel on.")
replay.register(app)

Json = Annotated[bool, typer.Option("--json", help="for programs")]


@app.command("list")
def list_events(*, json: Json = False) -> None:
    """Every released event, who publishes it and who consumes it."""
    if json:
        as_json(
            [
                {"type": e.detail_type, "publishers": e.publishers, "consumers": e.consumers}
                for e in CATALOGUE.values()
            ]
        )
        return
    table(
        [
            [e.detail_type, ", ".join(e.publishers), ", ".join(e.consumers)]
            for e in CATALOGUE.values()
        ],
        ["event", "published by", "consumed by"],
    )


@app.command()
def sample(event_type: Annotated[str, typer.Argument(help="e.g. InvocationRequested.v1")]) -> None:
    """A real example of an event: the detail as it goes on the bus."""
    _known(event_type)
    as_json(Releases(EVENTS).sample(event_type))


@app.command()
def check() -> None:
    """The compatibility gate: every released version against the code of today."""
    from switchboard.local.event_docs import PAGE, page

    findings = [str(finding) for finding in Releases(EVENTS).findings()]
    if not PAGE.exists() or PAGE.read_text() != page():
        findings.append("docs/events/README.md is out of date -> hatch run events docs")
    for finding in findings:
        say(finding)
    if findings:
        raise typer.Exit(1)
    revisions = sum(len(Releases(EVENTS).revisions(name)) for name in CATALOGUE)
    say(f"{len(CATALOGUE)} events, {revisions} released revisions: all compatible, both ways")


@app.command()
def release() -> None:
    """Write a new schema revision for every event whose model changed."""
    for path in Releases(EVENTS).release():
        say(f"wrote {path}")
    docs()
    check()


@app.command()
def docs() -> None:
    """Write docs/events/README.md from the contracts."""
    from switchboard.local.event_docs import PAGE, page

    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page())
    say(f"wrote {PAGE.relative_to(PAGE.parents[2])}")


@app.command()
def publish(
    event_type: Annotated[str, typer.Argument(help="e.g. InvocationRequested.v1")],
    *,
    file: Annotated[
        str | None, typer.Option(help="the detail as JSON; `-` reads standard input")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="field=value inside data, e.g. --set agent_type=code"),
    ] = None,
    same_id: Annotated[
        bool, typer.Option("--same-id", help="keep the metadata id: to try a duplicate")
    ] = False,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="skip the contract: to try a malformed event")
    ] = False,
    json: Json = False,
) -> None:
    """Publish an event to the local bus, so that a flow can be tried from any point.

    Starts from the sample of the event unless --file gives another detail.
    """
    from switchboard.local.bus import LocalBus

    _known(event_type)
    detail = _detail(event_type, file)
    if not same_id:
        detail["metadata"] |= {"id": new_id(), "time": utc_now().isoformat()}
    for assignment in set_ or []:
        name, _, value = assignment.partition("=")
        detail["data"][name] = _value(value)
    bus = LocalBus.connect()
    if unchecked:
        event_id = bus.put(entry_for(event_type).publishers[0], event_type, detail)
    else:
        event_id = bus.publish(_checked(event_type, detail))
    if json:
        as_json({"id": event_id, "type": event_type})
    else:
        say(f"published {event_type} {event_id}")


@app.command()
def tail(
    *,
    correlation: Annotated[str | None, typer.Option(help="only this flow")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="only this event")] = None,
    seconds: Annotated[float | None, typer.Option(help="stop after this time")] = None,
    json: Json = False,
) -> None:
    """Watch the local bus: a temporary queue behind a temporary rule, removed at the end."""
    from switchboard.local.bus import LocalBus

    with LocalBus.connect().tail(correlation=correlation, detail_type=type_) as events:
        progress("waiting for events, stop with Ctrl-C")
        try:
            for event in events.until(seconds):
                say(json_module.dumps(event) if json else _line(event))
        except KeyboardInterrupt:
            return


def _line(event: dict[str, Any]) -> str:
    meta = event["detail"].get("metadata", {})
    data = event["detail"].get("data", {})
    about = data.get("invocation_id") or data.get("page_id") or data.get("project_id") or ""
    return f"{meta.get('time', '')[11:23]}  {event['detail-type']:28} {about}"


def _known(event_type: str) -> None:
    try:
        entry_for(event_type)
    except UnknownEventError as error:
        raise CommandError(str(error), "hatch run events list") from error


def _detail(event_type: str, file: str | None) -> dict[str, Any]:
    if file is None:
        return Releases(EVENTS).sample(event_type)
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text()
        detail: dict[str, Any] = json_module.loads(text)
        detail["metadata"], detail["data"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        remedy = f"start from: hatch run events sample {event_type}"
        raise CommandError(f"{file} is no event detail: {error}", remedy) from error
    return detail


def _checked(event_type: str, detail: dict[str, Any]) -> Event[Any]:
    try:
        return parse_event(event_type, detail)
    except MalformedEventError as error:
        remedy = "mend the fields, or send it as it is with --unchecked"
        raise CommandError(str(error), remedy) from error


def _value(text: str) -> Any:
    try:
        return json_module.loads(text)
    except ValueError:
        return text
