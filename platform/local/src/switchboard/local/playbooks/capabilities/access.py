"""Signing in: lockout after failed attempts, sessions that end, links that expire."""

import re
from dataclasses import dataclass

from switchboard.local.playbooks.part import Check, Part
from switchboard.local.playbooks.quantities import first, quantities
from switchboard.local.playbooks.story import Story
from switchboard.local.playbooks.template import filled
from switchboard.local.playbooks.words import words

_LOGIN = words("access", "login")
_LOCK = words("access", "lock")
_RESET_COUNT = words("access", "reset_count")
_AFTER_LOCK = words("access", "after_lock")
_WHILE = words("access", "while")
_SESSION = words("access", "session")
_LINK = words("access", "link")
_ONCE = words("access", "once")
_GOOD = words("access", "good")
_SAME = words("access", "same")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10_080}
_UNITS = tuple(_MINUTES)


@dataclass(frozen=True)
class Access:
    """The rules of signing in; minutes, and the criteria behind them."""

    attempts: int = 5
    lock_minutes: int = 15
    session_minutes: int = 30
    link_minutes: int = 60
    lock_given: bool = False
    asks: tuple[tuple[str, int], ...] = ()


def read(story: Story) -> Access | None:
    """The rules the story gives; None when nobody signs in."""
    if not _LOGIN.search(story.asked):
        return None
    found: dict[str, int | bool] = {}
    asks: list[tuple[str, int]] = []
    for index, text in enumerate(story.criteria):
        asks += [(kind, index) for kind in _kinds(text)]
        minutes = _minutes(text)
        attempts = first(text, "attempt")
        if attempts is None and _LOCK.search(text):
            attempts = next((item for item in quantities(text, "") if 1 < item.whole <= 20), None)  # noqa: PLR2004
        if attempts and _LOCK.search(text):
            found.setdefault("attempts", attempts.whole)
        if (
            minutes
            and _LINK.search(text)
            and re.search(r"expir|valid|abl[aä]uf|gültig|caduc", text, re.I)
        ):
            found.setdefault("link_minutes", minutes)
        elif minutes and _SESSION.search(text):
            found.setdefault("session_minutes", minutes)
        elif minutes and (_LOCK.search(text) or _AFTER_LOCK.search(text)):
            found.setdefault("lock_minutes", minutes)
            found["lock_given"] = True
    return Access(**found, asks=tuple(asks)) if asks else None  # type: ignore[arg-type]


def _minutes(text: str) -> int | None:
    time = first(text, *_UNITS)
    return time.whole * _MINUTES[time.unit] if time else None


def _kinds(text: str) -> list[str]:
    """Which of our rules a criterion asks for."""
    timed = _minutes(text) is not None
    about_session, about_link = _SESSION.search(text), _LINK.search(text)
    found = {
        "lock": first(text, "attempt") and _LOCK.search(text),
        "while": _WHILE.search(text),
        "counter": _RESET_COUNT.search(text),
        "unlock": _AFTER_LOCK.search(text) and not about_session,
        "session": timed and about_session and not about_link,
        "link": timed and about_link,
        "once": _ONCE.search(text) and about_link,
    }
    kinds = [kind for kind, wanted in found.items() if wanted]
    if not kinds and _GOOD.search(text):
        kinds.append("good")
    return [*kinds, "same"] if _SAME.search(text) else kinds


def part(story: Story, access: Access) -> Part:
    """The module with the sign-in rules, and its tests."""
    kinds = {kind for kind, _ in access.asks}
    wanted = {"session": "session" in kinds, "link": bool(kinds & {"link", "once"})}
    source = filled(
        "access.py.tmpl",
        {
            "title": story.short_title,
            "attempts": str(access.attempts),
            "lock": str(access.lock_minutes),
            "session": str(access.session_minutes),
            "link": str(access.link_minutes),
        },
        **wanted,
    )
    names = ["LOCK_TIME", "Login", "MAX_ATTEMPTS"]
    names += ["SESSION_TIME", "Session"] if wanted["session"] else []
    names += ["LINK_TIME", "ResetLinks"] if wanted["link"] else []
    assumptions = ["Passwords are checked by a function that is handed in; none is stored here."]
    if not access.lock_given and "lock" in kinds:
        assumptions.append(
            f"The story names no lock time: {access.lock_minutes} minutes are assumed."
        )
    return Part(
        "access", "guards signing in", source, tuple(names), _checks(access), tuple(assumptions)
    )


_CLOCK = (
    "now = [datetime(2026, 3, 4, 9, 0, tzinfo=UTC)]\n"
    'login = Login(lambda user, password: password == "right", lambda: now[0])\n'
)
_LOCKED = _CLOCK + (
    'for _ in range(MAX_ATTEMPTS):\n    assert not login.attempt("ada", "wrong").allowed\n'
)
_BODIES = {
    "lock": _LOCKED + 'assert login.is_locked("ada")',
    "while": _LOCKED + 'assert not login.attempt("ada", "right").allowed',
    "unlock": _LOCKED + 'now[0] += LOCK_TIME\nassert login.attempt("ada", "right").allowed',
    "counter": _CLOCK
    + 'for _ in range(MAX_ATTEMPTS - 1):\n    login.attempt("ada", "wrong")\n'
    + 'assert login.attempt("ada", "right").allowed\nlogin.attempt("ada", "wrong")\n'
    + 'assert not login.is_locked("ada")',
    "good": _CLOCK + 'assert login.attempt("ada", "right").allowed',
    "same": _CLOCK
    + 'known, unknown = login.attempt("ada", "wrong"), login.attempt("nobody", "wrong")\n'
    + "assert known.message == unknown.message",
    "session": "start = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)\nsession = Session(start)\n"
    "assert session.is_alive(start + SESSION_TIME - timedelta(seconds=1))\n"
    "assert not session.is_alive(start + SESSION_TIME)",
    "link": "start = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)\nlinks = ResetLinks()\n"
    'token = links.create("ada", start)\n'
    "assert links.redeem(token, start + LINK_TIME) is None",
    "once": "start = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)\nlinks = ResetLinks()\n"
    'token = links.create("ada", start)\n'
    'assert links.redeem(token, start) == "ada"\nassert links.redeem(token, start) is None',
}
_CASES = {
    "lock": "locked after the last attempt",
    "while": "right password while locked",
    "unlock": "after the lock has ended",
    "counter": "success resets the counter",
    "good": "right password",
    "same": "same message",
    "session": "session ends",
    "link": "link expires",
    "once": "link works once",
}


def _checks(access: Access) -> tuple[Check, ...]:
    found = []
    lock = ("LOCK_TIME", access.lock_minutes)
    minutes = {
        "lock": lock,
        "while": lock,
        "unlock": lock,
        "session": ("SESSION_TIME", access.session_minutes),
        "link": ("LINK_TIME", access.link_minutes),
    }
    for kind, index in access.asks:
        body = _BODIES[kind]
        if kind == "lock":
            body += f"\nassert MAX_ATTEMPTS == {access.attempts}"
        if kind in minutes:
            name, value = minutes[kind]
            body += f"\nassert {name} == timedelta(minutes={value})"
        found.append(Check(index, _CASES[kind], body))
    return tuple(found)
