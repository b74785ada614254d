"""Asking DynamoDB again: three times, after 0.1, 0.2 and 0.4 seconds (ITS-10, K-55).

The client's own retries are off (`wiring`), so that the two do not multiply.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

from switchboard.itsm_mock.domain.model import StoreBusyError

WAITS = (0.1, 0.2, 0.4)
_PASSING = frozenset(
    {
        "InternalServerError",
        "InternalFailure",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "ThrottlingError",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_PASSING_REASONS = frozenset(
    {"TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"}
)
_REFUSED = "ConditionalCheckFailed"
T = TypeVar("T")


class Patience:
    """Makes a call, and makes it again when what failed may pass."""

    def __init__(self, pause: Callable[[float], object], logger: Logger) -> None:
        """`pause` waits that many seconds."""
        self._pause = pause
        self._logger = logger

    def __call__(self, call: Callable[..., T], **request: Any) -> T:
        """The call's answer; an error that would come again is raised as it is.

        Raises:
            StoreBusyError: it failed four times.
        """
        for seconds in WAITS:
            try:
                return call(**request)
            except (ClientError, HTTPClientError, BotoConnectionError) as error:
                if not _may_pass(error):
                    raise
                self._logger.warning("table asked again", reason=str(error), seconds=seconds)
            self._pause(seconds)
        try:
            return call(**request)
        except (ClientError, HTTPClientError, BotoConnectionError) as error:
            if not _may_pass(error):
                raise
            raise StoreBusyError(f"the table failed {len(WAITS) + 1} times: {error}") from error


def refusals(error: ClientError) -> list[bool]:
    """Which parts of a transaction were refused by their condition, in the order of its items.

    Raises:
        ClientError: the error itself, when it is no refusal.
    """
    reasons = [str(item.get("Code")) for item in error.response.get("CancellationReasons", [])]
    if _REFUSED not in reasons:
        raise error
    return [reason == _REFUSED for reason in reasons]


def _may_pass(error: Exception) -> bool:
    if not isinstance(error, ClientError):
        return True
    reasons = {str(item.get("Code")) for item in error.response.get("CancellationReasons", [])}
    if reasons:
        # A refused condition would be refused again.
        return _REFUSED not in reasons and bool(reasons & _PASSING_REASONS)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response["Error"]["Code"] in _PASSING or status >= 500  # noqa: PLR2004 - HTTP's own boundary
