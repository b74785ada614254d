"""Signing in: lockout after failed attempts, sessions that end, links that expire."""

import re
from dataclasses import dataclass

from switchboard.local.playbooks.part import Check, Part
from switchboard.local.playbooks.quantities import first, quantities
from switchboard.local.playbooks.story import Story
from switchboard.local.playbooks.template import filled

_LOGIN = re.compile(
    r"log[- ]?in\b|sign[- ]?in\b|logged|lock(?:ed)?[- ]?out|\block(?:ed|s)?\b|anmeldung|einloggen|gesperrt|"
    r"connexion|verrouill|inicio de sesi[oó]n|iniciar sesi[oó]n|bloquea|session|password reset|reset link|"
    r"authenticat",
    re.IGNORECASE,
)
_LOCK = re.compile(
    r"lock|block|gesperrt|sperre|verrouill|bloqu|failed|wrong|incorrect|fehlgeschlagen|falsch|échou|"
    r"fallid",
    re.IGNORECASE,
)
_RESET_COUNT = re.compile(
    r"reset[s]? (?:the )?(?:counter|count|attempts)|counter (?:is )?reset|zähler.*zurück|compteur|contador",
    re.IGNORECASE,
)
_AFTER_LOCK = re.compile(
    r"(?:after|once|when).*(?:minutes?|hours?|period|lock).*(?:again|unlock|can (?:log|sign))|unlock|"
    r"wieder (?:anmelden|einloggen)|entsperr|déverrouill|desbloque",
    re.IGNORECASE,
)
_WHILE = re.compile(
    r"even with (?:the )?(?:correct|right)|while locked|during (?:the )?lock|auch mit (?:dem )?(?:richtigen|"
    r"korrekten)|même avec|incluso con",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"session|inactiv|idle|logged out|signed out|untätig|abgemeldet|inactivité|inactividad|log out",
    re.I,
)
_LINK = re.compile(r"link|token|reset|lien|enlace", re.IGNORECASE)
_ONCE = re.compile(
    r"once|single.use|one.time|nur einmal|une seule fois|una sola vez", re.IGNORECASE
)
_GOOD = re.compile(
    r"valid credentials|correct (?:password|credentials)|can (?:log|sign) in|successful|richtige[nm]? "
    r"(?:passwort|zugangsdaten)|identifiants (?:corrects|valides)|credenciales",
    re.IGNORECASE,
)
_SAME = re.compile(
    r"does not reveal|same (?:error|message)|generic (?:error|message)|not disclose|verrät nicht|"
    r"whether (?:the )?(?:e-?mail|user|account)",
    re.IGNORECASE,
)
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
    kinds: list[str] = []
    if first(text, "attempt") and _LOCK.search(text):
        kinds.append("lock")
    if _WHILE.search(text):
        kinds.append("while")
    if _RESET_COUNT.search(text):
        kinds.append("counter")
    if _AFTER_LOCK.search(text) and not _SESSION.search(text):
        kinds.append("unlock")
    if timed and _SESSION.search(text) and not _LINK.search(text):
        kinds.append("session")
    if timed and _LINK.search(text):
        kinds.append("link")
    if _ONCE.search(text) and _LINK.search(text):
        kinds.append("once")
    if _GOOD.search(text) and not kinds:
        kinds.append("good")
    if _SAME.search(text):
        kinds.append("same")
    return kinds


def part(story: Story, access: Access) -> Part:
    """The module with the sign-in rules, and its tests."""
    kinds = {kind for kind, _ in access.asks}
    wanted = {"session": "session" in kinds, "link": bool(kinds & {"link", "once"})}
    source = filled(
        "access.py.tmpl",
        {
            "title": story.title.replace("\\", "").replace('"', "'"),
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
    for kind, index in access.asks:
        body = _BODIES[kind]
        if kind == "lock":
            body += f"\nassert MAX_ATTEMPTS == {access.attempts}"
        found.append(Check(index, _CASES[kind], body))
    return tuple(found)
