"""The change of a pull request as get_files tells it: the lines that were added, by file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(?P<new>\d+)(?:,\d+)? @@(?P<inside>.*)")
_TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?)/|(?:^|/)test_[^/]+$|[._](?:test|spec)\.[a-z]+$", re.I
)
_CODE = re.compile(
    r"\.(?:py|js|mjs|ts|jsx|tsx|java|kt|go|rb|rs|cs|php|swift|c|cpp|h|sql|sh|html|css|vue|svelte)$",
    re.IGNORECASE,
)
_SHOWS = re.compile(r"\.(?:html|css|js|mjs|ts|jsx|tsx|vue|svelte|jinja2?|hbs)$", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """An added line: its number in the new file, and its text."""

    number: int
    text: str


@dataclass(frozen=True)
class ChangedFile:
    """What could be read of a file's change; `note` says what could not."""

    path: str
    added: tuple[Line, ...]
    inside: str = ""
    """The functions and classes the change is in, as the hunks name them."""
    note: str = ""

    @property
    def is_test(self) -> bool:
        """Whether it holds tests."""
        return bool(_CODE.search(self.path) and _TEST.search(self.path))

    @property
    def is_source(self) -> bool:
        """Whether it holds code that is not a test."""
        return bool(_CODE.search(self.path)) and not self.is_test

    @property
    def shows_something(self) -> bool:
        """Whether it is part of what people see: a page, a style, a script."""
        return bool(_SHOWS.search(self.path)) and not self.is_test

    @property
    def text(self) -> str:
        """The added lines."""
        return "\n".join(line.text for line in self.added)


def changed_file(entry: Mapping[str, Any]) -> ChangedFile:
    """Read one entry of get_files."""
    added: list[Line] = []
    inside: list[str] = []
    number = 0
    for line in str(entry.get("patch") or "").split("\n"):
        if hunk := _HUNK.match(line):
            number = int(hunk["new"])
            inside.append(hunk["inside"])
        elif line.startswith("+"):
            added.append(Line(number, line[1:]))
            number += 1
        elif line.startswith(" "):
            number += 1
    note = str(entry.get("note") or "")
    return ChangedFile(str(entry.get("filename")), tuple(added), "\n".join(inside), note)
