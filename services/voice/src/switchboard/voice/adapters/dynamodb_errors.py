"""DynamoDB's errors in the words of the ports."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from switchboard.voice.domain.ports import UnavailableError


class RefusedError(Exception):
    """A condition of ours was not met."""


def is_refused(error: ClientError) -> bool:
    """Whether a condition was not met (and not: throttled, denied, malformed)."""
    if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
        return True
    reasons: Any = error.response.get("CancellationReasons", [])
    return any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons)


@contextmanager
def translated() -> Iterator[None]:
    """Translate what the client raises.

    Raises:
        RefusedError: a condition was not met.
        UnavailableError: anything else; the text has the code, never the request.
    """
    try:
        yield
    except ClientError as error:
        if is_refused(error):
            raise RefusedError from error
        code = error.response["Error"]["Code"]
        raise UnavailableError(f"DynamoDB answered {code}") from error
    except BotoCoreError as error:
        raise UnavailableError(f"DynamoDB: {type(error).__name__}") from error


def accepted(act: Callable[[], object]) -> bool:
    """Whether the write was done; False when its condition was not met."""
    try:
        with translated():
            act()
    except RefusedError:
        return False
    return True
