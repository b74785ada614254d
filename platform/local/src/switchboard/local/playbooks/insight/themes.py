"""What several people speak of: words by their stems, and sentences of theirs as proof."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from switchboard.local.playbooks.insight.findings import small_words
from switchboard.local.playbooks.insight.queries import LONGEST_TEXT

MAX_THEMES = 5
MAX_STEMS = 3
MAX_QUOTES = 2
LEAST_VOICES = 2
LEAST_SHARE = 0.02
TOGETHER = 0.5
"""Two stems are one theme when at least this part of their responses is the same."""
SHORTEST_QUOTE, LONGEST_QUOTE = 12, 220
_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE_END = re.compile(r"(?<=[.!?。])\s+|\n+")
_SUFFIXES = (
    *("ations", "ation", "ingly", "ments", "ment", "ness", "ions", "ings"),
    *("ion", "ing", "ies", "ied", "ers", "est", "ed", "er", "es", "en", "ly", "s", "e", "n", "y"),
)
_SHORTEST_STEM = 4


@dataclass(frozen=True)
class Told:
    """What somebody wrote: the free text, the concern, or both."""

    texts: tuple[str, ...]
    rating: float | None
    would_use: str
    stems: Mapping[str, str] = field(default_factory=dict)
    """Words by their stems."""


@dataclass(frozen=True)
class Quote:
    """A part of what somebody wrote, letter for letter."""

    text: str
    by: Told


@dataclass(frozen=True)
class Theme:
    """A theme; `n` and `mean` come from a query over all responses."""

    label: str
    stems: tuple[str, ...]
    voices: frozenset[int]
    n: int = 0
    mean: float | None = None
    quotes: tuple[Quote, ...] = ()


def told_of(rows: Iterable[Mapping[str, Any]]) -> list[Told]:
    """The rows of the texts query; what several people sent alike is one voice."""
    found: dict[tuple[str, ...], Told] = {}
    for row in rows:
        texts = tuple(
            text for name in ("said", "concern") if (text := str(row.get(name) or "").strip())
        )
        if texts and texts not in found:
            rating = row.get("overall")
            known = None if rating is None else float(rating)
            stems = _stems(" ".join(texts))
            found[texts] = Told(texts, known, str(row.get("would_use") or ""), stems)
    return list(found.values())


def _stems(text: str) -> dict[str, str]:
    words = [word for word in _WORD.findall(text.lower()) if word not in small_words()]
    return {stem_of(word): word for word in reversed(words)}


def stem_of(word: str) -> str:
    """The beginning that the forms of a word share, roughly, in four languages."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            return stem_of(word[: -len(suffix)])
    return word


def themes_of(told: Sequence[Told], title: str) -> list[Theme]:
    """The themes, those first that many mention and that go with other ratings than usual."""
    voices: dict[str, set[int]] = {}
    for place, item in enumerate(told):
        for stem in item.stems:
            voices.setdefault(stem, set()).add(place)
    least = max(LEAST_VOICES, round(LEAST_SHARE * len(told)))
    weights = {
        stem: _weight(places, told) * (0.5 if stem in _stems(title) else 1.0)
        for stem, places in voices.items()
        if len(places) >= least
    }
    themes: list[Theme] = []
    for stem in sorted(weights, key=lambda stem: (-weights[stem], stem)):
        _add(themes, stem, frozenset(voices[stem]), told)
    return themes


def _weight(places: Iterable[int], told: Sequence[Told]) -> float:
    ratings = [rating for place in places if (rating := told[place].rating) is not None]
    usual = [item.rating for item in told if item.rating is not None]
    if not ratings or not usual:
        return float(len(list(places)))
    gap = abs(sum(ratings) / len(ratings) - sum(usual) / len(usual))
    return len(list(places)) * (1 + gap)


def _add(themes: list[Theme], stem: str, voices: frozenset[int], told: Sequence[Told]) -> None:
    """A stem that the same people use belongs to their theme, as long as that stays readable."""
    for place, theme in enumerate(themes):
        shared = len(theme.voices & voices) / len(theme.voices | voices)
        if shared >= TOGETHER:
            if len(theme.stems) < MAX_STEMS:
                label = f"{theme.label}, {_label(stem, told)}"
                both = theme.voices | voices
                themes[place] = replace(theme, label=label, stems=(*theme.stems, stem), voices=both)
            return
    if len(themes) < MAX_THEMES:
        themes.append(Theme(_label(stem, told), (stem,), voices))


def _label(stem: str, told: Sequence[Told]) -> str:
    """The form of the word that people use most."""
    forms = Counter(item.stems[stem] for item in told if stem in item.stems)
    return min(forms, key=lambda form: (-forms[form], form))


def with_quotes(themes: Iterable[Theme], told: Sequence[Told]) -> list[Theme]:
    """The themes with sentences that speak of them; one that has none of its own is dropped."""
    used: set[str] = set()
    found = [replace(theme, quotes=tuple(_quotes(theme, told, used))) for theme in themes]
    return [theme for theme in found if theme.quotes]


def _quotes(theme: Theme, told: Sequence[Told], used: set[str]) -> list[Quote]:
    """By different people; the typical ones, whose rating is nearest to the theme's, come first."""
    typical = theme.mean if theme.mean is not None else 3.0
    found = [
        Quote(sentence, told[place])
        for place in sorted(theme.voices)
        for text in told[place].texts
        for sentence in sentences(text)
        if set(_stems(sentence)) & set(theme.stems)
    ]
    found.sort(
        key=lambda item: (abs((item.by.rating or typical) - typical), -len(item.text), item.text)
    )
    chosen: list[Quote] = []
    for item in found:
        fresh = item.text.casefold() not in used and item.by not in [known.by for known in chosen]
        if fresh and len(chosen) < MAX_QUOTES:
            used.add(item.text.casefold())
            chosen.append(item)
    return chosen


def sentences(text: str) -> list[str]:
    """The sentences of a text that can stand alone; a long one is cut at a word, with dots."""
    parts = [part.strip() for part in _SENTENCE_END.split(text)]
    if len(text) >= LONGEST_TEXT and len(parts) > 1:
        parts.pop()  # the query cut it somewhere
    return [_cut(part) for part in parts if len(part) >= SHORTEST_QUOTE]


def _cut(sentence: str) -> str:
    if len(sentence) <= LONGEST_QUOTE:
        return sentence
    return f"{sentence[: LONGEST_QUOTE + 1].rsplit(None, 1)[0]}…"
