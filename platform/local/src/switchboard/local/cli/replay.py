"""`events replay`: an archived flow once more in a shadow, and what is different there."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from switchboard.local.cli.console import CommandError, as_json, fail, progress, say

if TYPE_CHECKING:
    from switchboard.local.replay.replay import Replayed
    from switchboard.local.settings import LocalSettings

DIFFERENT = 1
REFUSED = 2
ENDED = 143
"""As a process that SIGTERM has ended."""


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(replay)


def replay(
    correlation_id: Annotated[
        str, typer.Argument(help="of a flow; a call's is its contact id; a ticket number will do")
    ],
    *,
    json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
    twice: Annotated[
        bool, typer.Option("--twice", help="publish the first event twice, as a bus may")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="leave the shadow running for a look")
    ] = False,
) -> None:
    """Run an archived flow again in a shadow platform and compare the effects.

    Nothing leaves the shadow; it is torn down at the end. Exit status 0: the same effects, 1: they
    differ, 2: the flow cannot be replayed.
    """
    try:
        with _ending_in_order():
            found = _replayed(correlation_id, keep=keep, twice=twice)
    except CommandError as error:
        fail(error)
        raise typer.Exit(REFUSED) from error
    if json:
        as_json(found.report())
    else:
        for line in told(found):
            say(line)
        if found.kept is not None:
            _tell_kept(found.kept)
    if not found.same:
        raise typer.Exit(DIFFERENT)


def _replayed(correlation_id: str, *, keep: bool, twice: bool) -> "Replayed":
    from switchboard.local.access import Access
    from switchboard.local.replay.refusal import ReplayRefusedError
    from switchboard.local.replay.replay import Replay

    access = Access.of_running_platform()
    try:
        return Replay(access, progress, _tell_event)(correlation_id, keep=keep, twice=twice)
    except ReplayRefusedError as error:
        raise CommandError(str(error), error.remedy) from error
    finally:
        access.close()


def told(found: "Replayed") -> list[str]:
    """The comparison in plain words."""
    from switchboard.local.replay.difference import told as told_aspect
    from switchboard.local.replay.normal import SAID

    verdict, colour = ("the same effects", "green") if found.same else ("other effects", "red")
    lines = [
        typer.style(f"{verdict} in the shadow", fg=colour, bold=True)
        + f"  ({found.flow.correlation_id}, {len(found.events)} events, {found.seconds:.1f} s)"
    ]
    lines += [f"  {line}" for aspect in found.aspects for line in told_aspect(aspect)]
    lines.append(f"  money      ${found.archived_cost} then, ${found.shadow_cost} in the shadow")
    lines += [f"  note: {note}" for note in found.notes]
    lines.append(f"  not compared, because it must differ: {SAID}")
    return lines


def _tell_event(event: dict[str, Any]) -> None:
    from switchboard.local.narrative import sentence

    progress(f"shadow: {sentence(event['detail-type'], event['detail']['data'])}")


def _tell_kept(settings: "LocalSettings") -> None:
    say(f"  the shadow is kept: board {settings.notion_url}, code {settings.github_url}")
    say(f"  its state: {settings.home}; hatch run down, or the next replay, ends it")


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """A request to end is an exception, so that the shadow is torn down on the way out."""

    def end(*_signal: object) -> NoReturn:
        raise SystemExit(ENDED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
