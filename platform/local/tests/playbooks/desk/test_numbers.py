"""Ticket numbers as they are said."""

import pytest

from switchboard.local.playbooks.desk.numbers import SpokenNumber, heard_number


@pytest.mark.parametrize(
    "said",
    [
        "INC0000013",
        "inc-0000013 please",
        "status of ticket i n c zero zero zero zero zero one three",
        "my ticket is oh oh oh oh oh one three",
        "ticket number thirteen",
        "what about ticket one three",
        "triple zero double zero one three",
        "zero zero zero zero zero won tree",
        "ink zero zero zero zero zero one three",
        "it is number 13",
        "0 0 0 0 0 1 3",
    ],
)
def test_a_number_is_understood_however_it_is_said(said: str) -> None:
    number = heard_number(said)

    assert number is not None
    assert number.ticket_id == "INC0000013"
    assert number.fits


@pytest.mark.parametrize(
    "said",
    [
        "i called two times about my printer",
        "error 1603 when i start outlook",
        "my phone number is five five five zero one",
        "the printer in room number twelve",
        "there are five of us",
        "",
    ],
)
def test_other_numbers_are_no_ticket_numbers(said: str) -> None:
    assert heard_number(said) is None


def test_any_digits_are_a_number_when_one_was_asked_for() -> None:
    number = heard_number("uh it is four two", asked=True)

    assert number is not None
    assert number.ticket_id == "INC0000042"


def test_each_wrong_digit_and_each_swap_of_neighbours_is_noticed() -> None:
    right = "0042176"
    last = next(d for d in "0123456789" if SpokenNumber(right[:-1] + d).fits)
    right = right[:-1] + last
    wrong = {
        right[:at] + digit + right[at + 1 :]
        for at in range(len(right))
        for digit in "0123456789"
        if digit != right[at]
    }
    swapped = {
        right[:at] + right[at + 1] + right[at] + right[at + 2 :] for at in range(len(right) - 1)
    } - {right}

    assert not [digits for digits in wrong | swapped if SpokenNumber(digits).fits]


@pytest.mark.parametrize("digits", ["", "0", "0000000", "12345678", "99999999999"])
def test_nothing_and_too_much_are_no_numbers(digits: str) -> None:
    assert not SpokenNumber(digits).fits
