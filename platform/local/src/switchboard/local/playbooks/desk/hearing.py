"""From what was said or recognised to plain words: no fillers, no stutter, whole contractions."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from switchboard.local.playbooks.desk.vocabulary import small, spoken, table

MAX_HEARD = 4_000
"""Characters that are understood; nobody says more in one turn."""

_MARKED = re.compile(r"[(\[<][a-z _-]{0,20}[)\]>]")
_TAG = re.compile(r"</?[a-zA-Z][^>]{0,40}>")
_SILENT = re.compile(r"silence|no ?speech|no ?input|noise|inaudible|timeout|breath|pause")
_CONTRACTIONS = (
    (re.compile(r"\b(?:won't|wont)\b"), "will not"),
    (re.compile(r"\b(?:can't|cant|cannot)\b"), "can not"),
    (
        re.compile(
            r"\b(do|does|did|is|are|was|were|has|have|had|would|could|should|must)(?:n't|nt)\b"
        ),
        r"\1 not",
    ),
    (re.compile(r"\b(?:ain't|aint)\b"), "is not"),
    (re.compile(r"\b(?:i'm|im)\b"), "i am"),
    (re.compile(r"\b(it|that|what|there|who|he|she|where|how|here|everything)'s\b"), r"\1 is"),
    (re.compile(r"\b(thats|whats|theres|wheres)\b"), lambda found: f"{found[1][:-1]} is"),
    (re.compile(r"\b(\w+)'re\b"), r"\1 are"),
    (re.compile(r"\b(\w+)'ve\b"), r"\1 have"),
    (re.compile(r"\b(\w+)'ll\b"), r"\1 will"),
    (re.compile(r"\b(i|you|he|she|we|they)'d\b"), r"\1 would"),
    (re.compile(r"\bgonna\b"), "going to"),
    (re.compile(r"\bwanna\b"), "want to"),
    (re.compile(r"\bgimme\b"), "give me"),
    (re.compile(r"\blemme\b"), "let me"),
    (re.compile(r"\bdunno\b"), "do not know"),
    (re.compile(r"\b([vecpiuhr])\.(?=[a-z]\b)"), r"\1 "),
)
FILLER = re.compile(rf"\b(?:{'|'.join(table('grammar')['phrases']['fillers'])})\b(?! huh)")
_WORD = re.compile(r"[a-z]+(?:'s)?|\d+")


@dataclass(frozen=True)
class Heard:
    """One utterance: the caller's text without control characters, and its plain words."""

    text: str
    words: tuple[str, ...]

    @property
    def is_silence(self) -> bool:
        """Nothing was said."""
        return not self.words


def clean(said: str) -> str:
    """The text as a person would write it down: one line, no control characters, no markup."""
    text = _TAG.sub(" ", unicodedata.normalize("NFKC", said[: MAX_HEARD * 4]))
    text = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return " ".join(text.replace("<", " ").replace(">", " ").split())[:MAX_HEARD]


@lru_cache(maxsize=4_096)
def hear(said: str) -> Heard:
    """Take an utterance apart."""
    lowered = said[: MAX_HEARD * 4].lower().replace("’", "'")  # noqa: RUF001 - as people type it
    marks = _MARKED.findall(lowered)
    if any(_SILENT.search(mark) for mark in marks):
        lowered = _MARKED.sub(" ", lowered)
    text = clean(lowered)
    for pattern, replacement in _CONTRACTIONS:
        text = pattern.sub(replacement, text)
    words = spoken(_WORD.findall(FILLER.sub(" ", text)))
    kept = [
        word
        for index, word in enumerate(words)
        if index == 0 or word != words[index - 1] or word.isdigit() or word in small("repeatable")
    ]
    return Heard(clean(said), tuple(kept))
