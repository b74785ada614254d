"""Opaque, signed cursors of a caller's list: where the next page begins, good for this caller only.

The key opens nothing: a forged cursor could but start somewhere else in the list of a caller who is
named in the request anyway. So it lives in the state table, not in a secret of its own.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import NamedTuple

from switchboard.itsm_mock.domain.model import InvalidRequestError

MAX_LENGTH = 200
_SIGNATURE_BYTES = 16


class Position(NamedTuple):
    """The last ticket seen."""

    created_at: str
    ticket_id: str


class Cursors:
    """Makes and reads cursors."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        """Sign with `key`, which is asked for when the first cursor is."""
        self._key = key

    def encoded(self, caller_id: str, position: Position) -> str:
        """The cursor that asks for what comes after this ticket."""
        payload = json.dumps(position).encode()
        return base64.urlsafe_b64encode(self._signature(caller_id, payload) + payload).decode()

    def decoded(self, caller_id: str, cursor: str) -> Position:
        """The ticket in a cursor.

        Raises:
            InvalidRequestError: it is not one of this caller's list.
        """
        raw = _bytes(cursor)
        signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(caller_id, payload)):
            raise InvalidRequestError(
                "INVALID_CURSOR",
                "That is not a cursor of this caller's list",
                "Use X-Next-Cursor of the page before, unchanged, or leave cursor out",
            )
        return Position(*json.loads(payload))

    def _signature(self, caller_id: str, payload: bytes) -> bytes:
        message = caller_id.encode() + b"\x00" + payload
        return hmac.digest(self._key(), message, hashlib.sha256)[:_SIGNATURE_BYTES]


def _bytes(cursor: str) -> bytes:
    """What it holds; nothing, which no signature fits, when it is not even base64."""
    if len(cursor) > MAX_LENGTH:
        return b""
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True)
    except ValueError:  # binascii.Error is one
        return b""
