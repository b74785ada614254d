"""The hand-off: committed first, promised after, once per call."""

from collections.abc import Callable
from typing import Any

import pytest

from switchboard.voice.adapters.contact_flow import NotCommittedError
from switchboard.voice.domain.ports import UnavailableError

Step = Callable[..., dict[str, Any]]
CONTACT = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"
CALL_BACK = "I have noted it. A colleague will call you back."


def test_a_hand_off_is_published_under_the_contact_and_may_then_be_promised(
    house: Any, step: Step
) -> None:
    answer = house.ask(
        step(
            "record_escalation",
            reason="asked_for_person",
            summary="Laptop does not start; the caller wants a person.",
            intent="hardware",
            sentiment="neutral",
            ticketNumber="INC0000013",
        )
    )

    assert answer == {"recorded": "true", "sentence": CALL_BACK}
    (event,) = house.published("CallEscalated.v1")
    assert event["metadata"]["correlation_id"] == CONTACT
    assert event["data"] == {
        "contact_id": CONTACT,
        "caller_id": "+15555550100",
        "reason": "asked_for_person",
        "summary": "Laptop does not start; the caller wants a person.",
        "intent": "hardware",
        "sentiment": "neutral",
        "ticket_id": "INC0000013",
        "escalated_at": "2026-02-04T12:00:00Z",
    }


def test_the_same_hand_off_again_is_promised_again_and_published_once(
    house: Any, step: Step
) -> None:
    answers = [house.ask(step("record_escalation", reason="silence")) for _ in range(3)]

    assert [answer["recorded"] for answer in answers] == ["true"] * 3
    assert len(house.published("CallEscalated.v1")) == 1


def test_what_cannot_be_committed_takes_the_flows_error_branch_and_the_log_says_why(
    house: Any, step: Step
) -> None:
    class Down:
        def escalate(self, *_: Any) -> bool:
            raise UnavailableError("DynamoDB answered ThrottlingException")

    house.calls = Down()

    with pytest.raises(NotCommittedError, match="ThrottlingException"):
        house.ask(step("record_escalation", reason="silence"))

    assert "hand-off not committed" in house.log.getvalue()


def test_missing_long_and_odd_words_are_recorded_as_far_as_they_make_sense(
    house: Any, step: Step
) -> None:
    answer = house.ask(
        step(
            "record_escalation", summary="line\x00one\r\n" + "y" * 10_000, ticketNumber="INC0000014"
        )
    )

    (event,) = house.published("CallEscalated.v1")
    assert answer["recorded"] == "true"
    assert event["data"]["reason"] == "not_resolved"
    assert event["data"]["summary"].startswith("line one yyy")
    assert len(event["data"]["summary"]) == 2_000
    assert "ticket_id" not in event["data"]


def test_a_hand_off_without_a_word_is_still_one(house: Any, step: Step) -> None:
    house.ask(step("record_escalation"))

    (event,) = house.published("CallEscalated.v1")
    assert event["data"]["summary"] == "The caller was passed on before anything was noted."


def test_a_caller_who_withholds_the_number_is_not_promised_a_call_back(
    house: Any, step: Step
) -> None:
    answer = house.ask(step("record_escalation", caller="anonymous", reason="silence"))

    assert answer["recorded"] == "true"
    assert "call you back" not in answer["sentence"]
