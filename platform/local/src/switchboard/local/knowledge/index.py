"""Documents and their passages in one SQLite file; BM25 ranks them, nothing of ours."""

import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PASSAGE_CHARACTERS = 1_200
"""About the 300 tokens of the deployed data source's chunks."""
MOST_WORDS = 64
"""Words of a question that are looked for."""
_WORD = re.compile(r"\w+")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents(
  base TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL,
  metadata TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY(base, source, id));
CREATE TABLE IF NOT EXISTS places(
  number INTEGER PRIMARY KEY, base TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS places_of_documents ON places(base, source, id);
CREATE VIRTUAL TABLE IF NOT EXISTS passages USING fts5(
  text, tokenize = 'porter unicode61 remove_diacritics 2');
"""


@dataclass(frozen=True)
class Document:
    """What is known of a document besides its text."""

    source: str
    id: str
    metadata: Mapping[str, Any]
    updated_at: datetime


@dataclass(frozen=True)
class Hit:
    """A passage that was found; `score` is between 0 and 1, higher is better."""

    document: Document
    text: str
    score: float


class Index:
    """One connection behind a lock; a write that returned is still there after SIGKILL."""

    def __init__(self, path: Path) -> None:
        """Open or make the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path, timeout=10, isolation_level=None, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def put(self, base: str, document: Document, text: str) -> None:
        """Add or replace a document."""
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._remove(base, document.source, document.id)
            self._connection.execute(
                "INSERT INTO documents VALUES(?, ?, ?, ?, ?)",
                (
                    base,
                    document.source,
                    document.id,
                    json.dumps(dict(document.metadata)),
                    document.updated_at.isoformat(),
                ),
            )
            for passage in passages_of(text):
                place = self._connection.execute(
                    "INSERT INTO places(base, source, id) VALUES(?, ?, ?)",
                    (base, document.source, document.id),
                )
                self._connection.execute(
                    "INSERT INTO passages(rowid, text) VALUES(?, ?)", (place.lastrowid, passage)
                )

    def find(self, base: str, source: str, document_id: str) -> Document | None:
        """The document, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT source, id, metadata, updated_at FROM documents "
                "WHERE base = ? AND source = ? AND id = ?",
                (base, source, document_id),
            ).fetchone()
        return _document(row) if row else None

    def all(self, base: str, source: str) -> list[Document]:
        """Every document of a data source, by id."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT source, id, metadata, updated_at FROM documents "
                "WHERE base = ? AND source = ? ORDER BY id",
                (base, source),
            ).fetchall()
        return [_document(row) for row in rows]

    def delete(self, base: str, source: str, document_id: str) -> bool:
        """Whether it was there."""
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            return self._remove(base, source, document_id)

    def search(
        self, base: str, query: str, matches: Callable[[Mapping[str, Any]], bool], most: int
    ) -> list[Hit]:
        """The best passages that match, best first; any word of the query may be the one found."""
        words = list(dict.fromkeys(_WORD.findall(query.lower())))[:MOST_WORDS]
        if not words:
            return []
        wanted = " OR ".join(f'"{word}"' for word in words)
        with self._lock:
            found = self._connection.execute(
                "SELECT d.source, d.id, d.metadata, d.updated_at, p.text, bm25(passages) "
                "FROM passages p JOIN places l ON l.number = p.rowid "
                "JOIN documents d ON (d.base, d.source, d.id) = (l.base, l.source, l.id) "
                "WHERE passages MATCH ? AND l.base = ? ORDER BY rank",
                (wanted, base),
            )
            return list(_best(found, matches, most))

    def _remove(self, base: str, source: str, document_id: str) -> bool:
        where = (base, source, document_id)
        self._connection.execute(
            "DELETE FROM passages WHERE rowid IN "
            "(SELECT number FROM places WHERE base = ? AND source = ? AND id = ?)",
            where,
        )
        self._connection.execute(
            "DELETE FROM places WHERE base = ? AND source = ? AND id = ?", where
        )
        gone = self._connection.execute(
            "DELETE FROM documents WHERE base = ? AND source = ? AND id = ?", where
        )
        return gone.rowcount > 0


def passages_of(text: str) -> Iterator[str]:
    """The text in pieces that end at an empty line where they can."""
    piece = ""
    for paragraph in re.split(r"\n\s*\n", text):
        if piece and len(piece) + len(paragraph) > PASSAGE_CHARACTERS:
            yield piece
            piece = ""
        piece = f"{piece}\n\n{paragraph}" if piece else paragraph
        while len(piece) > PASSAGE_CHARACTERS:
            yield piece[:PASSAGE_CHARACTERS]
            piece = piece[PASSAGE_CHARACTERS:]
    if piece:
        yield piece


def _best(
    rows: Iterator[Any], matches: Callable[[Mapping[str, Any]], bool], most: int
) -> Iterator[Hit]:
    for *about, text, rank in rows:
        if most == 0:
            return
        document = _document(about)
        if matches(document.metadata):
            most -= 1
            # SQLite's bm25 is negative, the better the lower.
            yield Hit(document, text, -rank / (1 - rank))


def _document(row: Any) -> Document:
    source, document_id, metadata, updated_at = row
    moment = datetime.fromisoformat(updated_at).astimezone(UTC)
    return Document(source, document_id, json.loads(metadata), moment)
