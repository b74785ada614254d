"""Quotes in a report: each is a line of its own that begins with `>`, and was really said."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

_LINE = re.compile(r"^[ \t]*>[ \t]?(.*)$", re.MULTILINE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_MARKS = "\"“”„«»'…. "
_CUT = ("…", "...")


def quotes_in(markdown: str) -> list[str]:
    """The quotes of a report as plain text: without Markdown's escapes and quotation marks."""
    found = (_ESCAPE.sub(r"\1", line) for line in _LINE.findall(markdown))
    return [line.strip() for line in found if line.strip(_MARKS)]


def invented(markdown: str, said: Iterable[Any]) -> list[str]:
    """The quotes that occur in none of the values; only white space may differ."""
    texts = [_squeezed(text) for value in said for text in _strings(value)]
    return [quote for quote in quotes_in(markdown) if not _occurs(quote, texts)]


def _occurs(quote: str, texts: list[str]) -> bool:
    forms = (_squeezed(quote), _squeezed(_bare(quote)))
    return any(form in text for form in forms for text in texts)


def _bare(quote: str) -> str:
    """Without the quotation marks around it and the dots of a cut."""
    text = quote.strip()
    for opening, closing in (("“", "”"), ('"', '"'), ("„", "“"), ("«", "»")):
        if len(text) > 1 and text.startswith(opening) and text.endswith(closing):
            text = text[1:-1].strip()
            break
    for dots in _CUT:
        text = text.removeprefix(dots).removesuffix(dots).strip()
    return text


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _strings(value: Any) -> Iterator[str]:
    """All texts of a JSON value; names of fields are no quotes."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
