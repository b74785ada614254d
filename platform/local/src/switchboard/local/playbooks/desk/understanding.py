"""What an utterance means: concepts heard in it, and the meaning most rules speak for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from switchboard.local.playbooks.desk.heard_concepts import concepts_of
from switchboard.local.playbooks.desk.hearing import Heard, hear
from switchboard.local.playbooks.desk.vocabulary import small, table

LEAST = 3
"""A meaning with less weight was not understood."""
PLAIN = 6
"""A meaning with so much weight is plain."""
WINDOW = 400
"""Words that are weighed; what comes later rarely changes the matter."""
KINDS = (
    "outage",
    "software_defect",
    "password",
    "access",
    "hardware",
    "network",
    "software",
    "inquiry",
)
"""Meanings that are a matter for a ticket."""
TASKS = (*KINDS, "status", "comment")
PERSON_KEY = "0"
"""The key that the desk announces for a person reaches its agent as a text."""
ALONE, SHORT, BRIEF = 2, 4, 9
"""Words of an utterance that is one word or two, short, or brief."""


@dataclass(frozen=True)
class Meaning:
    """An utterance understood."""

    heard: Heard
    intent: str
    weights: Mapping[str, int]
    concepts: frozenset[str]

    def has(self, *names: str) -> bool:
        """Whether one of these concepts was heard."""
        return any(name in self.concepts for name in names)

    def weight(self, intent: str) -> int:
        """How much speaks for a meaning."""
        return self.weights.get(intent, 0)


@dataclass(frozen=True)
class Rule:
    """All of these concepts, and none of those, speak for a meaning."""

    means: str
    weight: int
    wanted: frozenset[str]
    unwanted: frozenset[str]


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(
        Rule(group["means"], row["weight"], frozenset(row["all"]), frozenset(row.get("none", ())))
        for group in table("meanings")["rule"]
        for row in group["rules"]
    )


@lru_cache(maxsize=4_096)
def understand(said: str, *, number: bool = False) -> Meaning:
    """What the caller means; `number` says that a ticket number was heard in it."""
    heard = hear(said)
    if heard.is_silence:
        return Meaning(heard, "silence", {}, frozenset())
    if heard.text == PERSON_KEY:
        return Meaning(heard, "person", {"person": PLAIN}, frozenset())
    found = concepts_of(heard.words[:WINDOW]) | _manner(heard.words, number=number)
    weights: dict[str, int] = {}
    for rule in _rules():
        if rule.wanted <= found and not rule.unwanted & found:
            weights[rule.means] = weights.get(rule.means, 0) + rule.weight
    return Meaning(heard, _heaviest(weights), weights, frozenset(found))


def _heaviest(weights: Mapping[str, int]) -> str:
    """The meaning most speaks for; a yes before a matter only leads over to it."""
    best = max(weights, key=lambda name: weights[name], default="unclear")
    if weights.get(best, 0) < LEAST:
        return "unclear"
    if best == "yes":
        matter = max(TASKS, key=lambda name: weights.get(name, 0))
        return matter if weights.get(matter, 0) >= PLAIN else best
    return best


def _manner(words: Sequence[str], *, number: bool) -> set[str]:
    """How it was said."""
    opening = next((index for index, word in enumerate(words) if word not in small("openers")), 0)
    first, rest = words[opening], words[opening + 1 :]
    found = {
        "number": number,
        "short": len(words) <= SHORT,
        "brief": len(words) <= BRIEF,
        "single": len(words) == 1,
        "alone": len(words) <= ALONE,
        "first_open": first in small("creating"),
        "first_yes": first in small("affirmed"),
        "first_no": first in small("refused") and "thing" not in concepts_of(rest[:1]),
        "question": words[0] in small("questions"),
        "actually": "actually" in words,
        "negated": any(
            pair[1] == "not" and pair[0] in small("auxiliaries") for pair in pairwise(words)
        ),
        "plural": any(
            _is_plural(three) for three in zip(words, words[1:], [*words[2:], ""], strict=False)
        ),
        "theirs": any(_is_theirs(word) for word in words),
    }
    return {name for name, holds in found.items() if holds}


def _is_negated(pair: tuple[str, str]) -> bool:
    return pair[1] == "not" and pair[0] in small("auxiliaries")


def _is_plural(words: Sequence[str]) -> bool:
    """All of something: "all tills", "all our tills"."""
    noun = words[-1] if words[1] in small("articles") else words[1]
    return words[0] == "all" and noun.endswith("s") and noun not in small("no_plurals")


def _is_theirs(word: str) -> bool:
    """Something of somebody: "the boss's"; a printer owns nothing."""
    owner = word.removesuffix("'s")
    return owner != word and owner not in small("no_owners") and "thing" not in concepts_of([owner])
