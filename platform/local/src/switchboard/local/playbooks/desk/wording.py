"""The caller's words retold: as a short summary to the caller, and as a title for engineers."""

import re
from itertools import pairwise

from switchboard.local.playbooks.desk.hearing import FILLER, clean
from switchboard.local.playbooks.desk.speech import lowered, shortened, speakable
from switchboard.local.playbooks.desk.understanding import KINDS, LEAST, understand
from switchboard.local.playbooks.desk.vocabulary import small, table

MOST_SUMMARY, MOST_TITLE, LEAST_TITLE = 16, 12, 3
_TORN = re.compile(
    "|".join(rf"\b{r'[. ]+'.join(short)}\b" for short in sorted(small("spelled"))), re.IGNORECASE
)
_PHRASES = table("grammar")["phrases"]
_LEADS = re.compile(rf"^(?:{'|'.join(_PHRASES['leads'])})\b[\s,.:;!-]*", re.IGNORECASE)
_TAILS = re.compile(rf"[\s,.;]*\b(?:{'|'.join(_PHRASES['tails'])})[\s.?!]*$", re.IGNORECASE)
_CLAUSES = re.compile(r"[.,;:?!]\s+|\s+(?:because|cause|since the|so that)\s+", re.IGNORECASE)
_WISH = re.compile(
    r"^(?:can|could|would|will) (?:you|someone|somebody|anyone|anybody)(?: please)? ", re.IGNORECASE
)
_HOW = re.compile(r"^(how|where) (?:do|can|would|should|could) (?:i|we) ", re.IGNORECASE)
_SOMEBODY = r"(?:i|we|you|he|she|they|it|my|our|the|a|an|someone|somebody)\b"
_QUESTION = re.compile(
    rf"^(?:what|which|who|when(?! {_SOMEBODY})|where|how|why|is|are|does|do|may|can) ",
    re.IGNORECASE,
)
_CIRCUMSTANCE = re.compile(
    rf"^((?:when|whenever|if|after|as soon as|every time|each time) {_SOMEBODY}[^,]+), (.+)$",
    re.IGNORECASE | re.DOTALL,
)
_BUT = re.compile(r"^(?:but|and|then|yet) ", re.IGNORECASE)
_AFTER_YOU = {"am": "are", "was": "were"}
_STARTS = re.compile(r"^(?:my|the|our|a|an|i|we|there is|there are) ", re.IGNORECASE)


def core(said: str) -> str:
    """What was said without greeting, lead-in, fillers, stutter and politeness."""
    words = _TORN.sub(_joined, FILLER.sub(" ", clean(said))).split()
    kept = [word for before, word in pairwise(["", *words]) if word.lower() != before.lower()]
    text = " ".join(kept).strip(" ,.;:!?-")
    while True:
        shorter = _TAILS.sub("", _LEADS.sub("", text)).strip(" ,.;:!?-")
        if shorter == text or not shorter:
            return text
        text = shorter


def _joined(found: re.Match[str]) -> str:
    """An abbreviation that recognition tore apart: "v p n"."""
    return "".join(re.findall(r"[a-z]", found[0], re.IGNORECASE)).upper()


def retold(said: str) -> str:
    """The core, turned to the caller: "my laptop" becomes "your laptop"."""
    text = core(said)
    if _WISH.match(text):
        return f"you want us to {_turned(_WISH.sub('', text))}"
    if _HOW.match(text):
        return (
            f"you want to know {_turned(_HOW.sub(lambda found: f'{found[1].lower()} to ', text))}"
        )
    if _QUESTION.match(text):
        return f"you want to know {_turned(text)}"
    return _turned(text)


def _turned(text: str) -> str:
    turned: list[str] = []
    for word in text.split():
        bare = word.strip(".,;:!?").lower()
        new = table("grammar")["persons"].get(bare)
        if turned and turned[-1].lower() == "you" and bare in _AFTER_YOU:
            new = _AFTER_YOU[bare]
        turned.append(word if new is None else new + word[len(word.rstrip(".,;:!?")) :])
    return " ".join(turned)


def matter_of(said: str) -> str:
    """The clauses of an utterance that are about the matter; all of them when none stands out."""
    text = core(said)
    told = _CIRCUMSTANCE.match(text)
    if told:
        return f"{_what_happens(told[2])} {lowered(told[1])}"
    clauses = [clause for clause in _CLAUSES.split(text) if clause.strip()]
    telling = [clause for clause in clauses if _is_telling(clause)]
    if not telling or len(telling) == len(clauses):
        return text
    return ", ".join(core(clause) for clause in telling)


def _what_happens(rest: str) -> str:
    """Of what follows "when I press it,": the last clause about the matter."""
    clauses = [_BUT.sub("", clause) for clause in _CLAUSES.split(rest) if clause.strip()]
    telling = [clause for clause in clauses if _is_telling(clause)]
    return (telling or clauses)[-1].strip(" .!?")


def _is_telling(clause: str) -> bool:
    meaning = understand(clause)
    return meaning.has("failing", "negated", "wrong") or any(
        meaning.weight(kind) > LEAST for kind in KINDS
    )


def summary_of(parts: list[str]) -> str:
    """One line for the caller out of everything that was said about the matter."""
    told = [retold(matter_of(part)) for part in parts if core(part)]
    return lowered(speakable(", ".join(told).replace(". ", ", "), MOST_SUMMARY))


def title_of(parts: list[str]) -> str:
    """A title for the people who work on it."""
    matters = [matter_of(part) for part in parts]
    text = _WISH.sub("", max(matters, key=lambda part: len(part.split()), default=""))
    clauses = re.split(r"[.,;:?!] ", text)
    text = _STARTS.sub("", clauses[0] if len(clauses[0].split()) >= LEAST_TITLE else text)
    line = shortened(text, MOST_TITLE)[:160]
    return line[:1].upper() + line[1:]


def sentence(said: str, *, whole: bool = False) -> str:
    """The caller's words as a sentence, nothing added; `whole` keeps the lead-in too."""
    text = " ".join(FILLER.sub(" ", clean(said)).split()).strip(" ,.;") if whole else core(said)
    text = text[:1].upper() + text[1:]
    return f"{text}?" if _QUESTION.match(text) else f"{text}."
