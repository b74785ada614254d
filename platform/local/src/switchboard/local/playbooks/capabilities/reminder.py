"""Reminders and alerts: who is told, when, once, and with which words."""

import re
from dataclasses import dataclass

from switchboard.local.playbooks.part import Check, Part
from switchboard.local.playbooks.quantities import is_strict, quantities
from switchboard.local.playbooks.story import Story
from switchboard.local.playbooks.template import filled
from switchboard.local.playbooks.words import words

_REMIND = words("reminder", "remind")
_BEFORE = words("reminder", "before")
_AFTER = words("reminder", "after")
_ONCE = words("reminder", "once")
_DONE = words("reminder", "done")
_TEXT = words("reminder", "text")
_OPT_OUT = words("reminder", "opt_out")
_BELOW = words("reminder", "below")
_OVER = words("reminder", "over")
_HOURS = {"minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "month": 720}
_UNITS = tuple(_HOURS)


@dataclass(frozen=True)
class Lead:
    """So many hours before (or after) the moment that counts."""

    hours: float
    before: bool
    words: str
    criterion: int


@dataclass(frozen=True)
class Reminder:
    """When and whom to remind."""

    leads: tuple[Lead, ...]
    threshold: tuple[str, str, int] | None
    asks: tuple[tuple[str, int], ...]


def read(story: Story) -> Reminder | None:
    """The reminders the story asks for."""
    if not _REMIND.search(story.asked):
        return None
    leads: list[Lead] = []
    asks: list[tuple[str, int]] = []
    threshold: tuple[str, str, int] | None = None
    for index, text in enumerate(story.criteria):
        leads += _leads(index, text)
        threshold = threshold or _threshold(index, text)
        for kind, pattern in (("once", _ONCE), ("done", _DONE), ("text", _TEXT), ("off", _OPT_OUT)):
            if pattern.search(text):
                asks.append((kind, index))
    if not leads and not threshold:
        return None
    return Reminder(tuple(leads[:4]), threshold, tuple(asks))


def _leads(index: int, text: str) -> list[Lead]:
    """The moments one criterion names ("7 days and 1 day before")."""
    before, after = bool(_BEFORE.search(text)), bool(_AFTER.search(text))
    if not (before or after):
        return []
    return [
        Lead(float(item.value) * _HOURS[item.unit], before, f"{item.value:f} {item.unit}", index)
        for item in quantities(text)
        if item.unit in _UNITS
    ]


def _threshold(index: int, text: str) -> tuple[str, str, int] | None:
    """A limit of a number that calls for an alert: operator and value."""
    number = next((item for item in quantities(text) if item.unit not in _UNITS), None)
    if number is None or not _REMIND.search(text):
        return None
    if _BELOW.search(text[: number.start]):
        at_or_below = re.search(
            r"or (?:less|below|fewer)|falls? to|oder weniger|or equal", text, re.I
        )
        return ("<=" if at_or_below else "<", f"{number.value:f}", index)
    if _OVER.search(text[: number.start]):
        return (">" if is_strict(text, number) else ">=", f"{number.value:f}", index)
    return None


def part(story: Story, reminder: Reminder) -> Part:
    """The module that finds who is to be told, and its tests."""
    leads = "".join(
        f"    timedelta(hours={'-' if not lead.before else ''}{lead.hours:g}),\n"
        for lead in {(item.hours, item.before): item for item in reminder.leads}.values()
    )
    operator, value, _ = reminder.threshold or ("<", "0", 0)
    source = filled(
        "reminder.py.tmpl",
        {
            "title": story.short_title,
            "leads": leads,
            "operator": operator,
            "threshold": value,
        },
        leads=bool(reminder.leads),
        threshold=reminder.threshold is not None,
    )
    names = (["LEADS", "Item", "due_reminders", "message"] if reminder.leads else []) + (
        ["THRESHOLD", "needs_alert"] if reminder.threshold else []
    )
    return Part(
        module="reminder",
        summary="finds the reminders that are due",
        source=source,
        names=tuple(names),
        checks=tuple(_checks(reminder)),
        assumptions=(
            "Finding what is due is separate from sending it: no mail or push service is touched.",
        ),
    )


_ITEM = (
    "due = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)\n"
    'item = Item("42", "Return the library book", due, owner="ada"{extra})\n'
)


def _checks(reminder: Reminder) -> list[Check]:
    found: list[Check] = []
    for lead in reminder.leads:
        body = _ITEM.format(extra="") + f"assert due_reminders([item], {_moment(lead)}) == [item]"
        if lead == _earliest(reminder):
            body += f"\nassert due_reminders([item], {_moment(lead)} - timedelta(minutes=1)) == []"
        case = f"{lead.words} {'before' if lead.before else 'after'}"
        found.append(Check(lead.criterion, case, body))
    if reminder.threshold:
        found.append(_threshold_check(*reminder.threshold))
    return [*found, *_asked(reminder)]


def _moment(lead: Lead) -> str:
    return f"due {'-' if lead.before else '+'} timedelta(hours={lead.hours:g})"


def _earliest(reminder: Reminder) -> Lead:
    return max(reminder.leads, key=lambda lead: lead.hours if lead.before else -lead.hours)


def _threshold_check(operator: str, value: str, index: int) -> Check:
    inside = f'Decimal("{value}") {"-" if "<" in operator else "+"} 1'
    outside = f'Decimal("{value}") {"+" if "<" in operator else "-"} 1'
    at = "" if "=" in operator else "not "
    body = f"assert needs_alert({inside})\nassert not needs_alert({outside})\n"
    return Check(index, "at the limit", body + f"assert {at}needs_alert(THRESHOLD)")


def _asked(reminder: Reminder) -> list[Check]:
    if not reminder.leads:
        return []
    moment = _moment(reminder.leads[0])
    keys = "{item.key(number) for number in range(len(LEADS))}"
    bodies = {
        "once": _ITEM.format(extra="")
        + f"sent = {keys}\nassert due_reminders([item], {moment}, sent) == []",
        "done": _ITEM.format(extra=", done=True") + f"assert due_reminders([item], {moment}) == []",
        "text": _ITEM.format(extra="")
        + 'assert "Return the library book" in message(item)\nassert "2026-03-20" in message(item)',
        "off": _ITEM.format(extra="")
        + f'assert due_reminders([item], {moment}, muted={{"ada"}}) == []',
    }
    cases = {"once": "not twice", "done": "not when done", "text": "words", "off": "switched off"}
    return [Check(index, cases[kind], bodies[kind]) for kind, index in reminder.asks]
