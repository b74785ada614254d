"""Concepts heard in words: phrases of the lexicon, changed by negations and neighbours."""

from collections.abc import Mapping, Sequence
from typing import Any

from switchboard.local.playbooks.desk.vocabulary import (
    Phrase,
    concepts,
    meant,
    phrases,
    small,
    table,
)

_REACH, _FAR = 4, 9
"""Words behind a negation that it still denies; the subject of a sentence denies further."""


def concepts_of(words: Sequence[str]) -> set[str]:
    """The concepts in these words, with what negations and neighbours make of them."""
    stems = [meant(word) for word in words]
    found: dict[str, list[int]] = {}
    taken = longest = 0
    for index in range(len(words)):
        for phrase in phrases_at(words, stems, index):
            if index + len(phrase.stems) <= taken:
                continue  # inside a longer phrase that stands for something else
            for name in _said(phrase, words, index):
                found.setdefault(name, []).append(index)
            longest = index + len(phrase.stems)
        taken = max(taken, longest)
    near = table("lexicon")["near"].items()
    pairs = {pair.get("as", name) for name, pair in near if _near(pair, found)}
    several = {"elements"} if len(found.get("element", ())) > 1 else set()
    return {*found, *pairs, *several}


def _near(pair: Mapping[str, Any], found: Mapping[str, Sequence[int]]) -> bool:
    """Whether one concept follows another within so many words."""
    return any(
        0 < then - first <= pair["within"]
        for first in found.get(pair["first"], ())
        for then in found.get(pair["then"], ())
    )


def phrases_at(words: Sequence[str], stems: Sequence[str], index: int) -> list[Phrase]:
    """The longest phrases that begin here; several when one stands for several concepts."""
    candidates = [*phrases().get(stems[index], ()), *phrases().get(f"={words[index]}", ())]
    fitting = [phrase for phrase in candidates if _fits(phrase, words, stems, index)]
    longest = max((len(phrase.stems) for phrase in fitting), default=0)
    return [phrase for phrase in fitting if len(phrase.stems) == longest]


def _fits(phrase: Phrase, words: Sequence[str], stems: Sequence[str], index: int) -> bool:
    if index + len(phrase.stems) > len(words):
        return False
    return all(
        words[index + offset] == key[1:] if key[0] == "=" else stems[index + offset] == key
        for offset, key in enumerate(phrase.stems)
    )


def _said(phrase: Phrase, words: Sequence[str], index: int) -> set[str]:
    """What a phrase stands for at its place."""
    concept = concepts()[phrase.concept]
    if concept.thing:
        return _thing(phrase.concept, words, index)
    if concept.denied and _is_denied(words[:index]):
        return {concept.denied}
    return {phrase.concept}


def _is_denied(before: Sequence[str]) -> bool:
    near, far = before[-_REACH:], before[-_FAR:]
    return not small("negations").isdisjoint(near) or not small("nobody").isdisjoint(far)


def _thing(name: str, words: Sequence[str], index: int) -> set[str]:
    """A thing; "no sound" says that it fails, "not the printer" that it is another one."""
    before = index - 1
    while before >= 0 and words[before] in small("articles"):
        before -= 1
    if before >= 0 and words[before] == "not" and words[before - 1] not in small("auxiliaries"):
        return {"replaced"}
    missing = index > 0 and words[index - 1] in small("missing")
    failing = {"failing"} if missing else set()
    return {name, "thing"} | failing
