"""`demo --full`: the bundled backlog through the loop of all seven agents, told as a tree."""

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from switchboard.local.cli.console import CommandError, as_json, progress, say

if TYPE_CHECKING:
    from switchboard.local.access import Access
    from switchboard.local.books import Books
    from switchboard.local.crew.backlog import Story
    from switchboard.local.crew.outcome import StepRun, StoryRun


def full(report: Path | None, json: bool) -> None:  # noqa: FBT001 - `demo` hands on its options
    """Start everything and take the backlog through the loop of a product manager.

    Each story: prototype, deck, feedback, insight, spec, code, review, variants. Exit status 1 when
    a step did not complete or the books differ.
    """
    from switchboard.local.access import Access
    from switchboard.local.cli.platform import bring_up
    from switchboard.local.crew.backlog import BacklogError, read_backlog

    try:
        stories = read_backlog()
    except BacklogError as error:
        raise CommandError(str(error), "restore docs/examples/backlog") from error
    bring_up()
    access = Access.of_running_platform()
    runs, books = _travel(access, stories, quiet=json)
    result = {
        "completed": all(run.ok for run in runs),
        "stories": [run.report() for run in runs],
        **books.data(),
    }
    if report is not None:
        report.write_text(json_module.dumps(result, indent=2) + "\n")
    if json:
        as_json(result)
    else:
        _tell_totals(access, books)
    if not (result["completed"] and books.agree):
        raise typer.Exit(1)


def _travel(
    access: "Access", stories: "list[Story]", *, quiet: bool
) -> "tuple[list[StoryRun], Books]":
    from switchboard.local.bus import LocalBus
    from switchboard.local.crew.feedback import GiveFeedback
    from switchboard.local.crew.loop import RunLoop
    from switchboard.local.crew.records import PlatformRecords
    from switchboard.local.notion.client import LocalWorkspace

    teller = _Quiet() if quiet else _Terminal()
    runs = []
    with LocalWorkspace.of(access.settings) as board, LocalBus.connect().tail() as tail:
        records = PlatformRecords(access, board.project_id)
        loop = RunLoop(board, GiveFeedback(board), records, tail, teller)
        for story in stories:
            runs.append(loop(story))
            teller.ended(runs[-1])
        books = records.books()
    return runs, books


class _Quiet:
    """Progress only: the report follows."""

    def begun(self, run: "StoryRun") -> None:
        progress(run.title)

    def step(self, run: "StepRun", *, last: bool) -> None:  # noqa: ARG002 - the teller's
        progress(f"{run.step.trigger}: {run.status}")

    def ended(self, run: "StoryRun") -> None:
        progress(f"{run.title}: {run.seconds:.1f} s")


class _Terminal:
    """The tree, line by line as it happens."""

    def begun(self, run: "StoryRun") -> None:
        say("\n" + typer.style(run.title, bold=True) + f"  {run.url}")

    def step(self, run: "StepRun", *, last: bool) -> None:
        from switchboard.local.crew.telling import told_step

        first, *rest = told_step(run, last=last)
        say(typer.style(first, fg="green" if run.ok else "red"))
        for line in rest:
            say(line)

    def ended(self, run: "StoryRun") -> None:
        from switchboard.local.crew.telling import told_story

        say(typer.style(told_story(run), bold=True))


def _tell_totals(access: "Access", books: "Books") -> None:
    say()
    say(books.told())
    say(f"board:   {access.settings.notion_url}   code: {access.settings.github_url}")
