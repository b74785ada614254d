"""Checks on what was seen, those of calls among them."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from switchboard.local.evals.checks import AnyCheck, Check
from switchboard.local.evals.seen import Seen

CHECK: TypeAdapter[Any] = TypeAdapter(AnyCheck)
TICKET = {"ticket_id": "INC0000013", "category": "hardware"}
SPOKEN = "Your ticket is open, I N C, 0 0 0 0, 0 1 3. Did you get that?"


def _check(**fields: Any) -> Check:
    check: Check = CHECK.validate_python(fields)
    return check


@pytest.mark.parametrize(
    ("fields", "seen", "missing"),
    [
        ({"check": "status", "is": ["failed", "rejected"]}, Seen("rejected"), ""),
        (
            {"check": "status", "is": "failed", "code": "AGENT_ERROR"},
            Seen("failed", {"code": "TOOL_AUTH_FAILED"}),
            "the code is TOOL_AUTH_FAILED",
        ),
        (
            {"check": "artifact", "type": "pull_request", "metadata": {"verdict": "FAIL"}},
            Seen("", artifacts=[{"type": "pull_request", "metadata": {"verdict": "PASS"}}]),
            "its metadata are {'verdict': 'PASS'}",
        ),
        (
            {"check": "text", "in": "page: *", "has": ["risk"]},
            Seen("", texts={"review": "risk"}),
            'there is no page: *; there is "review"',
        ),
        (
            {"check": "text", "in": "PAGE: *", "has": ["Risk"], "lacks": ["todo"]},
            Seen("", texts={"page: One": "RISK"}),
            "",
        ),
        (
            {"check": "text", "in": "heard", "lacks": ["Zanzibar"]},
            Seen("", texts={"heard": "the zanzibar report"}),
            'it says "Zanzibar"',
        ),
        (
            {"check": "documents", "in": "page: *", "at_least": 5, "at_most": 5},
            Seen("", texts={"page: One": ""}),
            "there are 1",
        ),
        (
            {"check": "columns", "exactly": ["Title", "Rating"]},
            Seen("", columns=["Title", "Secret"]),
            'without "Rating" and too much: "Secret"',
        ),
        ({"check": "tickets", "count": 0}, Seen("", tickets=[TICKET]), "1 were opened"),
        (
            {"check": "tickets", "count": 1, "fields": {"category": "access"}},
            Seen("", tickets=[TICKET]),
            "category of the ticket is 'hardware'",
        ),
        ({"check": "number_heard"}, Seen("", tickets=[TICKET], texts={"heard": SPOKEN}), ""),
        (
            {"check": "number_heard"},
            Seen("", tickets=[TICKET], texts={"heard": "Your ticket is open."}),
            'not heard: "INC0000013"',
        ),
        ({"check": "number_heard"}, Seen(""), "no ticket"),
    ],
)
def test_a_check_says_what_is_missing_or_nothing(
    fields: dict[str, Any], seen: Seen, missing: str
) -> None:
    assert _check(**fields).missing(seen) == missing


def test_a_check_tells_itself_in_words_unless_the_dataset_does() -> None:
    assert (
        _check(check="artifact", type="insight_report", count=1).says == "1 insight report is there"
    )
    assert _check(check="number_heard", about="The number is read out").says == (
        "The number is read out"
    )
