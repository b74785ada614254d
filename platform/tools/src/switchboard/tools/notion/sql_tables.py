"""Tables in memory that a statement of the model can read and nothing else.

The rows are other people's text and the statement is the model's: neither is trusted. Values are
bound, never pasted; SQLite's authorizer refuses whatever is no SELECT; time, memory, length of the
statement and size of the answer are limited (sqlite.org, "Defense Against The Dark Arts").
"""

import json
import math
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from switchboard.tools.errors import InvalidArgumentsError

MAX_ANSWER_ROWS = 500
MAX_ANSWER_CHARACTERS = 200_000
"""What an answer may hold: it becomes part of every later model call of the run."""
MAX_SECONDS = 5.0
MAX_HEAP_BYTES = 128 * 1024 * 1024
"""For all of SQLite in this process; the function has 512 MB."""
_CHECK_EVERY = 20_000
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 2_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 500,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 100,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION)
_REFUSED_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer"})
_REMEDY = (
    "Write one SELECT in SQLite's dialect: data source URLs as table names and property names as "
    'columns, both in double quotes, e.g. SELECT COUNT(*) FROM "collection://<id>"'
)

_NAME_OR_TEXT = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/""", re.DOTALL)
_ALIAS = re.compile(r"""\bAS\s+("(?:[^"]|"")*")""", re.IGNORECASE)

Value = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Rows under a name; `columns` maps a column's name to whether it holds numbers."""

    name: str
    columns: dict[str, bool]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True)
class Found:
    """The rows of an answer, and whether there were more than fit."""

    rows: list[dict[str, Value]]
    has_more: bool


class SqlTables:
    """A read-only SQLite in memory; `clock` gives seconds."""

    def __init__(self, tables: Iterable[Table], clock: Callable[[], float]) -> None:
        """Load the tables, then close every way to change anything."""
        self._clock = clock
        self._deadline = 0.0
        self._columns: list[str] = []
        self._tables: list[str] = []
        # A warm function may serve its calls on different threads, one after the other.
        self._base = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._base.execute(f"PRAGMA hard_heap_limit={MAX_HEAP_BYTES}")
        self._base.execute("PRAGMA temp_store=MEMORY")  # so that sorting is under the limit, too
        for table in tables:
            self._load(table)
        self._base.execute("PRAGMA query_only=ON")
        for limit, most in _LIMITS.items():
            self._base.setlimit(limit, most)
        self._base.set_authorizer(_authorize)
        self._base.set_progress_handler(self._is_late, _CHECK_EVERY)

    def _load(self, table: Table) -> None:
        columns = [f"{_quoted(name)} {'NUMERIC' if n else 'TEXT'}" for name, n in _unique(table)]
        name = _quoted(table.name)
        self._columns += [name for name, _ in _unique(table)]
        self._tables.append(table.name)
        self._base.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        with_values = f"INSERT INTO {name} VALUES ({marks})"  # noqa: S608 - a quoted name, bound values
        self._base.execute("BEGIN")
        self._base.executemany(with_values, (list(map(_storable, row)) for row in table.rows))
        self._base.execute("COMMIT")

    def query(self, statement: str, params: Sequence[str] = ()) -> Found:
        """Run one SELECT.

        Raises:
            InvalidArgumentsError: it is no SELECT, is wrong, or takes too long.
        """
        self._deadline = self._clock() + MAX_SECONDS
        self._refuse_unknown_names(statement)
        try:
            cursor = self._base.execute(statement, params)
            try:
                return _taken(cursor)
            finally:
                cursor.close()
        except (sqlite3.Error, sqlite3.Warning, ValueError, MemoryError) as error:
            raise InvalidArgumentsError(self._reason(error), self._remedy(error)) from error

    def _refuse_unknown_names(self, statement: str) -> None:
        """SQLite takes a mistyped column in double quotes for a text and counts that, silently."""
        known = {name.casefold() for name in (*self._columns, *self._tables)}
        known |= {_bare(found).casefold() for found in _ALIAS.findall(statement)}
        for found in _NAME_OR_TEXT.findall(statement):
            if found.startswith('"') and _bare(found).casefold() not in known:
                raise InvalidArgumentsError(
                    f"There is no column and no table {found} in this query",
                    f"{_REMEDY}. Columns: {', '.join(self._columns)}",
                )

    def _is_late(self) -> bool:
        return self._clock() > self._deadline

    def _reason(self, error: Exception) -> str:
        said = str(error)
        if said == "interrupted":
            return f"The query took longer than {MAX_SECONDS:.0f} seconds and was stopped"
        if isinstance(error, MemoryError) or "memory" in said:
            return "The query needs more memory than it may have"
        if any(word in said for word in ("authoriz", "prohibited", "no SELECT")):
            return "Only reading is allowed: one SELECT without recursion, PRAGMA or ATTACH"
        return f"The query cannot be run: {said}"

    def _remedy(self, error: Exception) -> str:
        if "no such column" in str(error):
            return f"{_REMEDY}. Columns: {', '.join(self._columns)}"
        return _REMEDY


def _authorize(action: int, first: str | None, second: str | None, *_where: str | None) -> int:
    """SQLite asks while it compiles; SELECT, READ and FUNCTION name their object differently."""
    if action not in _READING:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_READ and str(first).lower().startswith(("sqlite_", "pragma_")):
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and str(second).lower() in _REFUSED_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _unique(table: Table) -> list[tuple[str, bool]]:
    """SQLite's column names ignore case, Notion's do not: the second one gets a number."""
    taken: dict[str, bool] = {}
    for given, is_number in table.columns.items():
        name = given.replace("\0", "")
        unique, number = name, 2
        while unique.casefold() in {known.casefold() for known in taken}:
            unique, number = f"{name} ({number})", number + 1
        taken[unique] = is_number
    return list(taken.items())


def _bare(quoted: str) -> str:
    return quoted[1:-1].replace('""', '"')


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _storable(value: Value) -> Value:
    # JSON can hold half a surrogate pair, UTF-8 cannot.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _taken(cursor: sqlite3.Cursor) -> Found:
    if cursor.description is None:
        raise ValueError("no SELECT")
    names = [column[0] for column in cursor.description]
    rows: list[dict[str, Value]] = []
    characters = 0
    for row in cursor:
        shown = dict(zip(names, map(_shown, row), strict=True))
        characters += len(json.dumps(shown, ensure_ascii=False))
        if len(rows) == MAX_ANSWER_ROWS or characters > MAX_ANSWER_CHARACTERS:
            return Found(rows, has_more=True)
        rows.append(shown)
    return Found(rows, has_more=False)


def _shown(value: Any) -> Value:
    """A value JSON can hold."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    known: Value = value
    return known
