"""The sentence of a user story: who wants what, and why."""

import re
from dataclasses import dataclass

from switchboard.local.playbooks.prose import unwrapped

_END = r"(?=[.!?](?:\s|$)|\n|$)"
_WANT = r"(?P<want>[^\n]+?)"
_WHO = r"(?P<who>[^,.\n]{2,60}?),?\s+"
_SENTENCES = {
    "en": (
        rf"\bas {_WHO}i (?:want|would like|need|wish)(?P<to> to)?\s+{_WANT}"
        r"(?:,?\s+(?P<why>(?:so that|in order to|so|because)\s+[^\n]+?))?"
    ),
    "de": (
        rf"\bals {_WHO}(?:möchte|will|brauche|muss) (?P<to>ich) {_WANT}"
        r"(?:,?\s+(?P<why>(?:damit|sodass|so dass|um)\s+[^\n]+?))?"
    ),
    "fr": (
        rf"\ben tant qu(?:e |['\u2019]){_WHO}je (?P<to>veux|voudrais|souhaite)\s+{_WANT}"
        r"(?:,?\s+(?P<why>(?:afin (?:de|que)|pour(?: que)?)\s+[^\n]+?))?"
    ),
    "es": (
        rf"\bcomo {_WHO}(?P<to>quiero|deseo|necesito)\s+{_WANT}"
        r"(?:,?\s+(?P<why>para(?: que)?\s+[^\n]+?))?"
    ),
}
_PATTERNS = {name: re.compile(text + _END, re.IGNORECASE) for name, text in _SENTENCES.items()}
_ARTICLE = re.compile(r"(?:an?|the|our|any|every|one)\s", re.IGNORECASE)
_THIRD_PERSON = (
    (re.compile(r"\bI(?: am|['\u2019]m)\b"), "they are"),
    (re.compile(r"\bI was\b"), "they were"),
    (re.compile(r"\bI\b"), "they"),
    (re.compile(r"\bmyself\b", re.IGNORECASE), "themselves"),
    (re.compile(r"\bmine\b", re.IGNORECASE), "theirs"),
    (re.compile(r"\bmy\b", re.IGNORECASE), "their"),
    (re.compile(r"\bme\b", re.IGNORECASE), "them"),
)


@dataclass(frozen=True)
class Wish:
    """Who wants what, and why ("so that ..."); `is_action`: something to do, not to have."""

    who: str
    want: str
    why: str
    sentence: str
    is_action: bool


def wish_of(text: str, language: str) -> Wish | None:
    """The first such sentence of a text; a line that goes on below is one sentence."""
    found = _PATTERNS[language].search(unwrapped(text))
    if found is None:
        return None
    who = _tidy(found["who"])
    return Wish(
        who=who if language != "en" or _ARTICLE.match(who) else f"a {who}",
        want=_tidy(found["want"]),
        why=_tidy(found["why"] or ""),
        sentence=" ".join(found[0].split()),
        is_action=bool(found["to"]),
    )


def in_third_person(text: str) -> str:
    """English words of somebody about themselves, told about them: the verbs need no change."""
    for pattern, replacement in _THIRD_PERSON:
        text = pattern.sub(replacement, text)
    return text


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,;:.")
