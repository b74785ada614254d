"""What must be true when a defect is mended, taken from the words it was reported in.

A caller says what happens and what should happen in one breath ("When I enter SAVE10, 10 % should
come off, but nothing happens"). What should happen, in the caller's own words, is what an agent can
prove and a reviewer can check. Sentences that give orders (ignore, delete, you must) are left out:
they stay in the quoted report only. That is tidiness, no defence: text of a page is fenced as data
and every tool call has its policy, whatever a criterion says.
"""

import re
from collections.abc import Sequence

from switchboard.ingress.domain.caller_words import sentences, shortened

MAX_CRITERIA = 5
MAX_LENGTH = 300
MAX_SENTENCE = 400
"""A longer one is taken apart at its commas: nobody speaks full stops."""
_ENDS = " .,;!?"

_EXPECTS = re.compile(
    r"\b(?:should(?:n't)?|must(?:n't)?|ought to|expect(?:ed)?"
    r"|(?:is|are|was|were) (?:supposed|meant) to"
    r"|sollte\w*|müsste\w*|devrai\w+|deber[íi]an?)\b",
    re.IGNORECASE,
)
_BREAKS = re.compile(
    r"n['\u2019]t\b|\b(?:not|no|nothing|never|cannot|wrong\w*|errors?|fail\w*|crash\w*|broken|missing"
    r"|blank|empty|stuck|frozen|freez\w+|hangs?|slow\w*|ignored|instead|lost|disappear\w*"
    r"|stop(?:s|ped)|twice|still|stays?|same|unchanged)\b",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"\b(?:only|except|unless|for(?! me\b| us\b)|if|when|up to|at (?:most|least)|limited)\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|pretend|jailbreak|reveal)\b"
    r"|\b(?:instructions?|prompts?|guardrails?|language model|agents?|assistants?)\b"
    r"|\b(?:repositor(?:y|ies)|pull requests?|source code|main branch|credentials?|api keys?"
    r"|(?:environment|env) variables?|secrets?|access tokens?)\b"
    r"|\b(?:rm -rf|sudo|curl|drop table)\b"
    # "you should see" is what a caller expects; "you should delete" is an order to somebody.
    r"|\byou (?:should|must|have to|need to|ought to|are to)\b"
    r"(?! (?:also |then |only |still |not )*(?:get|see|be|receive|have|pay|find|end up|land)\b)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:(?:hi|hello|hey|so|well|and|okay|ok|um|uh|actually|basically|please)\b[\s,.!:-]*)+",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^expected(?: result| behaviou?r)?\s*[:–-]\s*", re.IGNORECASE)  # noqa: RUF001
_TURN = re.compile(
    r"[,;]?\s+(?:but|however|yet|instead|aber|mais|pero)\b,?\s+"
    # Speech comes without full stops: "... nothing happens it should take 10 % off".
    r"|[,;:]?\s+(?:and\s+)?(?=(?:it|this|that)\s+(?:should|must|ought)\b)",
    re.IGNORECASE,
)
_NAME = r"(?:\b[A-Za-z]+-?[0-9][A-Za-z0-9-]*\b|[\"“„«][^\"”“»]{2,80}[\"”“»])"
"""Something with a name of its own: a code, a version, quoted words."""
_NAMED_THING = re.compile(
    rf"(?:\b(?i:the|my|our|an?)\s+(?:[a-z-]+\s+){{0,3}}?)?(?:\b[A-Za-z-]+\s+)?{_NAME}"
)
_USES = (
    r"(?i:(?:i|we|you|one|somebody|someone|customers?|an? \w+)\s+(?:try to\s+|tried to\s+)?"
    r"(?:enter|use|apply|appl(?:ies)|type(?: in)?|put(?: in)?|redeem|add)(?:s|ed|d)?)"
)
_THING = rf"(?P<thing>[^,;]*?{_NAME}[^,;]*?)"
_WHEN_USED = re.compile(
    rf"^(?i:when(?:ever)?|if|once|after)\s+{_USES}\s+{_THING},\s*(?:then\s+)?(?P<what>.+)$"
)
_USED_LAST = re.compile(
    rf"^(?P<what>.+?),?\s+(?i:when(?:ever)?|if|once|after)\s+{_USES}\s+{_THING}$"
)
_CLAUSE = re.compile(r",\s+|\s+(?:and then|and|so|because)\s+", re.IGNORECASE)
_MYSELF = re.compile(r"^(?:i|we|you)\b(?!.*[A-Za-z]+[0-9])", re.IGNORECASE)
_PRONOUN = re.compile(
    r"^(?:and |so |then )*(?:it|this|that|they|these|which)\s+"
    r"(?=should|must|ought|is|are|was|were)",
    re.IGNORECASE,
)


def criteria_from(title: str, report: Sequence[str], ticket_id: str) -> tuple[str, ...]:
    """The acceptance criteria of a defect: at least one, at most `MAX_CRITERIA`, each one line."""
    said = [part for item in sentences(report) for part in _parts(_spoken(item))]
    found: dict[str, str] = {}
    for place, sentence in enumerate(said):
        if _EXPECTS.search(sentence) and not _ORDERS.search(sentence):
            text = _as_criterion(_expectation(sentence, said[:place] or [title]))
            found.setdefault(text.casefold(), text)
    return tuple(found.values())[:MAX_CRITERIA] or _no_longer(title, said, ticket_id)


def _no_longer(title: str, said: Sequence[str], ticket_id: str) -> tuple[str, ...]:
    """Nobody said what should happen: then what was reported must stop."""
    harmless = [item for item in said if not _ORDERS.search(item)]
    broken = [item for item in harmless if _BREAKS.search(item)][:MAX_CRITERIA]
    if not broken and title and not _ORDERS.search(title):
        broken = [title]
    if not broken:
        return (f"What ticket {ticket_id} reports no longer happens",)
    return tuple(f"This no longer happens: {_as_criterion(item)}" for item in broken)


def _spoken(sentence: str) -> str:
    return _GREETING.sub("", sentence).strip()


def _parts(sentence: str) -> list[str]:
    """A sentence, or the clauses of one that never ends; what is left of those has a bound."""
    if len(sentence) <= MAX_SENTENCE:
        return [sentence]
    return [shortened(clause, MAX_SENTENCE) for clause in _CLAUSE.split(sentence)]


def _expectation(sentence: str, before: Sequence[str]) -> str:
    """The part of a sentence that says what should be, and for what."""
    sentence = _LABEL.sub("", sentence).rstrip(_ENDS)
    for turn in reversed(list(_TURN.finditer(sentence))):
        first, second = sentence[: turn.start()], sentence[turn.end() :]
        if _EXPECTS.search(first) and _complains(second):
            sentence = first
        elif _EXPECTS.search(second) and not _EXPECTS.search(first):
            sentence, before = second, [*before, first]
            break
    return _for_what(_situated(sentence), before)


def _complains(part: str) -> bool:
    """Whether it only says what is wrong; "but not for books" belongs to what should be."""
    return bool(_BREAKS.search(part)) and not (_EXPECTS.search(part) or _LIMITS.search(part))


def _situated(sentence: str) -> str:
    """Say "With the code X, Y" for "When I enter the code X, Y".

    Only where the thing has a name: any other condition ("when I pay by invoice") stays as it was
    said, for it must not be lost.
    """
    for form in (_WHEN_USED, _USED_LAST):
        match = form.match(sentence)
        if match and _EXPECTS.search(match["what"]):
            return f"With {match['thing'].strip()}, {_continued(match['what'].strip())}"
    return sentence


def _for_what(sentence: str, before: Sequence[str]) -> str:
    """Name what "it" is, or put what was said before in front: alone it says nothing."""
    pronoun = _PRONOUN.match(sentence)
    told = [item for item in before if item]
    # "I tried it twice" stands between the thing and "it".
    about = next((item for item in reversed(told) if not _MYSELF.match(item)), None)
    if pronoun is None or about is None:
        return sentence
    named = _NAMED_THING.search(about)
    if named:
        return f"{named[0]} {sentence[pronoun.end() :]}"
    return f"{about.rstrip(_ENDS)}: {_continued(sentence)}"


def _continued(text: str) -> str:
    """A sentence that goes on another one; "I" stays, and so do names."""
    first = text.partition(" ")[0]
    return text[:1].lower() + text[1:] if first.istitle() and first != "I" else text


def _as_criterion(text: str) -> str:
    text = shortened(text.rstrip(_ENDS), MAX_LENGTH)
    return text[:1].upper() + text[1:]
