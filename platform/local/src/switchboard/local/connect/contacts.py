"""Contacts: those of calls that are going on, and the records of calls that are over."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from switchboard.local.standin.documents import DocumentStore

CONTACT, OPEN = "contact", "open"
LISTED = 200
"""How many calls that are over are listed; each stays known by its id."""


@dataclass(frozen=True)
class Snapshot:
    """What Connect knows of a contact; times in seconds since 1970."""

    arn: str
    caller: str
    to: str
    initiated_at: float
    session_arn: str = ""
    queue_arn: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    ended_at: float | None = None
    reason: str | None = None

    @property
    def contact_id(self) -> str:
        """The last part of its ARN."""
        return self.arn.rsplit("/", 1)[-1]


class Contacts:
    """A call in progress is asked itself; of one that is over only its document is left."""

    def __init__(self, store: DocumentStore) -> None:
        """Keep documents in `store`."""
        self._store = store
        self._live: dict[str, Callable[[], Snapshot]] = {}
        self._lock = threading.Lock()
        self._over: deque[str] = deque(
            (document["contact_id"] for document in store.list(CONTACT)), maxlen=LISTED
        )

    def begin(self, look: Callable[[], Snapshot]) -> None:
        """A call begins; `look` answers what is known of it at any moment."""
        first = look()
        self._store.put(OPEN, first.contact_id, asdict(first))
        with self._lock:
            self._live[first.contact_id] = look

    def end(self, snapshot: Snapshot, record: Mapping[str, Any]) -> None:
        """A call is over: keep its record, release the call."""
        contact_id = snapshot.contact_id
        document = {"contact_id": contact_id, "snapshot": asdict(snapshot), "record": dict(record)}
        with self._store.transaction():
            self._store.put(CONTACT, contact_id, document)
            self._store.delete(OPEN, contact_id)
        with self._lock:
            self._live.pop(contact_id, None)
            self._over.append(contact_id)

    def snapshot(self, contact_id: str) -> Snapshot | None:
        """What is known of a contact; None when there never was one."""
        with self._lock:
            look = self._live.get(contact_id)
        if look is not None:
            return look()
        document = self._store.get(CONTACT, contact_id)
        return None if document is None else Snapshot(**document["snapshot"])

    def record(self, contact_id: str) -> dict[str, Any] | None:
        """The record of a call that is over."""
        document = self._store.get(CONTACT, contact_id)
        return None if document is None else dict(document["record"])

    def over(self) -> list[str]:
        """Calls that ended last, newest first."""
        with self._lock:
            return list(reversed(self._over))

    def cut_off(self) -> list[Snapshot]:
        """Calls that an end of this process, and not of the call, has cut off."""
        with self._lock:
            return [
                snapshot
                for snapshot in (Snapshot(**document) for document in self._store.list(OPEN))
                if snapshot.contact_id not in self._live
            ]

    def close(self) -> None:
        """Close the store."""
        self._store.close()
