"""The whole prototype of a story: one self-contained HTML page."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from switchboard.local.playbooks.criteria import announces_criteria
from switchboard.local.playbooks.language import labels, language_of
from switchboard.local.playbooks.pages.entering import (
    access_section,
    collection_section,
    form_section,
)
from switchboard.local.playbooks.pages.layout import PLAIN, Layout
from switchboard.local.playbooks.pages.markup import Section, script_value, text
from switchboard.local.playbooks.pages.reckoning import (
    formulas_section,
    limits_section,
    pricing_section,
    reminder_section,
)
from switchboard.local.playbooks.pages.showing import listing_section, outline_section
from switchboard.local.playbooks.plan import plan_for
from switchboard.local.playbooks.prose import unwrapped
from switchboard.local.playbooks.story import Story
from switchboard.local.playbooks.template import filled

_COLOURS = (
    ("#3949c6", "#aab4ff"),
    ("#0b6b63", "#6fd8cd"),
    ("#8a3a9e", "#e3a9f2"),
    ("#a8431b", "#ffb896"),
    ("#1f6b2e", "#8bdc9b"),
)
MAX_LEAD = 220
_SECTIONS: dict[str, Callable[[Any, dict[str, str]], Section]] = {
    "pricing": pricing_section,
    "formulas": formulas_section,
    "form": form_section,
    "access": access_section,
    "reminder": reminder_section,
    "collection": collection_section,
}


@dataclass(frozen=True)
class Prototype:
    """The page, and whether it is more than a walk through the criteria."""

    html: str
    kinds: tuple[str, ...]

    @property
    def is_outline(self) -> bool:
        """Whether no known pattern fitted the story."""
        return not self.kinds


@lru_cache(maxsize=64)
def prototype_for(story: Story, layout: Layout = PLAIN) -> Prototype:
    """Write the page; the same story and layout always give the same page."""
    language = language_of(story.text)
    words = labels(language)
    kinds, sections = _sections(story, words, layout)
    page = filled(
        "page.html",
        {
            "lang": language,
            "title": text(story.title),
            "product": text(" ".join(story.title.split()[:4])),
            "layout": layout.name if kinds else "outline",
            "style": filled("page.css", _colours(story)) + layout.style,
            "lead": text(_lead(story)),
            "sections": "".join(section.markup for section in sections),
            "criteria": _criteria(story),
            "script": _script(sections, words) + layout.script(is_outline=not kinds),
            "badge": text(" ".join(filter(None, (words["badge"], layout.letter)))),
            **{
                name: text(words[name])
                for name in (
                    "skip", "eyebrow", "criteria_title", "criteria_hint", "footer",
                )
            },
        },
    )  # fmt: skip
    return Prototype(page, kinds)


def _sections(
    story: Story, words: dict[str, str], layout: Layout
) -> tuple[tuple[str, ...], list[Section]]:
    """A section for each capability the story's change has; a list and its export are one."""
    specs = {planned.part.module: planned.spec for planned in plan_for(story)}
    found: dict[str, Section] = {}
    for name, section in _SECTIONS.items():
        if name in specs:
            found[name] = section(specs[name], words)
    if "listing" in specs or "export" in specs:
        found["listing"] = listing_section(story, specs.get("listing"), specs.get("export"), words)
    if "limits" in specs:
        found["limits"] = limits_section(story, specs["limits"], words)
    if not found:
        return (), [layout.outline(story, words) or outline_section(story, words)]
    return tuple(found), list(found.values())


def _script(sections: list[Section], words: dict[str, str]) -> str:
    shared = filled("page.js", {"labels": script_value(words)})
    return shared + "".join(section.script for section in sections)


def _criteria(story: Story) -> str:
    return "".join(
        f'<li><label><input type="checkbox"><span>{text(item)}</span></label></li>\n'
        for item in story.criteria
    )


def _colours(story: Story) -> dict[str, str]:
    """A colour that goes with the story, the same every time."""
    number = hashlib.sha256(story.title.encode()).digest()[0]
    light, dark = _COLOURS[number % len(_COLOURS)]
    return {"brand": light, "brand_dark": dark}


def _lead(story: Story) -> str:
    """The first sentence of prose on the page that is not a criterion."""
    for line in unwrapped(story.body).splitlines():
        clean = line.strip()
        prose = clean and clean[0].isalpha() and not clean.endswith(":")
        prose = prose and not announces_criteria(clean)
        if prose and not any(clean.startswith(item[:20]) for item in story.criteria):
            return clean[:MAX_LEAD]
    return ""
