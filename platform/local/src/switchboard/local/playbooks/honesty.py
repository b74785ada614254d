"""Whether generated code really does all a criterion says: numbers, quoted words, conditions.

A criterion found by its keywords may say more than the code does ("only on Mondays", "once per
customer"). What is not used counts as not implemented: too strict is honest, too lenient is not.
"""

import re
from collections.abc import Collection, Sequence
from decimal import Decimal

from switchboard.local.playbooks.dates import without_dates
from switchboard.local.playbooks.part import Check, Part
from switchboard.local.playbooks.quantities import Quantity, quantities
from switchboard.local.playbooks.story import Story
from switchboard.local.playbooks.words import words

_CONDITION = words("honesty", "condition")
_EXAMPLE = re.compile(r"\(?(?:e\.g\.|for example|z\. ?B\.|par ex\w*\.?|p\. ?ej\.)[^)]*\)?", re.I)
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{2,120})[\"”“»]|(?<!\w)'([^']{2,120})'(?!\w)")
_NAMED = re.compile(r"\b(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d)[A-Z0-9]{4,}\b")
_PLACE = re.compile(r"\b(?:in|to|within|outside|from) (?:the )?([A-Z][a-z]{3,})")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SAMPLE_ROW = re.compile(r"^\s+\{.*$", re.MULTILINE)
_FACTORS = {
    "minute": (60,),
    "hour": (60, 3_600),
    "day": (24, 1_440),
    "week": (7, 168, 10_080),
    "month": (720,),
}
"""The same time in the smaller units code is written in."""


def ignored(story: Story, part: Part) -> frozenset[int]:
    """The criteria a part has tests for and yet does not do all of."""
    return frozenset(
        index
        for index in part.covered
        if _left_out(
            story.criteria[index],
            [check for check in part.checks if check.criterion == index],
            words("claims", part.module),
        )
    )


def _left_out(criterion: str, checks: Sequence[Check], claims: re.Pattern[str]) -> bool:
    bodies = "\n".join(check.body for check in checks)
    uses = {value for check in checks for value in check.uses}
    if unused(criterion, bodies, uses):
        return True
    rest = claims.sub(" ", without_dates(_QUOTED.sub(" ", _EXAMPLE.sub(" ", criterion)), bodies))
    return bool(_CONDITION.search(rest) or _PLACE.search(rest))


def unused(criterion: str, code: str, uses: Collection[Decimal] = ()) -> list[str]:
    """The quoted words, names and numbers of a criterion that code does not have.

    `uses` are numbers it has without spelling them out.
    """
    said = _EXAMPLE.sub(" ", criterion)
    names = [first or second for first, second in _QUOTED.findall(said)] + _NAMED.findall(said)
    found = [name for name in names if name.casefold() not in code.casefold()]
    known = {Decimal(number) for number in _NUMBER.findall(_SAMPLE_ROW.sub("", code))} | set(uses)
    plain = without_dates(_QUOTED.sub(" ", said), code)
    numbers = [item for item in quantities(_NAMED.sub(" ", plain)) if not _is_used(item, known)]
    return found + [f"{item.value:f}" for item in numbers]


def _is_used(number: Quantity, known: set[Decimal]) -> bool:
    if re.match(r"(?:decimal|nachkomma|décimale)", number.noun):
        return True  # "two decimals" is how results are rounded, and every result shows it
    factors = (1, *_FACTORS.get(number.unit, ()))
    return any(number.value * factor in known for factor in factors)
