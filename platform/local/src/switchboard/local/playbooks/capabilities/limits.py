"""Plain limits: at most, at least, between; for what no other capability knows better."""

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from switchboard.local.playbooks.part import Check, Part
from switchboard.local.playbooks.quantities import Quantity, quantities
from switchboard.local.playbooks.story import Story, slug
from switchboard.local.playbooks.template import filled
from switchboard.local.playbooks.words import words

_MOST = words("limits", "most")
_LEAST = words("limits", "least")
_BETWEEN = re.compile(r"(?:between|from|zwischen|von|entre|de)\s*$", re.IGNORECASE)
_JOIN = re.compile(r"^\s*\w*\s*(?:and|to|und|bis|et|à|y|a|-)\s*$", re.IGNORECASE)
_UNITS = {
    "percent": "percent",
    "money": "amount",
    "day": "days",
    "hour": "hours",
    "minute": "minutes",
    "second": "seconds",
    "week": "weeks",
    "month": "months",
    "character": "characters",
    "attempt": "attempts",
    "megabyte": "megabytes",
}
_PERFORMANCE = words("limits", "performance")
_WORK = tuple(words("listing", kind) for kind in ("filter", "search", "sort", "page"))
_EXPORT = words("export", "export")


@dataclass(frozen=True)
class Limit:
    """A value and on which side of it things are allowed."""

    name: str
    value: Decimal
    is_most: bool
    criterion: int


def read(story: Story, open_criteria: frozenset[int]) -> tuple[Limit, ...]:
    """The limits in the criteria nothing else has covered."""
    found: dict[str, Limit] = {}
    for index in sorted(open_criteria):
        text = story.criteria[index]
        if _PERFORMANCE.search(text) or any(work.search(text) for work in (*_WORK, _EXPORT)):
            continue  # comparing numbers proves neither how fast something is, nor that it is done
        for limit in _range(index, text):
            found.setdefault(f"{limit.name} {limit.is_most}", limit)
        for number in quantities(text):
            one = _limit(index, text, number)
            if one:
                found.setdefault(f"{one.name} {one.is_most}", one)
    return tuple(found.values())


def _range(index: int, text: str) -> list[Limit]:
    """Both ends of "between 1 and 5 stars"."""
    numbers = quantities(text)
    for low, high in pairwise(numbers):
        if _BETWEEN.search(text[: low.start]) and _JOIN.match(text[low.end : high.start]):
            name = slug(_UNITS.get(high.unit, "") or high.noun, 20)
            if not name:
                continue  # a time or a date rather than a count
            return [
                Limit(name, low.value, is_most=False, criterion=index),
                Limit(name, high.value, is_most=True, criterion=index),
            ]
    return []


def _limit(index: int, text: str, number: Quantity) -> Limit | None:
    before = text[: number.start]
    most, least = _MOST.search(before), _LEAST.search(before)
    if not (most or least):
        return None
    name = slug(_UNITS.get(number.unit, "") or number.noun, 20)
    return Limit(name or "value", number.value, bool(most), index)


def part(story: Story, limits: tuple[Limit, ...]) -> Part:
    """The module with the limits, and its tests."""
    rows = "".join(
        f'    Limit("{item.name}", Decimal("{item.value}"), is_maximum={item.is_most}),\n'
        for item in limits
    )
    title = story.short_title
    source = filled("limits.py.tmpl", {"title": title, "limits": rows})
    checks = tuple(_check(item) for item in limits)
    return Part(
        "limits", "keeps values within limits", source, ("broken_limits",), checks,
        ("A limit itself is allowed.",),
    )  # fmt: skip


def _check(limit: Limit) -> Check:
    beyond = limit.value + 1 if limit.is_most else limit.value - 1
    body = f'assert broken_limits({{"{limit.name}": Decimal("{limit.value}")}}) == []\n'
    body += f'assert broken_limits({{"{limit.name}": Decimal("{beyond}")}}) != []'
    side = "highest" if limit.is_most else "lowest"
    return Check(limit.criterion, f"{side} {limit.name.replace('_', ' ')}", body)
