"""The port to where prototypes lie, and how their keys are made (SEC-13, F19)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from switchboard.tools.errors import InvalidArgumentsError

EXPIRY_FILE = ".expires.json"
"""`{"expires_at": "<ISO 8601>", "expiry_days": n}` beside each prototype's files."""
MAX_KEY = 900
"""S3 allows 1,024 bytes."""


@dataclass(frozen=True)
class StoredFile:
    """A file of a prototype, as it is stored."""

    key: str
    body: bytes
    content_type: str
    expiry_days: int
    expires_at: datetime


class PrototypeStore(Protocol):
    """Where the files of prototypes are stored."""

    def put(self, file: StoredFile) -> None:
        """Store or replace a file."""
        ...

    def read(self, key: str) -> bytes | None:
        """A file's content, or None."""
        ...

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        ...


def key_of(invocation_id: str, path: str) -> str:
    """The key `<invocation id>/<path>`; a path can never leave the prefix or name a hidden file.

    Raises:
        InvalidArgumentsError: the path is empty, absolute, climbs, or has a hidden part.
    """
    parts = path.split("/")
    bad = any(part == "" or part.startswith(".") for part in parts)
    printable = path.isprintable() and "\\" not in path and "%" not in path
    key = f"{invocation_id}/{path}"
    if bad or not printable or len(key.encode()) > MAX_KEY:
        raise InvalidArgumentsError(f"{path!r} is not a path inside the prototype")
    return key
