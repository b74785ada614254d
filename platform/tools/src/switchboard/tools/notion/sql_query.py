"""The SQL mode of `notion-query-data-sources`: counting is done on the data, not in a head."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.ledger import Result
from switchboard.tools.notion.reading import id_in
from switchboard.tools.notion.row_tables import LoadTable
from switchboard.tools.notion.sql_tables import SqlTables
from switchboard.tools.tool_target import Call

MAX_DATA_SOURCES = 5
KEPT_SECONDS = 60.0
MOST_KEPT = 2


@dataclass(frozen=True)
class Snapshot:
    """Data sources as they were at a moment."""

    tables: SqlTables
    rows: dict[str, int]
    at: float


@dataclass
class Snapshots:
    """What was loaded a moment ago, by invocation and data sources.

    All queries of a run see the same rows, and Notion is asked for them once.
    """

    clock: Callable[[], float]
    _kept: dict[tuple[str, ...], Snapshot] = field(default_factory=dict)

    def get(self, key: tuple[str, ...], load: Callable[[], Snapshot]) -> Snapshot:
        """The snapshot of `key`, loaded when there is none or an old one."""
        known = self._kept.pop(key, None)
        if known is None or self.clock() - known.at > KEPT_SECONDS:
            known = load()
        self._kept[key] = known
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return known


@dataclass(frozen=True)
class QuerySql:
    """Run one SELECT over whole data sources."""

    load: LoadTable
    snapshots: Snapshots

    def __call__(self, data: dict[str, Any], call: Call) -> Result:
        """Answer `{results: [{column: value}], has_more, data_sources: [{url, rows}]}`."""
        sources = _sources(data)
        key = (call.invocation.invocation_id, *sources)
        snapshot = self.snapshots.get(key, lambda: self._loaded(sources))
        found = snapshot.tables.query(data["query"], data.get("params", []))
        return {
            "results": found.rows,
            "has_more": found.has_more,
            "data_sources": [{"url": url, "rows": snapshot.rows[url]} for url in sources],
        }

    def _loaded(self, sources: dict[str, str]) -> Snapshot:
        tables = [self.load(url, source_id) for url, source_id in sources.items()]
        clock = self.snapshots.clock
        rows = {table.name: len(table.rows) for table in tables}
        return Snapshot(SqlTables(tables, clock), rows, clock())


def _sources(data: dict[str, Any]) -> dict[str, str]:
    """Ids of the data sources by the names the statement uses.

    Raises:
        InvalidArgumentsError: another mode, no data source, or too many.
    """
    if data.get("mode", "sql") != "sql":
        raise InvalidArgumentsError('data.mode must be "sql"')
    urls = data["data_source_urls"]
    if not 1 <= len(urls) <= MAX_DATA_SOURCES:
        raise InvalidArgumentsError(f"Give 1 to {MAX_DATA_SOURCES} data_source_urls")
    return {url: id_in(url) for url in urls}
