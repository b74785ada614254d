"""Two sets of effects beside each other, in plain words and as JSON."""

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from switchboard.local.replay.effects import ASPECTS, Effects

TOKENS = re.compile(r"(?P<what>.+) (?P<amount>\d+) token")
TOLERANCE = Decimal("0.01")
"""Of a number of tokens: a longer address is more tokens."""


@dataclass(frozen=True)
class Aspect:
    """One aspect of the two runs."""

    name: str
    same: list[str]
    only_archived: list[str]
    only_shadow: list[str]
    unread: str = ""
    """Why it could not be compared."""

    @property
    def differs(self) -> bool:
        """Whether something is on one side only."""
        return bool(self.only_archived or self.only_shadow)

    def report(self) -> dict[str, Any]:
        """The aspect's entry in the JSON report."""
        return {
            "name": self.name,
            "compared": not self.unread,
            "same": not self.unread and not self.differs,
            "in_both": len(self.same),
            "only_archived": self.only_archived,
            "only_shadow": self.only_shadow,
            "reason": self.unread or None,
        }


def compare(archived: Effects, shadow: Effects) -> list[Aspect]:
    """Aspect by aspect; one that is empty on both sides is left away."""
    found = [_aspect(name, archived, shadow) for name in ASPECTS]
    return [aspect for aspect in found if aspect.same or aspect.differs or aspect.unread]


def _aspect(name: str, archived: Effects, shadow: Effects) -> Aspect:
    for side, effects in (("archived", archived), ("shadow", shadow)):
        if name in effects.unread:
            return Aspect(name, [], [], [], f"{side} side: {effects.unread[name]}")
    one = archived.lines.get(name, Counter())
    other = shadow.lines.get(name, Counter())
    only_archived, only_shadow = one - other, other - one
    near = _near(only_archived, only_shadow)
    return Aspect(
        name,
        sorted([*(one & other).elements(), *(old for old, _ in near)]),
        sorted((only_archived - Counter(old for old, _ in near)).elements()),
        sorted((only_shadow - Counter(new for _, new in near)).elements()),
    )


def _near(one: Counter[str], other: Counter[str]) -> list[tuple[str, str]]:
    """Pairs of lines that count the same tokens but for the length of ids and addresses."""
    pairs = []
    left = list(other.elements())
    for old in one.elements():
        new = next((line for line in left if _is_near(old, line)), None)
        if new is not None:
            left.remove(new)
            pairs.append((old, new))
    return pairs


def _is_near(old: str, new: str) -> bool:
    first, second = TOKENS.fullmatch(old), TOKENS.fullmatch(new)
    if first is None or second is None or first["what"] != second["what"]:
        return False
    amounts = Decimal(first["amount"]), Decimal(second["amount"])
    return max(amounts) - min(amounts) <= max(amounts) * TOLERANCE


def told(aspect: Aspect) -> list[str]:
    """The aspect on the terminal."""
    if aspect.unread:
        return [f"{aspect.name:10} not compared, {aspect.unread}"]
    if not aspect.differs:
        return [f"{aspect.name:10} the same ({len(aspect.same)})"]
    lines = [f"{aspect.name:10} DIFFER ({len(aspect.same)} the same)"]
    for what, only in (("archive", aspect.only_archived), ("shadow", aspect.only_shadow)):
        lines += [
            f"  only in the {what}: {line}{f'  ({count} times)' if count > 1 else ''}"
            for line, count in Counter(only).items()
        ]
    return lines
