"""What state an alarm is in, from the values of its periods, as CloudWatch decides it.

Source: CloudWatch user guide, "Alarm evaluation" and "Configuring how CloudWatch alarms treat
missing data"; its tables are the tests. Points are ministack's: `Timestamp` in seconds, `Value`
seen `Count` times, or a published statistic set `_stat`.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from switchboard.local.engine.alarm_math import Value

Point = Mapping[str, Any]
OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"
EXTRA_PERIODS = 2
"""So many periods more than it evaluates CloudWatch looks back at (the guide's tables: 5 for 3)."""
OPERATORS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
STATISTICS = frozenset({"Average", "Sum", "Minimum", "Maximum", "SampleCount"})


def is_statistic(name: str) -> bool:
    """Whether it is computed here: the five, and percentiles as `p95` or `p99.9`."""
    return name in STATISTICS or (name.startswith("p") and name[1:].replace(".", "", 1).isdigit())


def statistic(points: Sequence[Point], name: str) -> Value:
    """One figure over all points of a period; None without any."""
    figures = [figure for point in points if (figure := _figures(point))[0] > 0]
    if not figures:
        return None
    if name.startswith("p"):
        return _percentile(figures, float(name[1:]))
    count = sum(figure[0] for figure in figures)
    total = sum(figure[1] for figure in figures)
    return {
        "SampleCount": count,
        "Sum": total,
        "Average": total / count,
        "Minimum": min(figure[2] for figure in figures),
        "Maximum": max(figure[3] for figure in figures),
    }[name]


def periods(now: float, length: int, evaluated: int) -> list[tuple[float, float]]:
    """Begin and end of the periods an alarm looks at, the newest first; it ends now."""
    return [
        (now - (back + 1) * length, now - back * length)
        for back in range(evaluated + EXTRA_PERIODS)
    ]


def state(alarm: Mapping[str, Any], values: Sequence[Value]) -> tuple[str, str]:
    """The state of an alarm and the reason, from its values, the newest first."""
    evaluated = int(alarm.get("EvaluationPeriods") or 1)
    needed = int(alarm.get("DatapointsToAlarm") or evaluated)
    breaches, words = OPERATORS[alarm["ComparisonOperator"]]
    threshold = float(alarm["Threshold"])
    present = [value for value in values if value is not None][:evaluated]
    breaching = [value for value in present if breaches(value, threshold)]
    missing = evaluated - len(present)
    treatment = str(alarm.get("TreatMissingData") or "missing")
    if missing == 0:
        found = ALARM if len(breaching) >= needed else OK
    else:
        counts = (len(present), len(breaching), missing)
        premature = _premature(values, needed, lambda value: breaches(value, threshold))
        found = _filled(treatment, counts, needed, premature=premature) or alarm["StateValue"]
    return found, _reason(present, breaching, missing, treatment, (words, threshold, needed))


def _filled(
    treatment: str, counts: tuple[int, int, int], needed: int, *, premature: bool
) -> str | None:
    """The state when some values are missing; None: as it was."""
    present, breaching, missing = counts
    if treatment == "breaching":
        return ALARM if breaching + missing >= needed else OK
    if treatment == "notBreaching" or breaching >= needed:
        return ALARM if breaching >= needed else OK
    if breaching < present:
        return OK
    if treatment == "ignore":
        return None
    if not present:
        return INSUFFICIENT
    return ALARM if premature else None


def _premature(values: Sequence[Value], needed: int, breaches: Callable[[float], bool]) -> bool:
    """Whether the oldest breach is old enough, and nothing since then was well."""
    old = [index for index, value in enumerate(values) if value is not None and breaches(value)]
    return bool(old) and old[-1] + 1 >= needed


def _reason(
    present: Sequence[float],
    breaching: Sequence[float],
    missing: int,
    treatment: str,
    rule: tuple[str, float, int],
) -> str:
    words, threshold, needed = rule
    if not present:
        return f"no data points in the periods evaluated; missing is treated as {treatment}"
    shown = ", ".join(f"{value:g}" for value in present)
    told = f"; {missing} missing treated as {treatment}" if missing else ""
    crossed = "Threshold Crossed: " if breaching else ""
    return (
        f"{crossed}{len(breaching)} of the last {len(present) + missing} data points "
        f"[{shown}] {'was' if len(breaching) == 1 else 'were'} {words} the threshold "
        f"({threshold:g}), {needed} needed{told}"
    )


def _figures(point: Point) -> tuple[float, float, float, float]:
    """Count, sum, minimum and maximum of a point."""
    found = point.get("_stat")
    if found is not None:
        names = ("SampleCount", "Sum", "Minimum", "Maximum")
        count, total, low, high = (float(found.get(name, 0)) for name in names)
        return count, total, low, high
    count, value = float(point.get("Count", 1)), float(point["Value"])
    return count, count * value, value, value


def _percentile(figures: Sequence[tuple[float, float, float, float]], percent: float) -> float:
    """The smallest value that so many percent of all values do not exceed."""
    ordered = sorted((low, count) for count, _total, low, _high in figures)
    wanted = percent / 100 * sum(count for _value, count in ordered)
    seen = 0.0
    for value, count in ordered:
        seen += count
        if seen >= wanted:
            return value
    return ordered[-1][0]
