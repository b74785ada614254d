"""Formulas people know: body mass index, temperature, currency, distance, average, percentage."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from switchboard.local.playbooks.part import Check, Part
from switchboard.local.playbooks.story import Story
from switchboard.local.playbooks.template import filled
from switchboard.local.playbooks.words import words

_BMI = words("formulas", "bmi")
_CATEGORY = words("formulas", "category")
_TEMPERATURE = re.compile(r"celsius|fahrenheit", re.IGNORECASE)
_CURRENCY = words("formulas", "currency")
_DISTANCE = words("formulas", "distance")
_AVERAGE = words("formulas", "average")
_LOAN = words("formulas", "loan")
_RATE = re.compile(r"(\d+[.,]\d+)")
_REFUSED = words("formulas", "refused")
_DECIMALS = words("formulas", "decimals")
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Formulas:
    """Which formulas, and the criteria that ask for them."""

    asks: tuple[tuple[str, int], ...]
    rate: Decimal
    rate_given: bool

    def has(self, kind: str) -> bool:
        """Whether a formula is wanted."""
        return any(asked.split(":")[0] == kind for asked, _ in self.asks)


def read(story: Story) -> Formulas | None:
    """The formulas the story asks for."""
    kinds = (
        ("bmi", _BMI),
        ("temperature", _TEMPERATURE),
        ("currency", _CURRENCY),
        ("distance", _DISTANCE),
        ("average", _AVERAGE),
        ("loan", _LOAN),
    )
    wanted = [(kind, pattern) for kind, pattern in kinds if pattern.search(story.asked)]
    if not wanted:
        return None
    asks: list[tuple[str, int]] = []
    for index, text in enumerate(story.criteria):
        named = [kind for kind, pattern in wanted if pattern.search(text)]
        if _REFUSED.search(text):
            asks.append((f"{(named or [wanted[0][0]])[0]}:refused", index))
        elif "bmi" in dict(wanted) and _CATEGORY.search(text):
            asks.append(("bmi:category", index))
        elif named:
            asks += [(kind, index) for kind in named]
        elif _DECIMALS.search(text) or re.search(r"round|gerundet|arrondi|redond", text, re.I):
            asks.append((wanted[0][0], index))
    rates = [_RATE.search(text) for text in story.criteria if _CURRENCY.search(text) or "=" in text]
    given = next((match[1] for match in rates if match), None)
    if not asks:
        return None
    return Formulas(tuple(asks), Decimal((given or "1.10").replace(",", ".")), given is not None)


def part(story: Story, formulas: Formulas) -> Part:
    """The module with the formulas, and its tests."""
    kinds = {kind: formulas.has(kind) for kind in _NAMES}
    source = filled(
        "formulas.py.tmpl",
        {
            "title": story.short_title,
            "rate": str(formulas.rate),
        },
        positive=kinds["bmi"],
        **kinds,
    )
    names = tuple(name for kind, given in _NAMES.items() if kinds[kind] for name in given)
    assumptions = ["Results are rounded half up."]
    if kinds["currency"] and not formulas.rate_given:
        assumptions.append(
            f"The story names no exchange rate: {formulas.rate} is assumed, and can be passed in."
        )
    checks = tuple(_check(formulas, kind, index) for kind, index in formulas.asks)
    return Part("formulas", "calculates", source, names, checks, tuple(assumptions))


_NAMES = {
    "bmi": ("bmi", "bmi_category"),
    "temperature": ("to_celsius", "to_fahrenheit"),
    "currency": ("RATE", "convert"),
    "distance": ("to_kilometres", "to_miles"),
    "average": ("average",),
    "loan": ("monthly_payment",),
}


def _check(formulas: Formulas, kind: str, index: int) -> Check:
    converted = (Decimal(100) * formulas.rate).quantize(_CENT, ROUND_HALF_UP)
    bodies: dict[str, Callable[[], str]] = {
        "bmi": lambda: 'assert bmi(Decimal("70"), Decimal("1.75")) == Decimal("22.9")',
        "bmi:category": lambda: (
            'assert bmi_category(Decimal("17.0")) == "underweight"\n'
            'assert bmi_category(Decimal("22.9")) == "normal"\n'
            'assert bmi_category(Decimal("27.0")) == "overweight"\n'
            'assert bmi_category(Decimal("31.0")) == "obese"'
        ),
        "bmi:refused": lambda: (
            "with pytest.raises(ValueError):\n    bmi(Decimal(0), Decimal('1.75'))"
        ),
        "temperature": lambda: (
            'assert to_fahrenheit(Decimal("100")) == Decimal("212.0")\n'
            'assert to_celsius(Decimal("32")) == Decimal("0.0")'
        ),
        "temperature:refused": lambda: (
            "with pytest.raises(ValueError):\n    to_fahrenheit(Decimal('-300'))"
        ),
        "currency": lambda: (
            f'assert RATE == Decimal("{formulas.rate}")\n'
            f'assert convert(Decimal("100.00")) == Decimal("{converted}")'
        ),
        "currency:refused": lambda: "with pytest.raises(ValueError):\n    convert(Decimal('-1'))",
        "distance": lambda: (
            'assert to_miles(Decimal("10")) == Decimal("6.2")\n'
            'assert to_kilometres(Decimal("10")) == Decimal("16.1")'
        ),
        "distance:refused": lambda: "with pytest.raises(ValueError):\n    to_miles(Decimal('-1'))",
        "average": lambda: 'assert average([Decimal(4), Decimal(5), Decimal(5)]) == Decimal("4.7")',
        "loan": lambda: (
            'assert monthly_payment(Decimal(12000), Decimal(0), 12) == Decimal("1000.00")\n'
            'assert monthly_payment(Decimal(10000), Decimal(6), 36) == Decimal("304.22")'
        ),
        "loan:refused": lambda: (
            "with pytest.raises(ValueError):\n    monthly_payment(Decimal(-1), Decimal(6), 36)"
        ),
        "average:refused": lambda: "with pytest.raises(ValueError):\n    average([])",
    }
    return Check(index, kind.replace(":", " "), bodies[kind]())
