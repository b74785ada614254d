"""What is wrong, or could be better, in the lines that were added."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from switchboard.local.playbooks.review.diff import ChangedFile
from switchboard.local.playbooks.review.proofs import cases_of

MAX_PER_KIND = 3
"""The same remark is not made at every line; the first places show what is meant."""


@dataclass(frozen=True)
class Finding:
    """One remark on one line."""

    path: str
    line: int
    message: str
    advice: str
    is_defect: bool = False

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class _Kind:
    name: str
    pattern: re.Pattern[str]
    where: str
    message: str
    advice: str
    is_defect: bool
    needs: re.Pattern[str] | None
    standard: re.Pattern[str] | None

    def fits(self, file: ChangedFile) -> bool:
        kinds = {"source": file.is_source, "test": file.is_test, "any": True}
        return kinds[self.where]


def addresses_reviewers(text: str) -> bool:
    """Whether a text speaks to an automatic reader instead of to people."""
    return any(kind.pattern.search(text) for kind in _kinds() if kind.name == "reader")


@cache
def _kinds() -> tuple[_Kind, ...]:
    def expression(text: str | None) -> re.Pattern[str] | None:
        return re.compile(text, re.IGNORECASE) if text else None

    text = files("switchboard.local.playbooks.review").joinpath("findings.toml").read_text("utf-8")
    return tuple(
        _Kind(
            row.get("name", ""),
            re.compile(row["pattern"], re.IGNORECASE),
            row["in"],
            row["message"],
            row["advice"],
            row["defect"],
            expression(row.get("needs")),
            expression(row.get("standard")),
        )
        for row in tomllib.loads(text)["finding"]
    )


def findings_in(changed: tuple[ChangedFile, ...], story: str, standards: str) -> list[Finding]:
    """The remarks on a change, defects first; `story` and `standards` say which kinds apply."""
    found: list[Finding] = []
    for kind in _kinds():
        if kind.needs and not kind.needs.search(story):
            continue
        if kind.standard and not kind.standard.search(standards):
            continue
        places = [item for file in changed if kind.fits(file) for item in _of(kind, file)]
        found += places[:MAX_PER_KIND]
    found += [item for file in changed if file.is_test for item in _toothless(file)][:MAX_PER_KIND]
    return sorted(found, key=lambda item: not item.is_defect)


def _of(kind: _Kind, file: ChangedFile) -> Iterator[Finding]:
    for line in file.added:
        if kind.pattern.search(line.text):
            yield Finding(file.path, line.number, kind.message, kind.advice, kind.is_defect)


def _toothless(file: ChangedFile) -> Iterator[Finding]:
    """Tests that cannot fail."""
    for case in cases_of(file):
        if not case.asserts and not case.says_missing:
            yield Finding(
                case.path,
                case.line,
                "This test asserts nothing, so it cannot fail.",
                "Assert what the criterion says.",
            )
