"""The bundled backlog: stories as Markdown, each with the feedback that people will give to it."""

import csv
from dataclasses import dataclass
from pathlib import Path

from switchboard.local.checkout import ROOT

BACKLOG = ROOT / "docs/examples/backlog"
Answer = dict[str, str]
"""One person's answer: property of the feedback database -> what was typed."""


class BacklogError(ValueError):
    """The backlog cannot be used; says which file and why."""


@dataclass(frozen=True)
class Story:
    """A story of the backlog."""

    title: str
    body: str
    answers: tuple[Answer, ...]


def read_backlog(folder: Path = BACKLOG) -> list[Story]:
    """The stories of a folder: `<name>.md`, beside it `<name>.feedback.csv`.

    The one with the most feedback comes first.

    Raises:
        BacklogError: there is none, or one cannot be read.
    """
    files = sorted(folder.glob("*.md"))
    if not files:
        raise BacklogError(f"there is no story (*.md) in {folder}")
    stories = [_story(file) for file in files]
    return sorted(stories, key=lambda story: -len(story.answers))


def _story(file: Path) -> Story:
    answers = file.with_suffix(".feedback.csv")
    try:
        title, _, body = file.read_text(encoding="utf-8").strip().partition("\n")
        found = read_answers(answers) if answers.exists() else ()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BacklogError(f"{file.name} or its feedback cannot be read: {error}") from error
    if not title.startswith("# ") or not body.strip():
        raise BacklogError(f"{file.name} is no story: a heading, then what is wanted")
    return Story(title.removeprefix("# ").strip(), body.strip(), found)


def read_answers(file: Path) -> tuple[Answer, ...]:
    """What people answered, from a CSV file with the properties as headings.

    Raises:
        BacklogError: a line has more or fewer cells than there are headings.
        OSError, UnicodeDecodeError, csv.Error: the file cannot be read.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, strict=True))
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise BacklogError(f"{file.name}, line {number}: more or fewer cells than headings")
    return tuple(rows)
