"""Failed DynamoDB calls are made again, three times and no more (ITS-10)."""

from typing import Any

import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from switchboard.itsm_mock.adapters.patience import Patience, refusals
from switchboard.itsm_mock.domain.model import StoreBusyError


def failure(code: str, status: int = 400, *reasons: str) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": "said so"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    if reasons:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, "Operation")


PASSING = [
    failure("ThrottlingException"),
    failure("ProvisionedThroughputExceededException"),
    failure("InternalServerError", 500),
    failure("Anything", 503),
    failure("TransactionCanceledException", 400, "None", "TransactionConflict"),
    failure("TransactionInProgressException"),
    ReadTimeoutError(endpoint_url="https://dynamodb.example"),
    ConnectTimeoutError(endpoint_url="https://dynamodb.example"),
]
FINAL = [
    failure("ValidationException"),
    failure("ConditionalCheckFailedException"),
    failure("AccessDeniedException"),
    failure("TransactionCanceledException", 400, "ConditionalCheckFailed", "TransactionConflict"),
    failure("TransactionCanceledException", 400, "ItemCollectionSizeLimitExceeded"),
]


class Table:
    """Fails as often as it is told, then answers."""

    def __init__(self, error: Exception, failures: int) -> None:
        self._error = error
        self._failures = failures
        self.calls = 0

    def __call__(self, **request: Any) -> Any:
        self.calls += 1
        if self.calls <= self._failures:
            raise self._error
        return request


class Pauses(list[float]):
    """A pause that takes no time and is remembered."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.mark.requirement("ITS-15", "U")
@pytest.mark.requirement("ITS-10", "F")
@pytest.mark.parametrize("error", PASSING, ids=str)
def test_a_failure_that_may_pass_is_tried_again_after_a_tenth_two_and_four_tenths(
    error: Exception,
) -> None:
    pauses, table = Pauses(), Table(error, failures=3)

    assert Patience(pauses, Logger("test"))(table, Key="k") == {"Key": "k"}

    assert pauses == [0.1, 0.2, 0.4]
    assert table.calls == 4


@pytest.mark.requirement("ITS-15", "U")
@pytest.mark.requirement("ITS-10", "F")
@pytest.mark.parametrize("error", PASSING, ids=str)
def test_a_failure_that_does_not_pass_is_told_after_the_third_repetition(error: Exception) -> None:
    pauses, table = Pauses(), Table(error, failures=4)

    with pytest.raises(StoreBusyError) as told:
        Patience(pauses, Logger("test"))(table)

    assert told.value.__cause__ is error
    assert (table.calls, len(pauses)) == (4, 3)


@pytest.mark.requirement("ITS-15", "U")
@pytest.mark.parametrize("error", FINAL, ids=str)
@pytest.mark.parametrize("before", [0, 3])
def test_a_refusal_is_not_tried_again(error: Exception, before: int) -> None:
    outcomes = [PASSING[0]] * before + [error]

    def table() -> None:
        raise outcomes.pop(0)

    with pytest.raises(ClientError) as told:
        Patience(Pauses(), Logger("test"))(table)

    assert told.value is error
    assert outcomes == []


def test_the_refused_parts_of_a_transaction_are_told_in_order() -> None:
    error = failure("TransactionCanceledException", 400, "None", "ConditionalCheckFailed")

    assert refusals(error) == [False, True]


def test_an_error_that_is_no_refusal_is_raised_on() -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        refusals(failure("ValidationException"))
