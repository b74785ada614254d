"""How the desk speaks: inside `<message>`, short, without markup, numbers digit by digit."""

import re
from functools import cache
from typing import Any

from switchboard.local.playbooks.desk.numbers import PREFIX
from switchboard.local.playbooks.desk.vocabulary import small, table

GROUP = 4
MOST_WORDS = 35
_MARKUP = re.compile(r"<[^>]*>|[*_`#>|~\[\]{}<\\\"]")
_LINK = re.compile(r"\(?(?:https?://|www\.)\S+\)?")
_TICKET = re.compile(rf"\b{PREFIX}[\s-]?(\d{{7}})\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_WORDS = table("grammar")["numbers"]
_SMALL = [*_WORDS["units"], *_WORDS["teens"]]
_AFTER_JOINT = re.compile(r"; (?:We|It|If|You|There|A|The|Somebody|Please)\b")
_LAST = re.compile(r"[\s,;:.!?-]+$")


@cache
def text(key: str) -> str:
    """A text of the desk.

    Raises:
        KeyError: texts.toml has none of this name.
    """
    return str(table("texts")[key])


def say(key: str, **values: Any) -> str:
    """A text of the desk with its values."""
    return text(key).format(**values)


def message(words: str) -> str:
    """What the caller hears; everything outside the tags stays unheard."""
    return f"<message>{words}</message>"


def spelled(ticket_id: str) -> str:
    """A ticket number as it is read out: `I N C, 0 0 0 0, 0 1 3`."""
    return ", ".join([" ".join(PREFIX), *_groups(ticket_id.removeprefix(PREFIX))])


def slowly(ticket_id: str) -> str:
    """The same for somebody who did not get it: `I N C, then 0 0 0 0, then 0 1 3`."""
    return ", then ".join([" ".join(PREFIX), *_groups(ticket_id.removeprefix(PREFIX))])


def _groups(digits: str) -> list[str]:
    return [" ".join(digits[at : at + GROUP]) for at in range(0, len(digits), GROUP)]


def speakable(words: str, most: int = MOST_WORDS) -> str:
    """Somebody's text so that a voice can say it: no markup, no links, numbers in words.

    Sentences are joined, because a turn of the desk has two at most.
    """
    plain = _MARKUP.sub(" ", _LINK.sub(" ", words))
    pieces = _TICKET.split(plain)  # every second one is the digits of a ticket number
    said = [
        spelled(PREFIX + piece) if index % 2 else _NUMBER.sub(_in_words, piece)
        for index, piece in enumerate(pieces)
    ]
    plain = " ".join(_by_letter(word) for word in "".join(said).split())
    plain = re.sub(r"\s+([,;.!?:])", r"\1", plain)
    plain = re.sub(r"[.!?]+\s+(?=\S)", "; ", plain)
    plain = _AFTER_JOINT.sub(lambda found: found[0].lower(), plain)
    return shortened(plain, most)


def _by_letter(word: str) -> str:
    return " ".join(word.upper()) if word.lower() in small("spelled") else word


def _in_words(found: re.Match[str]) -> str:
    """A small number as a word, a long one digit by digit."""
    digits = found[0]
    if len(digits) > 2 or (digits[0] == "0" and len(digits) > 1):  # noqa: PLR2004 - 500, 007
        return f" {', '.join(_groups(digits))} "
    number = int(digits)
    if number < len(_SMALL):
        return f" {_SMALL[number]} "
    tens, unit = _WORDS["tens"][number // 10 - 2], number % 10
    return f" {tens} {_SMALL[unit]} " if unit else f" {tens} "


def lowered(words: str) -> str:
    """Words that go on in a sentence; "I" and letters that are spelled stay as they are."""
    begins_as_said = re.match(r"I\b|[A-Z] [A-Z]\b|[A-Z]{2}", words)
    return words if begins_as_said else words[:1].lower() + words[1:]


def shortened(words: str, most: int) -> str:
    """At most so many words, not ending in the middle of a thought, without its full stop."""
    kept = words.split()
    if len(kept) > most:
        kept = kept[:most]
        while kept and kept[-1].strip(",;:").lower() in small("dangling"):
            kept.pop()
    return _LAST.sub("", " ".join(kept))
