"""`demo`: two stories and a telephone call travel the whole way, and the terminal tells it."""

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.local.checkout import ROOT
from switchboard.local.cli.console import CommandError, as_json, progress, say
from switchboard.local.cli.stories import (
    meaning,
    read_story,
    running,
    silent,
    tell_event,
    tell_result,
    travel,
)

if TYPE_CHECKING:
    from switchboard.local.access import Access
    from switchboard.local.books import Books
    from switchboard.local.desk_loop import Loop
    from switchboard.local.journey import Journey

EXAMPLES = ROOT / "docs/examples"
DEMO = (("discount-codes.md", "Generate Code"), ("returns-form.md", "Generate Prototype"))
CALLER = "+15555550100"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(demo)


def demo(
    *,
    report: Annotated[Path | None, typer.Option(help="write what happened as JSON")] = None,
    json: Annotated[bool, typer.Option("--json", help="print the report")] = False,
    full: Annotated[
        bool, typer.Option("--full", help="instead: the backlog through all seven agents")
    ] = False,
) -> None:
    """Start everything; two stories become a pull request and a prototype; then the desk rings.

    The caller reports a defect. It becomes a ticket, the ticket a story, the story a pull request,
    and the caller who rings again hears of it: one flow under one correlation id.
    """
    from switchboard.local.cli.full import full as whole_loop
    from switchboard.local.cli.platform import bring_up

    if full:
        whole_loop(report, json)
        return
    bring_up()
    access = running()
    journeys = [_story(access, name, trigger, quiet=json) for name, trigger in DEMO]
    loop = _call(access, quiet=json)
    if loop.journey is not None:
        journeys.append(loop.journey)
    books = _books(access)
    result = {
        "stories": [journey.report() for journey in journeys],
        "calls": _calls(loop),
        **books.data(),
    }
    if report is not None:
        report.write_text(json_module.dumps(result, indent=2) + "\n")
    if json:
        as_json(result)
    else:
        _tell_totals(access, loop, books)
    completed = all(j.terminal_status == "completed" for j in journeys)
    if not (completed and loop.heard_of_it and books.agree):
        raise typer.Exit(1)


def _story(access: "Access", name: str, trigger: str, *, quiet: bool) -> "Journey":
    title, body = read_story(EXAMPLES / name)
    if not quiet:
        say(typer.style(f"\n{title}", bold=True) + f"  ({trigger})")
    journey = travel(access, title, body, trigger, silent if quiet else tell_event)
    if not quiet:
        tell_result(journey)
    return journey


def _call(access: "Access", *, quiet: bool) -> "Loop":
    """Ring the desk and follow what grows from the call.

    Raises:
        CommandError: the desk did not answer, or the ticket did not come back.
    """
    from switchboard.local.bus import LocalBus
    from switchboard.local.cli.telephone import Telephone
    from switchboard.local.connect.client import CallRefusedError, Desk
    from switchboard.local.desk_loop import CloseTheLoop, LoopTimeoutError

    telephone = Telephone(quiet=quiet)
    if not quiet:
        say(typer.style("\nA call to the service desk", bold=True))
    try:
        with Desk.of(access.settings) as desk, LocalBus.connect().tail() as tail:
            ring = CloseTheLoop(
                desk, tail, telephone.show, telephone.said_by_caller, _teller(quiet=quiet)
            )
            loop = ring(CALLER)
    except (CallRefusedError, LoopTimeoutError) as error:
        raise CommandError(str(error), "look at: hatch run doctor; hatch run status") from error
    if not loop.ticket:
        raise CommandError("the desk opened no ticket", "try it yourself: hatch run call")
    if loop.journey is not None and not quiet:
        tell_result(loop.journey)
    return loop


def _teller(*, quiet: bool) -> Any:
    def tell(loop: "Loop", event: dict[str, Any]) -> None:
        if quiet:
            progress(meaning(event))
        else:
            tell_event(loop, event)

    return tell


def _calls(loop: "Loop") -> list[dict[str, Any]]:
    from switchboard.local.connect.client import report_of

    return [report_of(record) for record in (loop.first, loop.second) if record is not None]


def _books(access: "Access") -> "Books":
    from switchboard.local.books import read_books
    from switchboard.local.notion.client import LocalWorkspace

    return read_books(access, LocalWorkspace.of(access.settings).project_id)


def _tell_totals(access: "Access", loop: "Loop", books: "Books") -> None:
    say()
    say(books.told())
    say(f"board:   {access.settings.notion_url}   code: {access.settings.github_url}")
    say(f"explain: hatch run explain {loop.correlation_id}")
    say("next:    hatch run call    hatch run story docs/examples/any-story.md    hatch run down")
