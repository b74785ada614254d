"""What people say, made fit to be kept: cleaned, compared, shortened, masked."""

import re
import unicodedata

SUMMARY_LENGTH = 100
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|\n")
_BLANKS = re.compile(r"[^\S\n]+")
_NO_WORD = re.compile(r"[\W_]+")


def clean(text: str) -> str:
    """The same words without control characters, which nobody can say or read."""
    printable = (
        character
        if character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co"}
        else " "
        for character in text.replace("\r\n", "\n")
    )
    return _BLANKS.sub(" ", "".join(printable)).strip()


def words(text: str) -> str:
    """The words alone, so that two sayings of the same can be compared."""
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def summary(text: str) -> str:
    """The first sentence, cut at a word when it is long."""
    first = _SENTENCE_END.split(text, maxsplit=1)[0].strip()
    if len(first) <= SUMMARY_LENGTH:
        return first
    cut = first[: SUMMARY_LENGTH - 1]
    return f"{cut.rsplit(' ', 1)[0].rstrip(' ,;:')}…"


def masked(caller_id: str) -> str:
    """A telephone number by its last two digits, for logs."""
    is_number = caller_id.lstrip("+").isdigit()
    return f"***{caller_id[-2:]}" if is_number else caller_id
