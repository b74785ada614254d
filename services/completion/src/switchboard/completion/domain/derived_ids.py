"""Ids that are the same on every try: a repeated delivery asks for the same thing again."""

import hashlib

from ulid import ULID


def derived_ulid(origin: str, *parts: str) -> str:
    """A ULID made of `origin` (a ULID) and `parts`; it sorts after its origin.

    Raises:
        ValueError: `origin` is no ULID.
    """
    milliseconds = ULID.from_str(origin).milliseconds + 1
    digest = hashlib.sha256("|".join((origin, *parts)).encode()).digest()
    return str(ULID(milliseconds.to_bytes(6, "big") + digest[:10]))
