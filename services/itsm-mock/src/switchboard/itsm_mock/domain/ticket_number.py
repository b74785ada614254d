"""Ticket numbers: `INC`, six digits and a check digit after Damm (2004).

The check digit catches each single wrong digit and each swap of neighbours, so a number that was
misheard is refused before anything is looked up.
"""

import re

from switchboard.itsm_mock.domain.model import InvalidRequestError

MOST = 999_999
_PREFIX = "INC"
_NUMBER = re.compile(r"(?:INC)?([0-9]{7})", re.IGNORECASE)
_FILLING = re.compile(r"[\s.-]+")
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
"""A totally anti-symmetric quasigroup of order ten, from Damm's thesis."""


class NumbersUsedUpError(RuntimeError):
    """Six digits are not enough any more."""


def check_digit(digits: str) -> str:
    """The digit that makes `digits` plus it check out to zero."""
    interim = 0
    for digit in digits:
        interim = int(_SQUARE[interim][int(digit)])
    return str(interim)


def ticket_number(count: int) -> str:
    """The number of the `count`-th ticket: 1 is INC0000013.

    Raises:
        NumbersUsedUpError: after 999,999 tickets.
    """
    if not 0 < count <= MOST:
        raise NumbersUsedUpError(f"there is no ticket number for {count}")
    digits = f"{count:06d}"
    return f"{_PREFIX}{digits}{check_digit(digits)}"


def read_number(text: str) -> str:
    """The ticket number that was written or said; spaces, dashes and a missing INC do no harm.

    Raises:
        InvalidRequestError: it is no number, or a digit of it is wrong.
    """
    found = _NUMBER.fullmatch(_FILLING.sub("", text))
    if found is None:
        raise InvalidRequestError(
            "INVALID_TICKET_NUMBER",
            "That is not a ticket number: it is INC and seven digits",
            "Ask for the number again, one digit at a time",
        )
    digits = found[1]
    if check_digit(digits[:-1]) != digits[-1]:
        raise InvalidRequestError(
            "INVALID_TICKET_NUMBER",
            "One digit of that ticket number is wrong: its last digit does not fit the others",
            "Ask for the number again, one digit at a time",
        )
    return f"{_PREFIX}{digits}"
