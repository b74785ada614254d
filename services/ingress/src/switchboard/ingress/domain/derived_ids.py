"""Ids that are the same on every try: a repeated ticket, or edit, leads to the same events."""

import hashlib
from datetime import datetime

from ulid import ULID


def derived_ulid(at: datetime, *parts: str) -> str:
    """A ULID of this time, its random half made of `parts`."""
    milliseconds = int(at.timestamp() * 1000)
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return str(ULID(milliseconds.to_bytes(6, "big") + digest[:10]))
