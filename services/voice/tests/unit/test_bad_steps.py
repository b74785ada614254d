"""What a flow may send by mistake: an answer it can branch on, and never a telephone number."""

from collections.abc import Callable
from typing import Any

import pytest

Step = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("name", [None, "", "delete_everything", "x" * 10_000])
def test_an_unknown_step_is_refused_with_the_steps_there_are(
    house: Any, step: Step, name: str | None
) -> None:
    answer = house.ask(step(name))

    assert answer["error"] == "UNKNOWN_STEP"
    assert answer["greeting"].startswith("Hello")
    assert all(isinstance(value, str) for value in answer.values())


@pytest.mark.parametrize(
    "event", [{}, {"Details": None}, {"Details": {"ContactData": [], "Parameters": "x"}}]
)
def test_an_event_without_a_contact_is_refused(house: Any, event: dict[str, Any]) -> None:
    answer = house.ask(event)

    assert answer["error"] == "NO_CONTACT"
    assert (answer["found"], answer["recorded"]) == ("false", "false")


def test_a_status_without_a_number_says_so(house: Any, step: Step) -> None:
    answer = house.ask(step("ticket_status", number=None))

    assert answer["error"] == "NO_NUMBER"
    assert answer["sentence"]


def test_an_outcome_nobody_knows_is_refused_with_those_there_are(house: Any, step: Step) -> None:
    answer = house.ask(step("end_call", outcome="great"))

    assert answer["error"] == "UNKNOWN_OUTCOME"
    assert "queue_full" in answer["message"]


def test_no_step_writes_the_callers_number_into_the_log(house: Any, step: Step) -> None:
    for name in ("open_session", "ticket_status", "record_escalation", "end_call", "nonsense"):
        house.ask(step(name, number="13", outcome="resolved", callerId="+15555550100"))

    assert house.log.getvalue().count('"caller":"...00"') >= 4
    assert "+15555550100" not in house.log.getvalue()
