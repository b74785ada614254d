"""Dates in sentences, in the forms people write them."""

import re
from datetime import date

_MONTHS = (
    r"jan\w*", r"feb\w*|fév\w*", r"mar\w*|mär\w*", r"apr\w*|avr\w*|abr\w*", r"may|mai|mayo",
    r"june?|juin|junio?|juni", r"july?|juil\w*|julio?|juli", r"aug\w*|août|agosto", r"sep\w*",
    r"o[ck]t\w*", r"nov\w*", r"de[czç]\w*|déc\w*|dic\w*",
)  # fmt: skip
_MONTH = "|".join(f"(?P<m{number}>{names})" for number, names in enumerate(_MONTHS, start=1))
_FORMS = (
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b"),
    re.compile(r"\b(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})\b"),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)? (?:of |de )?(?:{_MONTH})\.?,? (?:de )?"
        r"(?P<year>\d{4})\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:{_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})\b",
        re.IGNORECASE,
    ),
)


def first_date(text: str) -> date | None:
    """The first date of a text that is in the calendar."""
    return next((day for form in _FORMS for day in map(_date, form.finditer(text)) if day), None)


def in_code(day: date) -> str:
    """The date as Python writes it."""
    return f"date({day.year}, {day.month}, {day.day})"


def without_dates(text: str, code: str) -> str:
    """The text without the dates that code uses."""
    for form in _FORMS:
        for match in list(form.finditer(text)):
            day = _date(match)
            if day and in_code(day) in code:
                text = text.replace(match[0], " ")
    return text


def _date(match: re.Match[str]) -> date | None:
    found = match.groupdict()
    named = (number for number in range(1, 13) if found.get(f"m{number}"))
    try:
        return date(int(found["year"]), int(found.get("month") or next(named)), int(found["day"]))
    except (ValueError, StopIteration):
        return None
