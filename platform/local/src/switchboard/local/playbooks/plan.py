"""What of a story is implemented, and by which capability."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from switchboard.local.playbooks.capabilities import (
    access,
    collection,
    export,
    form,
    formulas,
    limits,
    listing,
    pricing,
    pricing_code,
    reminder,
)
from switchboard.local.playbooks.honesty import ignored
from switchboard.local.playbooks.part import Part
from switchboard.local.playbooks.story import Story

Read = Callable[[Story], Any]
Write = Callable[[Story, Any], Part]
CAPABILITIES: tuple[tuple[Read, Write], ...] = (
    (pricing.read, pricing_code.part),
    (formulas.read, formulas.part),
    (access.read, access.part),
    (reminder.read, reminder.part),
    (listing.read, listing.part),
    (export.read, export.part),
    (collection.read, collection.part),
    (form.read, form.part),
)
"""Reads what the story says of one kind, or None; writes the part for it. Earlier ones win ties."""


@dataclass(frozen=True)
class Planned:
    """What one capability has read in the story, and the part it writes for that."""

    spec: Any
    part: Part


@lru_cache(maxsize=64)
def plan_for(story: Story) -> tuple[Planned, ...]:
    """The capabilities that prove something of the story which no stronger one proves."""
    found = [planned for read, write in CAPABILITIES if (planned := _honest(story, read, write))]
    found.sort(key=lambda planned: -len(planned.part.covered))
    kept: list[Planned] = []
    covered: frozenset[int] = frozenset()
    for planned in found:
        if planned.part.covered - covered:
            kept.append(planned)
            covered |= planned.part.covered
    rest = _without(story, covered)
    plain = _honest(
        rest, lambda asked: limits.read(asked, frozenset(range(len(story.criteria)))), limits.part
    )
    return (*kept, plain) if plain else tuple(kept)


def _honest(story: Story, read: Read, write: Write) -> Planned | None:
    """A part that does all of each criterion it names: others are read as if they were not there.

    Otherwise the code would do half of them: give everybody the discount for members.
    """
    asked = story
    for _ in range(len(story.criteria) + 1):
        spec = read(asked)
        if not spec:
            return None
        part = write(asked, spec)
        half_done = ignored(asked, part)
        if not half_done:
            return Planned(spec, part)
        asked = _without(asked, half_done)
    return None


def _without(story: Story, indexes: frozenset[int]) -> Story:
    left = ("" if index in indexes else text for index, text in enumerate(story.criteria))
    return replace(story, criteria=tuple(left))
