"""The matter a caller reports: what is known about it, and the ticket it becomes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from switchboard.local.playbooks.desk.heard_concepts import phrases_at
from switchboard.local.playbooks.desk.understanding import KINDS, Meaning, understand
from switchboard.local.playbooks.desk.vocabulary import meant, small
from switchboard.local.playbooks.desk.wording import core, sentence, summary_of, title_of

THIS_CALLER = "this-caller"
"""The caller as the model names it; the desk's gateway puts the real one there."""
MOST_DESCRIBED = 4_000
CLEAR = 4
"""Words of content that make a general complaint clear enough."""
_CATEGORY = {"password": "access", "software": "inquiry"}
_SYMPTOMS = ("damaged", "slow", "wrong", "no_print", "locked", "forgot", "unheard", "down", "leak")
_NAMED = (
    "secret",
    "no_login",
    "vpn",
    "container",
    "program",
    "app",
    "product",
    "service",
    "network",
)
_EXPECTED = re.compile(
    r"\b(?:should|supposed to|expected|instead of|ought to|used to)\b", re.IGNORECASE
)


@dataclass
class Problem:
    """A matter, as the caller tells it bit by bit."""

    kind: str
    parts: list[str]
    expected: str = ""
    lead: str = "summary"
    extra: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, meaning: Meaning) -> "Problem":
        """The matter in an utterance."""
        return cls(kind_of(meaning), [meaning.heard.text] if core(meaning.heard.text) else [])

    @property
    def meaning(self) -> Meaning:
        """All of it understood together."""
        return understand(". ".join(self.parts))

    def add(self, said: str) -> None:
        """The caller tells more."""
        self.parts = [*self.parts, said] if not self.is_empty else [said]
        self.kind = kind_of(self.meaning)

    def correct(self, meaning: Meaning) -> None:
        """The caller meant something else: another thing, or another matter."""
        told = core(meaning.heard.text)
        swapped = _swap(self.parts[0], told) if self.parts else None
        self.parts = [swapped, *self.parts[1:]] if swapped else [told]
        self.kind = kind_of(self.meaning)

    @property
    def is_empty(self) -> bool:
        """Nothing about the matter itself was said yet: "I have a problem"."""
        known = understand(" ".join(self.parts))
        return known.intent == "unclear" and _content(known) < 2  # noqa: PLR2004 - "it hums" is two

    @property
    def is_vague(self) -> bool:
        """An engineer could not begin with it."""
        known = self.meaning
        if self.kind == "access":
            return not known.has(*_NAMED) and _content(known) < CLEAR
        if self.kind in {"password", "outage"} or known.has(*_SYMPTOMS):
            return False
        if self.kind == "inquiry":
            return not self.is_wish or _content(known) < 2  # noqa: PLR2004 - "how to print" is two
        if not known.has("failing", "negated"):
            return _content(known) < CLEAR
        return known.has("generic") and _content(known) < CLEAR

    @property
    def is_wish(self) -> bool:
        """A question or a wish, rather than something that fails."""
        return self.meaning.has("howto", "request", "want", "question")

    @property
    def wants_expectation(self) -> bool:
        """A fault in a product, and nobody said yet what should have happened."""
        return self.kind == "software_defect" and not self.expected and not self.says_expected

    @property
    def says_expected(self) -> bool:
        """Whether the caller's own words tell what should have happened."""
        return bool(_EXPECTED.search(" ".join(self.parts)))

    @property
    def thing(self) -> str:
        """The device it is about, as the caller calls it."""
        words = self.meaning.heard.words
        stems = [meant(word) for word in words]
        for index in range(len(words)):
            found = [p for p in phrases_at(words, stems, index) if p.concept == "device"]
            if found:
                return " ".join(words[index : index + len(found[0].stems)])
        return ""

    @property
    def summary(self) -> str:
        """In one line, for the caller."""
        return summary_of([*self.parts, *self.extra]) or "you need our help"

    @property
    def is_urgent(self) -> bool:
        """Many people, or somebody who cannot work."""
        return self.urgency == 1

    @property
    def impact(self) -> int:
        """1 everybody, 2 a group, 3 one person."""
        known = self._everything
        if self.kind == "outage":
            return 1 if known.has("everyone", "plural", "product") else 2
        if known.has("everyone"):
            return 1
        return 2 if known.has("team") else 3

    @property
    def urgency(self) -> int:
        """1 cannot work, 2 hindered, 3 can wait."""
        known = self._everything
        if known.has("waits"):
            return 3
        if self.kind == "outage" or known.has("urgent"):
            return 1
        return 3 if self.kind == "inquiry" else 2

    @property
    def _everything(self) -> Meaning:
        return understand(". ".join([*self.parts, *self.extra]))

    def arguments(self) -> Mapping[str, Any]:
        """What create_ticket gets."""
        told = [sentence(part) for part in [*self.parts, *self.extra] if part]
        if self.expected:
            told.append(f"Expected: {sentence(self.expected)}")
        category = _CATEGORY.get(self.kind, self.kind)
        if self.kind == "access" and self.meaning.has("vpn"):
            category = "network"
        return {
            "caller_id": THIS_CALLER,
            "issue_description": "\n".join(told)[:MOST_DESCRIBED] or "The caller needs help.",
            "short_description": title_of(self.parts) or "Caller needs help",
            "category": category,
            "impact": self.impact,
            "urgency": self.urgency,
        }


def kind_of(meaning: Meaning) -> str:
    """Which kind of matter speaks loudest; a question when none does."""
    if meaning.intent in KINDS:
        return meaning.intent
    best = max(KINDS, key=meaning.weight)
    return best if meaning.weight(best) > 0 else "inquiry"


def _content(meaning: Meaning) -> int:
    return sum(word not in small("little") for word in meaning.heard.words)


def _swap(text: str, told: str) -> str | None:
    """The text with its thing replaced by the one that was meant: mouse becomes monitor."""
    old, new = _things(text), _things(told)
    wanted = next((item for item in new if item[0] in {kind for kind, _ in old}), None)
    if wanted is None:
        return None
    word = next(word for kind, word in old if kind == wanted[0])
    return re.sub(rf"\b{re.escape(word)}\b", wanted[1], text, count=1, flags=re.IGNORECASE)


def _things(text: str) -> Sequence[tuple[str, str]]:
    """Things named in a text that are not denied, with the concept they belong to."""
    words = re.findall(r"[a-z]+|\d+", text.lower())
    stems = [meant(word) for word in words]
    found = []
    for index in range(len(words)):
        for phrase in phrases_at(words, stems, index):
            denied = "not" in words[max(0, index - 2) : index]
            if phrase.concept in {"device", "app", "product", "network"} and not denied:
                found.append((phrase.concept, " ".join(words[index : index + len(phrase.stems)])))
    return found
