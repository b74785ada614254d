"""What a caller said, as text that is safe to show and to quote: data, never markup."""

import re
import textwrap
import unicodedata
from collections.abc import Iterable

_JOINERS = "\u200c\u200d"
"""Invisible, but part of words and emoji in some scripts."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})
"""Control characters, invisible formatting (turned text, tags that hide a message), halves of
characters (Unicode general categories)."""
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”']?\s+")


def clean_lines(text: str) -> tuple[str, ...]:
    """The lines that hold something, each without control characters and doubled space."""
    found = (" ".join(_visible(line).split()) for line in text.splitlines())
    return tuple(line for line in found if line)


def one_line(text: str, longest: int) -> str:
    """The text in one line, cut at a word."""
    return shortened(" ".join(clean_lines(text)), longest)


def shortened(text: str, longest: int) -> str:
    """The text itself, or its beginning with an ellipsis; one endless word is cut anywhere."""
    if len(text) <= longest:
        return text
    short = textwrap.shorten(text, longest, placeholder=" …")
    return short if short != "…" else f"{text[: longest - 1]}…"


def sentences(lines: Iterable[str]) -> list[str]:
    """The sentences in order; a line ends one."""
    return [part.strip() for line in lines for part in _SENTENCE_END.split(line) if part.strip()]


def _visible(line: str) -> str:
    return "".join(
        character
        for character in line.replace("\t", " ")
        if character in _JOINERS or unicodedata.category(character) not in _HIDDEN
    )
