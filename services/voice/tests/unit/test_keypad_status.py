"""Digits from the keypad: one sentence about the caller's own ticket, or a kind no."""

from collections.abc import Callable
from typing import Any

import pytest

from switchboard.events.envelope import Event
from switchboard.voice.domain.ports import UnavailableError
from switchboard.voice.domain.ticket_number import WrongNumberError, spoken_number, ticket_number

Make = Callable[..., Event[Any]]
Step = Callable[..., dict[str, Any]]
NOT_FOUND = {"sentence": "I cannot find that ticket.", "found": "false"}


@pytest.mark.parametrize("entered", ["0000013", "13", "13#", " 00 00 013 ", "INC0000013"])
def test_a_number_is_found_however_it_is_entered(
    house: Any, step: Step, opened: Make, moved: Make, entered: str
) -> None:
    house.learn(opened(), moved())

    answer = house.ask(step("ticket_status", number=entered))

    assert answer == {
        "sentence": "Ticket I N C, 0 0 0 0, 0 1 3. A fix is ready and in review.",
        "found": "true",
    }


def test_somebody_elses_ticket_sounds_exactly_like_one_that_does_not_exist(
    house: Any, step: Step, opened: Make
) -> None:
    house.learn(opened(caller_id="caller-two"))

    assert house.ask(step("ticket_status", number="13")) == NOT_FOUND
    assert house.ask(step("ticket_status", number="21")) == NOT_FOUND


def test_the_caller_is_who_rings_whatever_a_parameter_says(
    house: Any, step: Step, opened: Make
) -> None:
    house.learn(opened(caller_id="caller-two"))

    answer = house.ask(step("ticket_status", number="13", callerId="caller-two"))

    assert answer == NOT_FOUND


@pytest.mark.parametrize("entered", ["14", "0", "00000000013", "12a3", "*", "①③", "9" * 10_000])
def test_digits_that_are_no_ticket_number_are_said_to_be_none(
    house: Any, step: Step, entered: str
) -> None:
    answer = house.ask(step("ticket_status", number=entered))

    assert answer["found"] == "false"
    assert answer["sentence"].startswith("That is not a valid ticket number.")


def test_a_caller_without_a_number_is_told_why_nothing_can_be_looked_up(
    house: Any, step: Step, opened: Make
) -> None:
    house.learn(opened(caller_id="anonymous"))

    answer = house.ask(step("ticket_status", caller=None, number="13"))

    assert answer["found"] == "false"
    assert "number is withheld" in answer["sentence"]


def test_a_new_ticket_has_a_sentence_too(house: Any, step: Step, opened: Make) -> None:
    house.learn(opened())

    answer = house.ask(step("ticket_status", number="13"))

    assert answer["sentence"].endswith("It is waiting for somebody to take it.")


def test_a_comment_is_announced_and_never_read_out(
    house: Any, step: Step, opened: Make, moved: Make, commented: Make
) -> None:
    house.learn(opened(), moved(), commented())

    answer = house.ask(step("ticket_status", number="13"))

    assert answer["sentence"].endswith("in review. There is a new comment on it.")


@pytest.mark.parametrize("changes", [{"author": "caller"}, {"created_at": "2026-02-04T12:00:30Z"}])
def test_the_callers_own_comment_and_an_older_one_are_no_news(
    house: Any, step: Step, opened: Make, moved: Make, commented: Make, changes: dict[str, Any]
) -> None:
    house.learn(opened(), moved(), commented(**changes))

    answer = house.ask(step("ticket_status", number="13"))

    assert answer["sentence"].endswith("A fix is ready and in review.")


def test_when_the_table_does_not_answer_the_flow_gets_an_error_and_a_sentence(
    house: Any, step: Step
) -> None:
    class Down:
        def find(self, caller_id: str, ticket_id: str) -> None:
            raise UnavailableError("DynamoDB answered InternalServerError")

    house.tickets = Down()

    answer = house.ask(step("ticket_status", number="13"))

    assert answer["error"] == "UNAVAILABLE"
    assert answer["sentence"] == "I cannot look that up at the moment."
    assert answer["found"] == "false"


def test_every_wrong_digit_and_every_swapped_pair_is_caught() -> None:
    valid = [ticket_number(f"{number}{check}")[3:] for number, check in checked(range(1, 400))]

    slipped = [mistake for number in valid for mistake in mistakes(number) if accepts(mistake)]

    assert len(valid) == 399
    assert slipped == []


def checked(numbers: range) -> list[tuple[int, int]]:
    return [(n, check) for n in numbers for check in range(10) if accepts(f"{n}{check}")]


def accepts(digits: str) -> bool:
    try:
        ticket_number(digits)
    except WrongNumberError:
        return False
    return True


def mistakes(number: str) -> set[str]:
    wrong = {
        number[:place] + digit + number[place + 1 :]
        for place in range(len(number))
        for digit in "0123456789"
    }
    swapped = {
        number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        for place in range(len(number) - 1)
    }
    return (wrong | swapped) - {number}


def test_a_number_is_read_in_groups_of_at_most_four_digits() -> None:
    groups = spoken_number("INC0123454").split(", ")

    assert groups == ["I N C", "0 1 2 3", "4 5 4"]
