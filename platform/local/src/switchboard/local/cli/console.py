"""What commands share on the terminal: progress on stderr, results on stdout, clear errors."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer


class CommandError(Exception):
    """A command cannot do what was asked; says why and what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        """Both parts are shown to the person."""
        super().__init__(message)
        self.remedy = remedy


def say(line: str = "") -> None:
    """A line of the result, on stdout."""
    typer.echo(line)


def progress(line: str) -> None:
    """A line about ongoing work, on stderr so that pipes stay clean."""
    typer.echo(typer.style(f"  {line}", dim=True), err=True)


def fail(error: CommandError) -> None:
    """Show a problem and its remedy."""
    typer.echo(typer.style("error: ", fg="red", bold=True) + str(error), err=True)
    typer.echo(typer.style("remedy: ", fg="yellow", bold=True) + error.remedy, err=True)


def as_json(value: Any) -> None:
    """A result for programs."""
    typer.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def table(rows: list[list[str]], headings: list[str]) -> None:
    """Columns as wide as their longest cell."""
    cells = [headings, *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    for number, row in enumerate(cells):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say(typer.style(line.rstrip(), bold=number == 0))


@contextmanager
def timed(what: str, clock: Callable[[], float] = time.monotonic) -> Iterator[Callable[[], float]]:
    """Announce work and say how long it took."""
    start = clock()
    progress(f"{what} ...")
    yield lambda: clock() - start
    progress(f"{what}: {clock() - start:.1f} s")


def wants_colour() -> bool:
    """Whether a person is looking."""
    return sys.stdout.isatty()
