"""Which variants are made: the layouts there are, and the names people gave."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from switchboard.local.playbooks.brief import Brief
from switchboard.local.playbooks.criteria import plain
from switchboard.local.playbooks.pages.layout import Layout, Name
from switchboard.local.playbooks.prose import shortened
from switchboard.local.playbooks.words import kinds

PROPERTY = "variants"
MAX_NAME = 60
_NUMBER = re.compile(r"\s*\d+(?:\.0+)?\s*")
_SEPARATOR = re.compile(r"[\n;,]|(?<!\S)[-*•]\s|(?<!\S)\(?[A-Da-d1-9][.):]\s")
LAYOUTS: dict[Name, str] = {
    "together": "everything on one page, with the acceptance criteria beside it",
    "steps": "step by step, one question at a time and everything together at the end",
    "result": "result first, large at the front, with the questions in a panel beside it",
    "criteria": "criterion by criterion: people pick one, try it and say whether it is right",
}
"""In the order they are taken when nobody says which."""
OUTLINES: dict[Name, str] = {
    "together": "all criteria in one list to vote on",
    "steps": "a walk through the criteria, one screen each",
    "result": "the tally first, then the criteria with those to discuss on top",
    "criteria": "a board with lanes for what is clear and what is to be discussed",
}
"""What the layouts are where there is nothing to simulate."""


@dataclass(frozen=True)
class Variant:
    """One variant: where it goes, how it is laid out, and the name people gave it."""

    letter: str
    entry_page: str
    screenshot: str
    layout: Name
    name: str = ""
    is_meant: bool = True
    """Whether the layout is what the name asks for."""

    @property
    def page_layout(self) -> Layout:
        """How its page is written."""
        return Layout(self.layout, self.letter)

    def description(self, *, is_outline: bool) -> str:
        """One sentence on how it differs, for people."""
        what = (OUTLINES if is_outline else LAYOUTS)[self.layout]
        return (
            f'Variant {self.letter}: "{self.name}", {what}'
            if self.name
            else (f"Variant {self.letter}: {what}")
        )


def variants_of(brief: Brief) -> list[Variant]:
    """One for each place in the facts; names choose layouts first, the rest take what is left."""
    given = brief.facts.get("variants")
    places = (
        [item for item in given if isinstance(item, Mapping)] if isinstance(given, list) else []
    )
    names = names_of(brief.heading.get("properties"))[: len(places)]
    names += [""] * (len(places) - len(names))
    chosen = _chosen(names)
    return [
        Variant(
            letter=str(place.get("letter")),
            entry_page=str(place.get("entry_page")),
            screenshot=str(place.get("screenshot")),
            layout=layout,
            name=name,
            is_meant=is_meant,
        )
        for place, name, (layout, is_meant) in zip(places, names, chosen, strict=True)
    ]


def names_of(properties: Any) -> list[str]:
    """The names in the page's property; a number names none."""
    if not isinstance(properties, Mapping):
        return []
    found = [v for key, v in properties.items() if str(key).strip().casefold() == PROPERTY]
    value = found[0] if found else None
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        value = [value]
    if not isinstance(value, list):
        return []
    parts = [part for item in value for part in _SEPARATOR.split(str(item))]
    return [shortened(plain(part), MAX_NAME) for part in parts if plain(part)]


def _chosen(names: Sequence[str]) -> list[tuple[Name, bool]]:
    """A layout of its own for each variant, and whether its name asked for it."""
    wanted: list[Name | None] = []
    for name in names:
        fitting = [key for key, words in kinds("variants").items() if words.search(name)]
        free = [key for key in LAYOUTS if key in fitting and key not in wanted]
        wanted.append(free[0] if name and free else None)
    left = [key for key in LAYOUTS if key not in wanted]
    found: list[tuple[Name, bool]] = []
    for layout, name in zip(wanted, names, strict=True):
        found.append((layout, True) if layout else (left.pop(0), not name))
    return found
