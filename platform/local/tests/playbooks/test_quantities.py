"""Numbers in sentences of several languages."""

from decimal import Decimal

import pytest

from switchboard.local.playbooks.language import language_of
from switchboard.local.playbooks.quantities import first, is_strict, quantities


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("above 100 EUR", "100", "money"),
        ("über 1.000,50 €", "1000.50", "money"),
        ("over $1,000.00 in total", "1000.00", "money"),
        ("plus de 1 000 €", "1000", "money"),
        ("12,5 % Rabatt", "12.5", "percent"),
        ("0.125 percent", "0.125", "percent"),
        ("after three attempts", "3", "attempt"),
        ("after 5 failed login attempts", "5", "attempt"),
        ("mindestens zwölf Zeichen", "12", "character"),
        ("24 hours before", "24", "hour"),
        ("20 minutes", "20", "minute"),
        ("10 MB", "10", "megabyte"),
        ("SAVE20 gives 15 percent", "15", "percent"),
    ],
)
def test_a_number_has_its_value_and_its_unit(text: str, value: str, unit: str) -> None:
    found = quantities(text)

    assert [(item.value, item.unit) for item in found] == [(Decimal(value), unit)]


@pytest.mark.parametrize(
    ("text", "strict"),
    [
        ("above 100 EUR", True),
        ("more than 100 EUR", True),
        ("über 100 €", True),
        ("plus de 100 €", True),
        ("at least 100 EUR", False),
        ("from 100 EUR", False),
        ("ab 100 €", False),
    ],
)
def test_the_words_before_a_number_say_whether_it_counts_itself(text: str, strict: bool) -> None:
    number = first(text, "money")

    assert number is not None
    assert is_strict(text, number) is strict


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The user can filter the list", "en"),
        ("Die Nutzerin kann die Liste filtern", "de"),
        ("La liste est triée par date", "fr"),
        ("El usuario puede filtrar los pedidos", "es"),
        ("日本語", "en"),
    ],
)
def test_the_language_is_recognised(text: str, language: str) -> None:
    assert language_of(text) == language
