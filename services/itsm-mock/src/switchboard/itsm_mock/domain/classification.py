"""What a ticket is about, how much it matters and who works on it."""

from typing import NamedTuple

from switchboard.itsm_mock.domain.model import Category
from switchboard.itsm_mock.domain.texts import words


class Weight(NamedTuple):
    """How many it hits and how long it can wait, 1 (most) to 3 (least)."""

    impact: int
    urgency: int


GROUPS = {
    Category.ACCESS: "identity-and-access",
    Category.NETWORK: "network-operations",
    Category.HARDWARE: "workplace-hardware",
    Category.OUTAGE: "major-incident",
    Category.SOFTWARE_DEFECT: "software-engineering",
    Category.INQUIRY: "service-desk",
}
_ORDINARY = Weight(impact=3, urgency=2)
_USUAL = {
    Category.OUTAGE: Weight(impact=1, urgency=1),
    Category.SOFTWARE_DEFECT: Weight(impact=2, urgency=2),
    Category.INQUIRY: Weight(impact=3, urgency=3),
}
LEXICON: dict[Category, dict[str, int]] = {
    Category.ACCESS: dict.fromkeys(
        (
            *("password*", "passcode", "pin", "account", "permission*", "access", "credential*"),
            *("log in", "login", "log on", "logging in", "sign in", "signing in", "single sign on"),
            *("locked out", "unlock*", "authenticator", "mfa", "two factor", "reset"),
        ),
        1,
    ),
    Category.NETWORK: dict.fromkeys(
        (
            *("vpn", "wifi", "wi fi", "wireless", "internet", "network*", "ethernet", "router"),
            *("lan", "proxy", "dns", "connection", "bandwidth"),
        ),
        1,
    ),
    Category.HARDWARE: dict.fromkeys(
        (
            *("laptop*", "notebook", "computer", "desktop", "monitor*", "keyboard", "mouse"),
            *("printer*", "print", "printing", "toner", "paper jam", "scanner", "headset*"),
            *("battery", "charger", "docking", "dock", "cable", "camera", "microphone", "screen"),
            *("phone", "telephone", "tablet"),
        ),
        1,
    ),
    Category.OUTAGE: {
        **dict.fromkeys(("outage", "everybody", "everyone", "nobody can", "no one can"), 2),
        **dict.fromkeys(("all of us", "whole office", "whole team", "whole department"), 2),
        **dict.fromkeys(("whole company", "entire office", "entire team", "for all users"), 2),
        **dict.fromkeys(("is down", "are down", "went down"), 1),
    },
    Category.SOFTWARE_DEFECT: dict.fromkeys(
        (
            *("bug", "bugs", "defect*", "crash*", "freezes", "error message*", "stack trace"),
            *("website", "web site", "web page", "webpage", "web shop", "webshop", "shop", "app"),
            *("application", "software", "program", "form", "button", "checkout", "basket"),
            *("discount*", "order total", "wrong total", "wrong amount", "calculat*", "export*"),
            *("nothing happens", "is ignored", "does not save", "doesn t save", "feature"),
            *("after the update", "since the update", "new version", "release"),
        ),
        1,
    ),
}
"""English words that speak for a category, and how loudly; `*` stands for any ending.

The category with the highest sum wins, the earlier one on a tie; without any it is an inquiry.
"""


def priority(impact: int, urgency: int) -> int:
    """The usual 3 x 3 matrix: 1/1 is 1, either step down is one less pressing, 3/3 is 5."""
    return impact + urgency - 1


def usual_weight(category: Category) -> Weight:
    """What is assumed when nobody says how much it matters."""
    return _USUAL.get(category, _ORDINARY)


def category_of(text: str) -> Category:
    """The category that the words speak for."""
    said = f" {words(text)} "
    scores = {
        category: sum(weight for phrase, weight in phrases.items() if _holds(said, phrase))
        for category, phrases in LEXICON.items()
    }
    best = max(scores, key=lambda category: scores[category])
    return best if scores[best] else Category.INQUIRY


def _holds(said: str, phrase: str) -> bool:
    return f" {phrase[:-1]}" in said if phrase.endswith("*") else f" {phrase} " in said
