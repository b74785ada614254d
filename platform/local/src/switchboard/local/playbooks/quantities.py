"""Numbers in sentences: what they are worth, what they count, and how they are compared."""

import re
from dataclasses import dataclass
from decimal import Decimal

from switchboard.local.playbooks.words import words

_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "acht": 8, "zehn": 10, "zwölf": 12,
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "huit": 8, "dix": 10,
    "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "ocho": 8, "diez": 10,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?<![\w.,])\d{1,3}(?:[ \u00a0\u202f']\d{3})+(?:[.,]\d{1,2})?(?!\d)"
    r"|(?<![A-Za-z_\d])\d+(?:[.,]\d+)*"
    rf"|\b(?:{'|'.join(_WORDS)})\b",
    re.IGNORECASE,
)
_UNITS = (
    ("percent", r"%|percent|prozent|pour ?cent|por ?ciento"),
    ("money", r"€|\$|£|¥|eur\b|euros?\b|usd\b|dollars?\b|chf\b|gbp\b|pounds?\b|francs?\b|bucks\b"),
    ("day", r"(?:business |working |calendar )?days?\b|tage?n?\b|jours?\b|d[ií]as?\b"),
    ("hour", r"hours?\b|hrs?\b|h\b|stunden?\b|heures?\b|horas?\b"),
    ("minute", r"min(?:ute)?s?\b|minuten\b|minutos?\b"),
    ("second", r"sec(?:ond)?s?\b|s\b|sekunden?\b|secondes?\b|segundos?\b"),
    ("week", r"weeks?\b|wochen?\b|semaines?\b|semanas?\b"),
    ("month", r"months?\b|monate?n?\b|mois\b|mes(?:es)?\b"),
    ("character", r"(?:characters?|chars?|zeichen|caract[eè]res|caracteres|letters?|buchstaben)\b"),
    ("attempt", r"(?:\w+ ){0,3}?(?:attempts?|tries|times|versuche?n?|tentatives?|intentos)\b"),
    ("megabyte", r"mb\b|megabytes?\b"),
    ("degree", r"°"),
)
_MONEY_BEFORE = re.compile(r"(?:€|\$|£|¥|eur|usd|chf|gbp)\s?$", re.IGNORECASE)
_STRICT = words("quantities", "strict")
_LIMIT = words("quantities", "limit")
_NEAR = 24
"""Characters between a word and the number it limits."""


@dataclass(frozen=True)
class Quantity:
    """A number with what it counts; `unit` is empty when that is not known."""

    value: Decimal
    unit: str
    start: int
    end: int
    noun: str = ""

    @property
    def whole(self) -> int:
        """The value without fraction."""
        return int(self.value)


def quantities(text: str, unit: str | None = None) -> list[Quantity]:
    """The numbers of a text in order, of one unit or of all."""
    found = [_quantity(match, text) for match in _NUMBER.finditer(text)]
    return [item for item in found if unit is None or item.unit == unit]


def first(text: str, *units: str) -> Quantity | None:
    """The first number of one of these units."""
    return next((item for item in quantities(text) if item.unit in units), None)


def is_strict(text: str, quantity: Quantity) -> bool:
    """Whether the words before the number leave the number itself out ("more than 100")."""
    return bool(_STRICT.search(text[: quantity.start]))


def is_limit(text: str, quantity: Quantity) -> bool:
    """Whether the words before the number, up to the number before it, make it a limit."""
    before = re.split(r"\d", text[: quantity.start])[-1][-_NEAR:]
    return bool(_LIMIT.search(before) or _STRICT.search(before))


def _quantity(match: re.Match[str], text: str) -> Quantity:
    after = text[match.end() :].lstrip(" \u00a0\u202f-")
    unit = next((name for name, pattern in _UNITS if re.match(pattern, after, re.IGNORECASE)), "")
    if not unit and _MONEY_BEFORE.search(text[: match.start()]):
        unit = "money"
    noun = re.match(r"([^\W\d_]{3,})", after)
    return Quantity(
        _value(match[0]), unit, match.start(), match.end(), noun[1].lower() if noun else ""
    )


def _value(text: str) -> Decimal:
    if text.lower() in _WORDS:
        return Decimal(_WORDS[text.lower()])
    digits = re.sub(r"[ \u00a0\u202f']", "", text)
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return Decimal(digits)
    head, tail = re.sub(r"[.,]", "", digits[:last]), digits[last + 1 :]
    grouped = len(tail) == 3 and head != "0"  # noqa: PLR2004 - a group of thousands
    mixed = "." in digits and "," in digits
    return Decimal(head + tail) if grouped and not mixed else Decimal(f"{head}.{tail}")
