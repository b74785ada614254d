"""Ticket numbers: what was misheard is refused before anything is looked up."""

import pytest

from switchboard.itsm_mock.domain.model import InvalidRequestError
from switchboard.itsm_mock.domain.ticket_number import (
    MOST,
    NumbersUsedUpError,
    read_number,
    ticket_number,
)

NUMBERS = [ticket_number(count) for count in (1, 2, 19, 20, 333, 4711, 98_765, 555_555, MOST)]


def refused(text: str) -> bool:
    try:
        read_number(text)
    except InvalidRequestError:
        return True
    return False


def test_the_first_number_is_the_one_of_the_contract() -> None:
    assert ticket_number(1) == "INC0000013"


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_with_one_wrong_digit_is_refused(number: str) -> None:
    wrong = {
        number[:place] + digit + number[place + 1 :]
        for place in range(3, 10)
        for digit in "0123456789"
    } - {number}

    assert len(wrong) == 63
    assert all(refused(text) for text in wrong)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_with_two_neighbours_swapped_is_refused(number: str) -> None:
    swapped = {
        number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        for place in range(3, 9)
    } - {number}

    assert all(refused(text) for text in swapped)


@pytest.mark.parametrize(
    "said",
    ["INC0000013", "inc0000013", "0000013", " INC 000 001 3 ", "inc-0000013", "0.0.0.0.0.1.3"],
)
def test_a_number_is_understood_however_it_is_written(said: str) -> None:
    assert read_number(said) == "INC0000013"


@pytest.mark.parametrize(
    "text", ["", "13", "INC", "INC00000130", "REQ0000013", "INC" + "\uff11" * 7]
)
def test_what_is_no_number_is_refused_with_a_remedy_that_can_be_spoken(text: str) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        read_number(text)

    assert refusal.value.info.code == "INVALID_TICKET_NUMBER"
    assert refusal.value.info.remediation == "Ask for the number again, one digit at a time"


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_there_is_no_number_beyond_six_digits(count: int) -> None:
    with pytest.raises(NumbersUsedUpError):
        ticket_number(count)
