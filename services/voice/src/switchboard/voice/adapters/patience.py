"""Trying again inside the time that Connect gives a Lambda function (8 s at most, the flow's less).

botocore's own retries are off for these clients: one layer tries again, and it knows the clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from switchboard.voice.domain.ports import UnavailableError

T = TypeVar("T")
FIRST_WAIT_SECONDS = 0.1
MAY_PASS = frozenset(
    {
        "InternalServerError",
        "InternalServiceException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Error codes that may be gone in a moment (API references of DynamoDB, Connect, Q in Connect)."""
PASSING_REASONS = frozenset({"TransactionConflict", "ThrottlingError"})
"""Cancellation reasons of a transaction that may be gone in a moment."""
FIRST_SERVER_ERROR = 500

Attempt = Callable[[Callable[[], T]], T]


class TimeLeft:
    """Seconds that may still be spent in this call, by all that share it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` is monotonic, in seconds; until `start`, no time is left."""
        self._clock = clock
        self._end = clock()

    def start(self, seconds: float) -> None:
        """A new call begins with this much time."""
        self._end = self._clock() + seconds

    def __call__(self) -> float:
        """What is left."""
        return self._end - self._clock()


def may_pass(error: Exception) -> bool:
    """Whether the same call may work in a moment."""
    if not isinstance(error, ClientError):
        return isinstance(error, HTTPClientError)
    reasons = error.response.get("CancellationReasons", [])
    if reasons:
        codes = {reason.get("Code") for reason in reasons}
        return bool(codes & PASSING_REASONS) and "ConditionalCheckFailed" not in codes
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response["Error"]["Code"] in MAY_PASS or status >= FIRST_SERVER_ERROR


@dataclass(frozen=True)
class Patience:
    """Repeat an act that is safe to do again; waits 0.1 s, then twice as long each time."""

    sleep: Callable[[float], None]
    left: Callable[[], float]
    attempt_seconds: float
    """The longest that one attempt takes: the client's connect and read time limits together."""
    on_retry: Callable[[str], None]

    def __call__(self, act: Callable[[], T]) -> T:
        """Do it while there is time for a whole attempt, so that the limit is never passed.

        Raises:
            UnavailableError: there is no time left to try.
            Exception: the last one of the act, when it cannot pass or time has run out.
        """
        wait = FIRST_WAIT_SECONDS
        if self.left() < self.attempt_seconds:
            raise UnavailableError("no time left to ask")
        while True:
            try:
                return act()
            except (ClientError, BotoCoreError) as error:
                if not may_pass(error) or self.left() < wait + self.attempt_seconds:
                    raise
                self.on_retry(type(error).__name__)
            self.sleep(wait)
            wait *= 2


def at_once(act: Callable[[], T]) -> T:
    """One attempt: the queue tries again, and botocore's own retries are on."""
    return act()
