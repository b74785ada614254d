"""Ids and instants as Notion writes them."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, unquote
from uuid import NAMESPACE_URL, UUID, uuid5

from switchboard.local.notion.errors import invalid

Clock = Callable[[], datetime]

# Real property ids are four printable characters, many of which a URL must escape.
_ALPHABET = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ:;<=>?@[]^`{|}~"


def stable(name: str) -> str:
    """The id of a seeded object: the same after every reset."""
    return str(uuid5(NAMESPACE_URL, f"switchboard.local/notion/{name}"))


def normal(text: object, label: str) -> str:
    """An id with dashes, whether it came with or without them.

    Raises:
        NotionError: it is no UUID.
    """
    try:
        return str(UUID(str(text)))
    except ValueError:
        raise invalid(
            f"path failed validation: path.{label} should be a valid uuid, "
            f"instead was `{text!s:.80}`."
        ) from None


def property_id(data_source_id: str, name: str) -> str:
    """A short id that needs URL encoding, as real ones do."""
    digest = hashlib.sha256(f"{data_source_id}/{name}".encode()).digest()
    letters = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:3])
    return ":;@>"[digest[3] % 4] + letters


@lru_cache(maxsize=4096)
def encoded(raw_id: str) -> str:
    """A property id as it is sent."""
    return quote(raw_id, safe="")


def decoded(sent_id: str) -> str:
    """A property id as it is kept; accepts both forms."""
    return unquote(sent_id)


def now() -> datetime:
    """The instant, aware."""
    return datetime.now(UTC)


def instant(moment: datetime) -> str:
    """An instant with milliseconds and Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
