"""Finding the acceptance criteria in whatever people wrote: lists, Gherkin, plain sentences."""

import re
from collections.abc import Callable, Iterable, Sequence

from switchboard.local.playbooks.words import words

MAX_CRITERIA = 30
MAX_LENGTH = 400
_SECTION = words("criteria", "section")
_HEADING = re.compile(r"^\s*(?:#{1,6}\s+.+|\*\*[^*]+\*\*:?|[^.!?]{2,60}:)\s*$")
_BULLET = re.compile(
    r"^\s*(?:[-*+•\u2013·▪✓✅☑️]|\d{1,2}[.)]|[a-h]\)|\[[ xX]\]|AC\s?\d+[:.)]?)\s+(.+)$"
)
_BOX = re.compile(r"^\[[ xX]?\]\s*")
_GHERKIN = words("criteria", "gherkin")
_OPENS = words("criteria", "opens")
_MARKUP = (
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^>]*>"), " "),
    (re.compile(r"(\*\*|__|~~|`)"), ""),
    (re.compile(r"^\s*#{1,6}\s+"), ""),
    (re.compile(r"^\s*>\s?"), ""),
    (re.compile(r"\s+"), " "),
)


def announces_criteria(line: str) -> bool:
    """Whether a line is the heading above the criteria."""
    return bool(_SECTION.search(plain(line)))


def plain(text: str) -> str:
    """One line without Markdown or HTML."""
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return text.strip()


def criteria_of(title: str, body: str, listed: Sequence[str]) -> tuple[str, ...]:
    """The criteria given as such, else of a section, else Gherkin, lists, sentences, the title."""
    lines = body.splitlines()
    sources: tuple[Callable[[], list[str]], ...] = (
        lambda: _from_lines([line for item in listed for line in item.splitlines()]),
        lambda: _from_lines(_section(lines)),
        lambda: _gherkin(lines),
        lambda: _bullets(lines),
        lambda: _sentences(body),
    )
    for source in sources:
        found = _tidy(source())
        if found:
            return found
    return _tidy([title]) or ("Untitled story",)


def _tidy(items: Iterable[str]) -> tuple[str, ...]:
    """Plain, not empty, each once, not endless."""
    found: dict[str, str] = {}
    for item in items:
        text = _BOX.sub("", plain(item))
        if any(character.isalnum() for character in text):
            short = text if len(text) <= MAX_LENGTH else f"{text[: MAX_LENGTH - 1].rstrip()}…"
            found.setdefault(short.casefold(), short)
    return tuple(found.values())[:MAX_CRITERIA]


def _section(lines: Sequence[str]) -> list[str]:
    """The lines below a heading that announces criteria, up to the next heading."""
    inside: list[str] = []
    taking = False
    for line in lines:
        if _HEADING.match(line) and not _BULLET.match(line) and not _GHERKIN.match(line):
            taking = bool(_SECTION.search(plain(line).rstrip(":")))
        elif taking:
            inside.append(line)
    return inside


def _from_lines(lines: Sequence[str]) -> list[str]:
    return _gherkin(lines) or _bullets(lines) or [line for line in lines if line.strip()]


def _bullets(lines: Sequence[str]) -> list[str]:
    """List items; an indented line below one belongs to it."""
    found: list[str] = []
    for line in lines:
        match = _BULLET.match(line)
        if match:
            found.append(match[1])
        elif found and line[:1].isspace() and line.strip():
            found[-1] = f"{found[-1]} {line.strip()}"
    return found


def _gherkin(lines: Sequence[str]) -> list[str]:
    """Each scenario from its Given on, as one sentence."""
    scenarios: list[list[str]] = []
    for line in lines:
        if _OPENS.match(line):
            scenarios.append([])
        if scenarios and _GHERKIN.match(line):
            scenarios[-1].append(re.sub(r"^\s*[-*+•]\s+", "", line).strip().rstrip(",."))
    return [", ".join(steps) for steps in scenarios if len(steps) > 1]


def _sentences(body: str) -> list[str]:
    text = " ".join(line for line in body.splitlines() if not line.lstrip().startswith("#"))
    return re.split(r"(?<=[.!?。])\s+", plain(text))[:10]
