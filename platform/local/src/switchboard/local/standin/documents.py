"""JSON documents in one SQLite file: a write that returned is still there after SIGKILL."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]

PORTION = 128
"""Documents read at once by `walk`."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL DEFAULT '', body TEXT NOT NULL,
  UNIQUE(kind, id));
CREATE INDEX IF NOT EXISTS documents_by_parent ON documents(kind, parent, number);
"""


class DocumentStore:
    """Documents by kind and id, listed in the order in which they were first put.

    One connection, guarded by a lock; several processes may hold a store on the same file.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(
            path, timeout=10, isolation_level=None, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)

    def put(self, kind: str, key: str, body: Document, parent: str = "") -> None:
        """Write or overwrite one document; its place in lists does not change."""
        with self._lock:
            self._connection.execute(
                "INSERT INTO documents(kind, id, parent, body) VALUES(?, ?, ?, ?) "
                "ON CONFLICT(kind, id) DO UPDATE "
                "SET parent = excluded.parent, body = excluded.body",
                (kind, key, parent, json.dumps(body, separators=(",", ":"))),
            )

    def get(self, kind: str, key: str) -> Document | None:
        with self._lock:
            row = self._connection.execute(
                "SELECT body FROM documents WHERE kind = ? AND id = ?", (kind, key)
            ).fetchone()
        return None if row is None else _document(row[0])

    def list(self, kind: str, parent: str | None = None) -> list[Document]:
        """All of a kind, or those of one parent, oldest first."""
        query, values = "SELECT body FROM documents WHERE kind = ?", [kind]
        if parent is not None:
            query, values = query + " AND parent = ?", [kind, parent]
        with self._lock:
            rows = self._connection.execute(query + " ORDER BY number", values).fetchall()
        return [_document(row[0]) for row in rows]

    def walk(self, kind: str, parent: str, start: str | None = None) -> Iterator[Document]:
        """Those of one parent from the one with id `start` on, oldest first, read in portions."""
        query = "SELECT number FROM documents WHERE kind = ? AND id = ?"
        with self._lock:
            first = self._connection.execute(query, (kind, start)).fetchone() if start else None
        number = first[0] if first else 0
        query = "SELECT number, body FROM documents WHERE kind = ? AND parent = ? AND number >= ?"
        while True:
            with self._lock:
                rows = self._connection.execute(
                    f"{query} ORDER BY number LIMIT {PORTION}", (kind, parent, number)
                ).fetchall()
            for _, text in rows:
                yield _document(text)
            if len(rows) < PORTION:
                return
            number = rows[-1][0] + 1

    def delete(self, kind: str, key: str) -> None:
        with self._lock:
            self._connection.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, key))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen or none; transactions nest into the outermost one."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def _document(text: str) -> Document:
    body: Document = json.loads(text)
    return body
