"""What AgentCore Memory keeps, in one folder: events in SQLite, records in a full-text index.

AgentCore lets a model read the events and write records; here each line of an event is a record.
"""

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from switchboard.local.knowledge.index import Document, Hit, Index

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events(
  number INTEGER PRIMARY KEY, memory TEXT NOT NULL, actor TEXT NOT NULL, session TEXT NOT NULL,
  token TEXT NOT NULL, event TEXT NOT NULL, UNIQUE(memory, token));
CREATE INDEX IF NOT EXISTS events_of_sessions ON events(memory, actor, session);
"""


@dataclass(frozen=True)
class Session:
    """Where an event belongs."""

    memory: str
    actor: str
    session: str


class MemoryStore:
    """One connection behind a lock, and the index of the records."""

    def __init__(self, folder: Path) -> None:
        """Open or make the files in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._events = sqlite3.connect(
            folder / "events.db", timeout=10, isolation_level=None, check_same_thread=False
        )
        self._events.execute("PRAGMA journal_mode=WAL")
        self._events.executescript(_SCHEMA)
        self._records = Index(folder / "records.db")

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            self._events.close()
        self._records.close()

    def add(self, session: Session, token: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Keep an event; the same token again is the same event, as the client retries."""
        with self._lock:
            self._events.execute(
                "INSERT OR IGNORE INTO events(memory, actor, session, token, event) "
                "VALUES(?, ?, ?, ?, ?)",
                (session.memory, session.actor, session.session, token, json.dumps(dict(event))),
            )
            [kept] = self._events.execute(
                "SELECT event FROM events WHERE memory = ? AND token = ?", (session.memory, token)
            ).fetchone()
        found: dict[str, Any] = json.loads(kept)
        return found

    def events(self, session: Session, after: int, most: int) -> list[tuple[int, dict[str, Any]]]:
        """A session's events with their numbers, the newest first; `after` 0 is the beginning."""
        where = (session.memory, session.actor, session.session)
        with self._lock:
            rows = self._events.execute(
                "SELECT number, event FROM events WHERE memory = ? AND actor = ? AND session = ? "
                "AND (? = 0 OR number < ?) ORDER BY number DESC LIMIT ?",
                (*where, after, after, most),
            ).fetchall()
        return [(number, json.loads(event)) for number, event in rows]

    def learn(
        self, memory: str, strategy: str, namespace: str, texts: Iterable[str], now: datetime
    ) -> None:
        """Make a record of each line; a line that is known already stays one record."""
        for line in _lines(texts):
            name = f"mem-{uuid.uuid5(uuid.NAMESPACE_URL, f'{memory} {namespace} {line}')}"
            about = {"namespace": namespace, "strategy": strategy}
            self._records.put(memory, Document(strategy, name, about, now.astimezone(UTC)), line)

    def search(
        self, memory: str, namespace: str, query: str, most: int, strategy: str | None
    ) -> list[Hit]:
        """The records below a namespace that fit best."""

        def wanted(about: Mapping[str, Any]) -> bool:
            return str(about["namespace"]).startswith(namespace) and (
                strategy is None or about["strategy"] == strategy
            )

        return self._records.search(memory, query, wanted, most)


def _lines(texts: Iterable[str]) -> list[str]:
    return [line.strip() for text in texts for line in text.splitlines() if line.strip()]
