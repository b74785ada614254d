"""A data source as a table: all its rows, page by page, as plain values.

Names and forms are those of the remote Notion MCP server's SQL mode: the table is called by the
data source's URL; `url` and `createdTime` come first; a date also has `date:<name>:start`, `:end`
and `:is_datetime`; a checkbox is `__YES__` or `__NO__`; what has several values is a JSON array.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.notion.api import Body, NotionApi
from switchboard.tools.notion.sql_tables import Table, Value
from switchboard.tools.notion.values import plain

MAX_ROWS = 10_000
"""More a data source query of the Notion API does not give (request_status `incomplete`)."""
PAGE_SIZE = 100
_OWN = ("url", "createdTime", "id")
_KINDS_OF_NUMBERS = frozenset({"number"})
Reader = Callable[[Body | None], Value]


@dataclass(frozen=True)
class LoadTable:
    """Reads a whole data source."""

    api: NotionApi

    def __call__(self, name: str, data_source_id: str) -> Table:
        """The table, called `name`.

        Raises:
            NotFoundError: there is no such data source.
            InvalidArgumentsError: it has more than `MAX_ROWS` rows.
        """
        source = self.api.get(f"data_sources/{data_source_id}")
        columns = list(_columns(source["properties"]))
        rows = [
            (
                page.get("url"),
                page.get("created_time"),
                *(
                    read(page["properties"].get(property_name))
                    for property_name, _, _, read in columns
                ),
            )
            for page in self._pages(data_source_id)
        ]
        shown = {column: is_number for _, column, is_number, _ in columns}
        return Table(name, {"url": False, "createdTime": False, **shown}, rows)

    def _pages(self, data_source_id: str) -> Iterator[Body]:
        body: Body = {"page_size": PAGE_SIZE}
        seen = 0
        while True:
            answer = self.api.post(f"data_sources/{data_source_id}/query", body)
            seen += len(answer["results"])
            status = (answer.get("request_status") or {}).get("type")
            more = bool(answer.get("has_more") and answer.get("next_cursor"))
            if seen > MAX_ROWS or status == "incomplete" or (more and seen == MAX_ROWS):
                raise InvalidArgumentsError(
                    f"The data source has more than {MAX_ROWS:,} rows, the most a query can load",
                    "Move old rows to another database, or read a part with filter and page_size",
                )
            yield from answer["results"]
            if not more:
                return
            body = {**body, "start_cursor": answer["next_cursor"]}


def _columns(properties: Body) -> Iterator[tuple[str, str, bool, Reader]]:
    """Property, column, whether it holds numbers, and how its value is read."""
    for name, definition in properties.items():
        kind = definition["type"]
        shown = f"userDefined:{name}" if name.lower() in map(str.lower, _OWN) else name
        yield name, shown, kind in _KINDS_OF_NUMBERS, _value
        if kind == "date":
            for part in ("start", "end"):
                yield name, f"date:{name}:{part}", False, _date_part(part)
            yield name, f"date:{name}:is_datetime", True, _is_datetime


def _value(item: Body | None) -> Value:
    return None if item is None else _scalar(plain(item))


def _scalar(value: Any) -> Value:
    if isinstance(value, bool):
        return "__YES__" if value else "__NO__"
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False)


def _date_part(part: str) -> Reader:
    def read(item: Body | None) -> Value:
        value: Value = ((item or {}).get("date") or {}).get(part)
        return value

    return read


def _is_datetime(item: Body | None) -> Value:
    start = _date_part("start")(item)
    return None if start is None else int("T" in str(start))
