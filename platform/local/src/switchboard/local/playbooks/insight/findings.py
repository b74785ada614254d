"""The answers of the statistics query, sorted."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from switchboard.local.playbooks.insight.queries import RATINGS

ENOUGH_FOR_A_TREND = 3
"""Ratings in each half of the time; with fewer there is no speaking of a trend."""
NOTABLE = 0.3
"""A difference of means worth mentioning, on a scale from 1 to 5."""
WOULD_USE = ("Yes", "Maybe", "No")


@dataclass(frozen=True)
class Counted:
    """How many, and the mean overall rating of those (None: nobody of them rated)."""

    name: str
    n: int
    mean: float | None


@dataclass(frozen=True)
class Rating:
    """One of the ratings: how often it was given, its mean, and how often each value was."""

    name: str
    n: int
    mean: float
    distribution: Mapping[int, int]


@dataclass(frozen=True)
class Period:
    """A day, a week (by its Monday) or a month."""

    name: str
    n: int
    rated: int
    mean: float | None


@dataclass(frozen=True)
class Findings:
    """What was counted."""

    rows: int
    responses: int
    texts: int
    outside: int
    days: tuple[str, str] | None
    ratings: tuple[Rating, ...]
    would_use: tuple[Counted, ...]
    concerns: tuple[Counted, ...]
    periods: tuple[Period, ...]

    def rating(self, name: str) -> Rating | None:
        """A rating that somebody gave."""
        return next((item for item in self.ratings if item.name == name), None)

    @property
    def overall(self) -> float | None:
        """The mean overall rating."""
        found = self.rating(RATINGS[0])
        return found.mean if found else None

    def share(self, answer: str) -> float:
        """The share of an answer among those who said whether they would use it."""
        total = sum(item.n for item in self.would_use)
        return self.users(answer) / total if total else 0.0

    def users(self, answer: str) -> int:
        """How many gave this answer."""
        return sum(item.n for item in self.would_use if item.name == answer)

    @property
    def trend(self) -> float | None:
        """The mean of the later half of the periods less that of the earlier; None: too few."""
        middle = len(self.periods) // 2
        halves = [_mean(self.periods[:middle]), _mean(self.periods[-middle:] if middle else ())]
        earlier, later = halves
        return None if earlier is None or later is None else later - earlier


def _mean(periods: Iterable[Period]) -> float | None:
    known = [(item.rated, item.mean) for item in periods if item.mean is not None]
    total = sum(rated for rated, _ in known)
    if total < ENOUGH_FOR_A_TREND:
        return None
    return sum(rated * mean for rated, mean in known) / total


def findings_of(rows: Iterable[Mapping[str, Any]]) -> Findings:
    """Sort the rows of the statistics query."""
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        parts.setdefault(str(row["part"]), []).append(row)
    ratings = [_rating(name, parts) for name in RATINGS]
    return Findings(
        rows=_number(parts, "rows"),
        responses=_number(parts, "responses"),
        texts=_number(parts, "texts"),
        outside=_number(parts, "outside"),
        days=_days(parts),
        ratings=tuple(item for item in ratings if item is not None),
        would_use=_would_use(parts),
        concerns=tuple(
            item for item in _counted(parts, "concern") if item.name.casefold() not in _no_concern()
        ),
        periods=_periods(parts),
    )


Parts = Mapping[str, list[Mapping[str, Any]]]


def _number(parts: Parts, name: str) -> int:
    return sum(int(row["n"] or 0) for row in parts.get(name, []))


def _rating(name: str, parts: Parts) -> Rating | None:
    row = next((row for row in parts.get("rating", []) if row["name"] == name), None)
    if row is None or not row["n"]:
        return None
    given = {
        int(item["value"]): int(item["n"])
        for item in parts.get("distribution", [])
        if item["name"] == name
    }
    return Rating(name, int(row["n"]), float(row["mean"]), given)


def _counted(parts: Parts, name: str) -> tuple[Counted, ...]:
    found = [
        Counted(str(row["name"]), int(row["n"]), _float(row["mean"])) for row in parts.get(name, [])
    ]
    return tuple(sorted(found, key=lambda item: (-item.n, item.name)))


def _would_use(parts: Parts) -> tuple[Counted, ...]:
    """In the order of the question; what somebody added to the options comes last."""
    order = {name: place for place, name in enumerate(WOULD_USE)}
    found = _counted(parts, "would use")
    return tuple(sorted(found, key=lambda item: order.get(item.name, len(order))))


def _periods(parts: Parts) -> tuple[Period, ...]:
    found = [
        Period(str(row["name"]), int(row["n"]), int(row["value"] or 0), _float(row["mean"]))
        for row in parts.get("period", [])
    ]
    return tuple(sorted(found, key=lambda item: item.name))


def _days(parts: Parts) -> tuple[str, str] | None:
    first, last = (
        next((row["name"] for row in parts.get(name, [])), None)
        for name in ("first day", "last day")
    )
    return (str(first), str(last)) if first and last else None


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


@cache
def _words() -> dict[str, Any]:
    text = files("switchboard.local.playbooks.insight").joinpath("words.toml").read_text("utf-8")
    return tomllib.loads(text)


def _no_concern() -> frozenset[str]:
    return frozenset(_words()["no_concern"])


@cache
def small_words() -> frozenset[str]:
    """Words that make no theme."""
    return frozenset(str(_words()["small"]).split())
