"""Opaque cursors of a list: the last sort key seen, in base64."""

import base64

from switchboard.orchestrator.domain.model import InvalidRequestError

MAX_LENGTH = 200


def encoded(sort_key: str) -> str:
    """The cursor that asks for what comes after this key."""
    return base64.urlsafe_b64encode(sort_key.encode()).decode()


def decoded(cursor: str) -> str:
    """The sort key in a cursor.

    Raises:
        InvalidRequestError: it is not one of ours.
    """
    try:
        sort_key = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except ValueError:  # binascii.Error and UnicodeDecodeError are ValueErrors
        sort_key = ""
    if "#" not in sort_key or len(cursor) > MAX_LENGTH:
        raise InvalidRequestError(
            "INVALID_CURSOR",
            f"{cursor[:MAX_LENGTH]!r} is not a cursor of this list",
            "Use next_cursor of the page before, unchanged, or leave cursor out",
        )
    return sort_key
