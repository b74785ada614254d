"""`story`: a person's story travels the whole way, and the terminal tells it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.local.cli.console import CommandError, as_json, progress, say

if TYPE_CHECKING:
    from switchboard.local.access import Access
    from switchboard.local.desk_loop import Loop
    from switchboard.local.journey import Journey

OnEvent = Callable[["Journey", dict[str, Any]], None]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(story)


def story(
    file: Annotated[Path, typer.Argument(help="Markdown: the first heading is the title")],
    *,
    trigger: Annotated[str, typer.Option(help="the Status a person sets")] = "Generate Code",
    json: Annotated[bool, typer.Option("--json", help="print the report")] = False,
    record: Annotated[
        Path | None, typer.Option(help="keep the agents' model calls in this folder")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(help="play model calls from this folder, and make none")
    ] = None,
) -> None:
    """Put a story on the Notion board, set its status, and follow it to its result.

    Starts the platform when it is not running.
    """
    from switchboard.local.cli.platform import bring_up

    title, body = read_story(file)
    bring_up()
    access = running()
    if not json:
        say(typer.style(title, bold=True) + f"  ({trigger})")
    with cassettes(access, record, replay):
        journey = travel(access, title, body, trigger, silent if json else tell_event)
    if json:
        as_json(journey.report())
    else:
        tell_result(journey)
    if journey.terminal_status != "completed":
        raise typer.Exit(1)


@contextmanager
def cassettes(access: "Access", record: Path | None, replay: Path | None) -> Iterator[None]:
    """Record or replay the model calls of the agents that start meanwhile; neither by default.

    Raises:
        CommandError: both are wanted, or the folder is of no use.
    """
    from switchboard.local.model.cassettes import CassetteFolderError, CassetteSwitch

    if record and replay:
        raise CommandError("--record and --replay exclude each other", "leave one of them out")
    folder = record or replay
    if folder is None:
        yield
        return
    switch = CassetteSwitch.in_home(access.settings.home)
    try:
        with switch.on("record" if record else "replay", folder):
            yield
    except CassetteFolderError as error:
        raise CommandError(str(error), error.remedy) from error
    if record:
        count = len(list(record.glob("*.json")))
        progress(f"{count} recorded model calls in {record}; play them: --replay {record}")


def read_story(file: Path) -> tuple[str, str]:
    """Title and Markdown body of a story file.

    Raises:
        CommandError: the file cannot be read or holds no text.
    """
    try:
        text = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {file}: {error}", "give a Markdown file") from error
    if not text:
        raise CommandError(f"{file} is empty", "write a heading and what is wanted below it")
    first, _, rest = text.partition("\n")
    return (first.lstrip("# ").strip() or file.stem), rest.strip()


def run_story(title: str, body: str, trigger: str) -> "Journey":
    """Put a story on the board of the running platform and follow it to its end, in silence.

    Raises:
        CommandError: nothing final was seen in time, or the platform is not running.
    """
    return travel(running(), title, body, trigger, lambda *_: None)


def running() -> "Access":
    """The doors of the running platform.

    Raises:
        CommandError: it is not running.
    """
    from switchboard.local.access import Access

    return Access.of_running_platform()


def travel(access: "Access", title: str, body: str, trigger: str, on_event: OnEvent) -> "Journey":
    """Put a story on the board, set its status, and follow it to its end.

    Raises:
        CommandError: nothing final was seen in time.
    """
    from switchboard.local.bus import LocalBus
    from switchboard.local.calls import CallCounter
    from switchboard.local.journey import FollowStory, StoryTimeoutError
    from switchboard.local.notion.client import LocalWorkspace

    board = LocalWorkspace.of(access.settings)
    page_id = str(board.create_story(title, body)["id"])
    calls = CallCounter.of(access.settings)
    with LocalBus.connect().tail() as tail:
        follow = FollowStory(board, tail, on_event)
        try:
            journey = follow(page_id, title, trigger)
        except StoryTimeoutError as error:
            raise CommandError(str(error), "look at: hatch run doctor; hatch run status") from error
    journey.own_aws_calls = calls.own()
    return journey


def silent(_journey: "Journey", event: dict[str, Any]) -> None:
    """Only progress, so that stdout stays clean."""
    progress(meaning(event))


def tell_event(way: "Journey | Loop", event: dict[str, Any]) -> None:
    """A line for an event of a story, or of what grew from a call."""
    say(f"  {way.seconds(event):5.2f} s  {event['detail-type']:24} {meaning(event)}")


def meaning(event: dict[str, Any]) -> str:
    """What an event of the bus means, in words."""
    from switchboard.local.narrative import sentence

    return sentence(event["detail-type"], event["detail"]["data"])


def tell_result(journey: "Journey") -> None:
    """How the story ended: artifacts, the error with its remedy, the receipt."""
    ended = journey.ended
    colour = "green" if journey.terminal_status == "completed" else "red"
    say("  " + typer.style(journey.terminal_status, fg=colour, bold=True) + _summary(ended))
    for artifact in ended.get("output_artifacts", []):
        say(f"    {artifact['type'].replace('_', ' ')}: {artifact['url']}")
        if artifact["type"] == "pull_request":
            _tell_clone(artifact)
    if error := ended.get("error") or (ended if "remediation" in ended else None):
        say(f"    {error['code']}: {error['message']}")
        say(f"    remedy: {error['remediation']}")
    _tell_receipt(ended)


def _summary(ended: dict[str, Any]) -> str:
    return f": {ended['output_summary']}" if ended.get("output_summary") else ""


def _tell_clone(artifact: dict[str, Any]) -> None:
    meta = artifact["metadata"]
    host = artifact["url"].split(f"/{meta['repo']}")[0]
    say(f"    try it: git clone {host}/{meta['repo']}.git x && (cd x && git checkout "
        f"{meta['branch']} && python -m pytest)")  # fmt: skip


def _tell_receipt(ended: dict[str, Any]) -> None:
    receipt = ended.get("receipt")
    if not receipt:
        return
    note = f" ({receipt['note']})" if receipt.get("note") else ""
    say(f"    receipt{note}:")
    for line in receipt["lines"]:
        amount = Decimal(line["amount_usd"])
        say(f"      {line['item']:28} {line['quantity']:>12} {line['unit']:10} ${amount:.6f}")
    say(f"      {'total':28} {'':12} {'':10} ${Decimal(receipt['total_usd']):.6f}")
