"""DynamoDB fails under whole requests: retried as ITS-10 says, nothing lost and nothing doubled."""

import json
from typing import Any

import pytest

from switchboard.itsm_mock import wiring
from switchboard.itsm_mock.adapters.patience import WAITS

CALLER = "+15555550100"
REPORT = {"caller_id": CALLER, "issue_description": "The checkout ignores my discount code."}
ONE = "/tickets/{ticket_id}"
COMMENTS = "/tickets/{ticket_id}/comments"


def request(api: Any, operation: str, number: str) -> tuple[int, Any]:
    answers = {
        "create": lambda: api("POST", "/tickets", body=REPORT),
        "get": lambda: api("GET", ONE, number, caller=CALLER),
        "list": lambda: api("GET", "/tickets", caller=CALLER),
        "comment": lambda: api("POST", COMMENTS, number, {"comment": "Still."}, caller=CALLER),
    }
    found: tuple[int, Any] = answers[operation]()
    return found


@pytest.fixture
def number(api: Any) -> str:
    found: str = api("POST", "/tickets", body=REPORT)[1]["ticket_id"]
    return found


@pytest.mark.requirement("ITS-10", "F")
@pytest.mark.parametrize("operation", ["create", "get", "list", "comment"])
def test_every_operation_survives_three_throttled_calls(
    api: Any, dynamodb: Any, pauses: Any, number: str, operation: str
) -> None:
    dynamodb.throttle = 3

    status, _ = request(api, operation, number)

    assert status in {200, 201}
    assert pauses == list(WAITS) == [0.1, 0.2, 0.4]


@pytest.mark.requirement("ITS-10", "F")
@pytest.mark.parametrize("operation", ["create", "get", "list", "comment"])
def test_a_fourth_failure_is_answered_with_500_and_what_to_do(
    api: Any, dynamodb: Any, outbox: Any, number: str, operation: str
) -> None:
    dynamodb.throttle = 4

    status, answer = request(api, operation, number)

    assert (status, answer["error"]["code"]) == (500, "TRY_AGAIN")
    assert "again" in answer["error"]["remediation"]
    assert outbox() == ["TicketCreated.v1"]
    assert request(api, operation, number)[0] in {200, 201}


@pytest.mark.requirement("ITS-10", "F")
@pytest.mark.parametrize("lost", [1, 2, 3])
def test_an_answer_that_is_lost_opens_no_second_ticket(
    api: Any, dynamodb: Any, outbox: Any, number: str, lost: int
) -> None:
    dynamodb.lose = lost

    status, ticket = request(api, "create", number)

    assert status == 201
    assert outbox() == ["TicketCreated.v1"] * 2
    assert {item["ticket_id"] for item in request(api, "list", number)[1]} == {
        number,
        ticket["ticket_id"],
    }


def test_a_lost_reservation_of_numbers_is_a_gap_and_no_double(api: Any, dynamodb: Any) -> None:
    dynamodb.lose = 1

    first = api("POST", "/tickets", body=REPORT)[1]["ticket_id"]
    second = api("POST", "/tickets", body=REPORT)[1]["ticket_id"]

    assert (first[:9], second[:9]) == ("INC000021", "INC000022")


def test_a_fault_of_ours_is_answered_with_500_in_the_common_format(ports: Any, log: Any) -> None:
    answer = wiring.api(ports, log.logger())({"httpMethod": "GET"})

    assert answer["statusCode"] == 500
    assert set(json.loads(answer["body"])["error"]) == {
        "code",
        "message",
        "invocation_id",
        "remediation",
    }
    assert "KeyError" in log.getvalue()


@pytest.mark.requirement("ITS-10", "F")
def test_the_clients_own_retries_are_off(settings: Any) -> None:
    config = wiring.dynamodb(settings).meta.config

    assert config.retries["total_max_attempts"] == 1
