"""Ticket numbers as people say them: "i n c, triple zero, oh, zero one three", "ticket thirteen".

The model must know a number before it looks one up, so the playbook checks the digit itself
(H. M. Damm, "Totally anti-symmetric quasigroups", 2004; leading zeros do not change it).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from switchboard.local.playbooks.desk.hearing import hear
from switchboard.local.playbooks.desk.vocabulary import table

PREFIX = "INC"
DIGITS = 7
_SQUARE = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_WORDS = table("grammar")["numbers"]
_ALIKE: Mapping[str, str] = _WORDS["sounds_like"]
_UNITS = {word: str(digit) for digit, word in enumerate(_WORDS["units"])} | _WORDS["also"]


@dataclass(frozen=True)
class SpokenNumber:
    """Digits that were said as a ticket number."""

    digits: str

    @property
    def ticket_id(self) -> str:
        """As the ticket system writes it, missing zeros filled in."""
        return f"{PREFIX}{self.digits.lstrip('0').zfill(DIGITS)}"

    @property
    def fits(self) -> bool:
        """Whether it can be a ticket number: not too long, and the check digit fits."""
        digits = self.digits.lstrip("0")
        return 0 < len(digits) <= DIGITS and _interim(digits) == 0


def _interim(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = int(_SQUARE[interim][int(digit)])
    return interim


def heard_number(said: str, *, asked: bool = False) -> SpokenNumber | None:
    """The ticket number in an utterance; `asked`: the desk has just asked for one."""
    return _number(hear(said).words, asked=asked)


@lru_cache(maxsize=4_096)
def _number(words: tuple[str, ...], *, asked: bool) -> SpokenNumber | None:
    best = ""
    for start, end, digits in _runs(words):
        alone = end - start == len(words)
        if len(digits) == DIGITS or alone or asked or _is_introduced(words[:start]):
            best = max(best, digits, key=len)
    return SpokenNumber(best) if best else None


def _is_introduced(before: Sequence[str]) -> bool:
    """Whether the words before digits call them a ticket number, and not a room's or a phone's."""
    for index in range(len(before) - 1, -1, -1):
        if before[index] in _WORDS["introduced"]:
            owner = before[index - 1] if index and before[index] == "number" else ""
            return owner not in _WORDS["of_something_else"]
        if before[index] not in _WORDS["between"]:
            break
    return False


def _runs(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Stretches of digits: where they begin and end, and what they are."""
    index = 0
    while index < len(words):
        start, digits = index, ""
        while index < len(words):
            length, found = _digits(words, index, inside=bool(digits))
            if not found:
                break
            digits, index = digits + found, index + length
        if digits:
            yield start, index, digits
        else:
            index += 1


def _digits(words: Sequence[str], index: int, *, inside: bool) -> tuple[int, str]:
    """How many words make digits here, and which."""
    word = words[index]
    following = words[index + 1] if index + 1 < len(words) else ""
    if word in _WORDS["times"] and _unit(following):
        return 2, _unit(following) * _WORDS["times"][word]
    if word in _WORDS["tens"]:
        tens = str(_WORDS["tens"].index(word) + 2)
        unit = _UNITS.get(following, "0")
        return (2, tens + unit) if unit != "0" else (1, tens + "0")
    if word in _WORDS["teens"]:
        return 1, str(_WORDS["teens"].index(word) + 10)
    if inside and word in _ALIKE and (_unit(following) or following in {"", *_ALIKE}):
        return 1, _ALIKE[word]
    return 1, _unit(word)


def _unit(word: str) -> str:
    return word if word.isdigit() else str(_UNITS.get(word, ""))
