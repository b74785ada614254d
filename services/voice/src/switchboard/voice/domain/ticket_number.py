"""Ticket numbers on the telephone: INC, six digits and a Damm check digit, read out in groups.

The check digit catches a wrong digit and two swapped neighbours before anything is looked up
(H. M. Damm, "Totally anti-symmetric quasigroups", 2004; leading zeros do not change it).
"""

DIGITS = 7
"""Six digits and the check digit."""
PREFIX = "INC"
GROUP = 4
"""Numbers are read out in groups of at most four digits."""
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


class WrongNumberError(ValueError):
    """These digits are no ticket number; somebody mistyped or misheard."""


def ticket_number(entered: str) -> str:
    """The ticket number that was keyed in or said: `13` and `INC0000013` are the same ticket.

    Raises:
        WrongNumberError: no digits, too many, or the check digit does not fit.
    """
    digits = entered.strip().upper().removeprefix(PREFIX).strip(" #*").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > DIGITS:
        raise WrongNumberError(f"a ticket number has at most {DIGITS} digits")
    if not int(digits) or _interim(digits):
        raise WrongNumberError("the check digit does not fit")
    return f"{PREFIX}{digits.zfill(DIGITS)}"


def _interim(digits: str) -> int:
    """Zero when the last digit checks the others."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def spoken_number(ticket_id: str) -> str:
    """The number as a voice reads it: `I N C, 0 0 0 0, 0 1 3`."""
    digits = ticket_id.removeprefix(PREFIX)
    groups = [digits[start : start + GROUP] for start in range(0, len(digits), GROUP)]
    return ", ".join(" ".join(part) for part in (PREFIX, *groups))
