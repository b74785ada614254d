"""Which language a story is in, and the words its prototype uses."""

import re
import tomllib
from functools import cache
from importlib.resources import files

_COMMON = {
    "de": r"\b(?:der|die|das|und|ich|nicht|ein|eine|wird|werden|kann|muss|mit|für|auf|ist|nach)\b",
    "fr": r"\b(?:le|la|les|des|une|est|et|je|pour|dans|avec|doit|peut|sur|aux|du|par|trier)\b",
    "es": r"\b(?:el|los|las|una|es|para|con|debe|puede|del|por|que|como|se|son)\b",
    "en": r"\b(?:the|and|is|are|with|must|can|should|of|to|when|for|as|a|an|by|per|be)\b",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _COMMON.items()}


def language_of(text: str) -> str:
    """`en`, `de`, `fr` or `es`, by the most frequent small words."""
    counts = {name: len(pattern.findall(text)) for name, pattern in _PATTERNS.items()}
    best = max(counts, key=lambda name: (counts[name], name == "en"))
    return best if counts[best] else "en"


@cache
def labels(language: str) -> dict[str, str]:
    """The words of a language; English where one is not translated."""
    text = files("switchboard.local.playbooks").joinpath("labels.toml").read_text("utf-8")
    known: dict[str, dict[str, str]] = tomllib.loads(text)
    return {**known["en"], **known.get(language, {})}
