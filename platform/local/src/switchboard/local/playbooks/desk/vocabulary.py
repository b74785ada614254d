"""The words of the lexicon: their stems, their misspellings, and the phrases they stand in."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import snowballstemmer  # type: ignore[import-untyped]
from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

SHORT, LONG = 5, 8
"""From so many letters on a word may have one mistake, or two."""

_STEMMER = snowballstemmer.stemmer("english")


@dataclass(frozen=True)
class Phrase:
    """Words that stand for a concept; those with "=" are compared as they are."""

    concept: str
    stems: tuple[str, ...]


@dataclass(frozen=True)
class Concept:
    """How a set of phrases behaves behind a negation."""

    denied: str
    thing: bool


@cache
def table(name: str) -> Mapping[str, Any]:
    """A TOML file of this package."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def small(name: str) -> frozenset[str]:
    """A set of small words."""
    return frozenset(table("grammar")["words"][name])


@cache
def concepts() -> Mapping[str, Concept]:
    """All concepts by name."""
    return {
        name: Concept(row.get("denied", ""), bool(row.get("thing")))
        for name, row in table("lexicon")["concept"].items()
    }


@cache
def phrases() -> Mapping[str, tuple[Phrase, ...]]:
    """All phrases by their first stem, the longest first."""
    found: dict[str, list[Phrase]] = {}
    for concept, row in table("lexicon")["concept"].items():
        for text in row["words"]:
            stems = tuple(_keys(text.split()))
            found.setdefault(stems[0], []).append(Phrase(concept, stems))
    return {
        first: tuple(sorted(rows, key=lambda phrase: -len(phrase.stems)))
        for first, rows in found.items()
    }


def _keys(words: Sequence[str]) -> list[str]:
    return [word if word.startswith("=") else stem(word) for word in words]


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """The stem of a word."""
    return str(_STEMMER.stemWord(word.removesuffix("'s"))) if len(word) > 2 else word  # noqa: PLR2004


@cache
def _known() -> frozenset[str]:
    rows = table("lexicon")
    texts = [text for row in rows["concept"].values() for text in row["words"]]
    plain = [*rows["plain"], *(word for key in rows["spoken"] for word in key.split())]
    return frozenset(
        stem(word.removeprefix("=")) for text in [*texts, *plain] for word in text.split()
    )


@cache
def _guessable() -> Mapping[str, tuple[str, ...]]:
    """Words of the trade, long enough to be recognised in spite of a mistake, by first letter."""
    rows = table("lexicon")
    words = {word for name in rows["guessed"] for word in rows["concept"][name]["words"]}
    found: dict[str, list[str]] = {}
    for word in sorted(words):
        if len(word) >= SHORT and word.isalpha():
            found.setdefault(word[0], []).append(word)
    return {first: tuple(rows) for first, rows in found.items()}


@lru_cache(maxsize=16_384)
def meant(word: str) -> str:
    """The stem of a word, or of the known word it is probably a misspelling of."""
    own = stem(word)
    if len(word) < SHORT or word.isdigit() or own in _known():
        return own
    allowed = 1 if len(word) < LONG else 2
    found = extractOne(
        word, _guessable().get(word[0], ()), scorer=OSA.distance, score_cutoff=allowed
    )
    return stem(found[0]) if found else own


@cache
def _spoken() -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for key, word in table("lexicon")["spoken"].items():
        parts = tuple(key.split())
        found.setdefault(parts[0], []).append((parts, word))
    return {
        first: tuple(sorted(rows, key=lambda row: -len(row[0]))) for first, rows in found.items()
    }


def spoken(words: Sequence[str]) -> list[str]:
    """Words that recognition tears apart, put together again: "v p n" is one word."""
    joined: list[str] = []
    index = 0
    while index < len(words):
        for parts, word in _spoken().get(words[index], ()):
            if tuple(words[index : index + len(parts)]) == parts:
                joined.append(word)
                index += len(parts)
                break
        else:
            joined.append(words[index])
            index += 1
    return joined
