"""The tests a change adds: what each says it proves, and whether it can."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from switchboard.local.playbooks.review.diff import ChangedFile, Line

_PYTHON = re.compile(r"(?P<indent>\s*)(?:async )?def (?P<name>test_\w+)")
_SCRIPT = re.compile(r"\s*(?:it|test)(?P<off>\.skip|\.todo)?\(\s*(['\"`])(?P<name>.+?)\2")
_DOCSTRING = re.compile(r'^\s*"""(.*?)"""', re.DOTALL)
_ASSERTS = re.compile(r"\bassert\b|\braises\(|\bexpect\(|\bassert_?\w+\(|\.should\b")
_MISSING = re.compile(r"not[_ ]implemented", re.IGNORECASE)
_OFF = re.compile(r"\bskip(?:if|_?test)?\(|mark\.(?:skip|xfail)|\bxfail\(|\.skip\(|\.todo\(", re.I)
_WORD = re.compile(r"[^\W\d_]{3,}|\d+")
ENOUGH = 0.6
"""The share of a criterion's words that a test must use in its name or its description."""
VERBATIM = 2.0
NEARLY = 0.9
"""Of the best share: criteria of a story resemble each other, and so do their tests."""


@dataclass(frozen=True)
class Case:
    """One test: where it is, how it is called, and its text."""

    path: str
    line: int
    name: str
    text: str

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.path}:{self.line}"

    @property
    def says_missing(self) -> bool:
        """Whether it only records that something is not there, or does not run."""
        return bool(_MISSING.search(f"{self.name}\n{self.text}") or _OFF.search(self.text))

    @property
    def asserts(self) -> bool:
        """Whether it can fail."""
        return bool(_ASSERTS.search(self.text))

    def share(self, criterion: str) -> float:
        """The share of a criterion's words that its name or its description has.

        More than all of them when it quotes the criterion word for word.
        """
        wanted = words_of(criterion)
        told = _DOCSTRING.match(self.text)
        said = f"{self.name.replace('_', ' ')} {told[1] if told else ''}"
        if _flat(criterion) in _flat(said):
            return VERBATIM
        return len(wanted & words_of(said)) / len(wanted) if wanted else 0.0


def naming(criterion: str, cases: Iterable[Case]) -> list[Case]:
    """The tests that are about a criterion: those that use the most of its words, and enough."""
    shares = [(case.share(criterion), case) for case in cases]
    best = max((share for share, _ in shares), default=0.0)
    return [case for share, case in shares if share >= max(ENOUGH, best * NEARLY)]


def words_of(text: str) -> frozenset[str]:
    """Its words and numbers, without regard to case."""
    return frozenset(word.casefold() for word in _WORD.findall(text))


def _flat(text: str) -> str:
    words = " ".join(re.findall(r"[^\W_]+", text.casefold()))
    return f" {words} "


def cases_of(file: ChangedFile) -> Iterator[Case]:
    """The tests that a file adds."""
    lines = file.added
    for index, line in enumerate(lines):
        if found := _PYTHON.match(line.text):
            body = _indented(lines[index + 1 :], line.number, len(found["indent"]))
        elif found := _SCRIPT.match(line.text):
            body = [line.text, *_until_next(lines[index + 1 :])]
        else:
            continue
        before = lines[index - 1].text if index else ""
        decorator = before if before.lstrip().startswith("@") else ""
        # After the body, so that a docstring is what the text begins with.
        yield Case(file.path, line.number, found["name"], "\n".join([*body, decorator]))


def _indented(lines: tuple[Line, ...], start: int, indent: int) -> list[str]:
    """The lines of a Python function: those that follow and stand further in."""
    body: list[str] = []
    for offset, line in enumerate(lines, 1):
        stripped = line.text.lstrip()
        outside = stripped and len(line.text) - len(stripped) <= indent and stripped[0] not in ")]"
        if outside or line.number != start + offset:
            break
        body.append(line.text)
    return body


def _until_next(lines: tuple[Line, ...]) -> list[str]:
    body: list[str] = []
    for line in lines:
        if _SCRIPT.match(line.text):
            break
        body.append(line.text)
    return body
