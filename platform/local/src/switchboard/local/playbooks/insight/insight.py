"""The steps of the insight agent: find the data, count, read, find themes, count again, write."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from switchboard.local.model.engine import Call, Context, Final, Result, Script, playbook
from switchboard.local.playbooks.answers import failed, give_up, reason_of, value_of
from switchboard.local.playbooks.brief import Brief, read_brief
from switchboard.local.playbooks.insight import queries
from switchboard.local.playbooks.insight.findings import Findings, findings_of
from switchboard.local.playbooks.insight.queries import RATINGS, Table
from switchboard.local.playbooks.insight.report import Report
from switchboard.local.playbooks.insight.sources import (
    MAX_ROWS,
    Source,
    page_source,
    table_source,
)
from switchboard.local.playbooks.insight.themes import Theme, Told, themes_of, told_of, with_quotes

Steps = Generator[Any, Any, Any]
Value = Mapping[str, Any]
READABLE = (*RATINGS, "Open Feedback", "Top Concern", "Would Use")
DEFAULT_ENOUGH = 5


class _StopError(Exception):
    """The run cannot go on; carries the last words."""

    def __init__(self, final: Final) -> None:
        super().__init__(final.text)
        self.final = final


@dataclass(frozen=True)
class Data:
    """The feedback database, and what else was read."""

    table: Table
    title: str
    url: str
    sources: tuple[Source, ...]


@playbook("insight")
def insight(ctx: Context) -> Script:
    """Read everything, count, and write one report."""
    brief = read_brief(ctx.prompt)
    try:
        data = yield from _data(brief)
        findings = findings_of((yield from _asked(data.table, queries.statistics(data.table))))
        if not findings.responses:
            return give_up(
                f"Nobody has answered yet: “{data.title}” holds no response",
                "share the demo deck, collect some answers, then set the Status again.",
            )
        told = told_of((yield from _asked(data.table, queries.texts(data.table))))
        themes = yield from _themes(data.table, told, brief.story.title)
        final: Final = yield from _written(brief, data, findings, (themes, told))
    except _StopError as stop:
        return stop.final
    return final


def _data(brief: Brief) -> Steps:
    """Fetch the database and the further sources, then what is in them."""
    wanted = brief.about("feedback_database")
    ids = [str(item) for item in brief.facts.get("related_sources") or []]
    fetched = yield [Call("notion-fetch", {"id": item}) for item in (str(wanted.get("id")), *ids)]
    database = _database(fetched[0], str(wanted.get("url") or wanted.get("id")))
    table = yield from _table(database)
    sources = yield from _further(ids, fetched[1:])
    title, url = str(database.get("title") or "Feedback"), str(database.get("url") or "")
    return Data(table, title, url or str(wanted.get("url") or ""), sources)


def _table(database: Value) -> Steps:
    """The database's data source with the types of its properties."""
    source_id, kinds = _source(database)
    if kinds is None:
        answer = yield Call("notion-fetch", {"id": source_id})
        if failed(answer):
            raise _StopError(give_up("Cannot read the feedback database", reason_of(answer)))
        kinds = value_of(answer).get("properties", {})
    if not any(name in kinds for name in READABLE):
        why = f"it has none of the properties {', '.join(READABLE)}. Use the one of the demo deck."
        title = database.get("title") or "the database"
        raise _StopError(give_up(f"“{title}” is no feedback database", why))
    return Table(_url(source_id), kinds)


def _further(ids: Sequence[str], fetched: Sequence[Result]) -> Steps:
    """The further sources; of those that are databases, some rows."""
    values = [value_of(answer) for answer in fetched]
    tables = [_source(value)[0] for value in values if _source(value)[0]]
    calls = [_sql(_url(item), queries.everything(_url(item), MAX_ROWS)) for item in tables]
    rows = iter((yield calls) if calls else [])
    return tuple(
        _read(wanted, answer, next(rows) if _source(value_of(answer))[0] else None)
        for wanted, answer in zip(ids, fetched, strict=True)
    )


def _read(wanted: str, answer: Result, rows: Result | None) -> Source:
    value = value_of(answer)
    title, url = str(value.get("title") or wanted), str(value.get("url") or "")
    for result in (answer, rows):
        if result is not None and failed(result):
            return Source(title, url, "", problem=reason_of(result))
    return page_source(value) if rows is None else table_source(value, value_of(rows))


def _database(answer: Result, name: str) -> Value:
    if failed(answer):
        raise _StopError(give_up(f"Cannot read the feedback database {name}", reason_of(answer)))
    value = value_of(answer)
    if value.get("in_trash"):
        why = "it has been deleted (it is in the trash). Restore it, or name another one."
        raise _StopError(give_up(f"Cannot use the feedback database {name}", why))
    if value.get("object") == "page" or not _source(value)[0]:
        why = "it is no database. Put the address of the feedback database on the story's page."
        raise _StopError(give_up(f"Cannot use {name} as feedback database", why))
    return value


def _source(value: Value) -> tuple[str, Value | None]:
    """The id of the (first) data source, and its properties when they are known already."""
    if value.get("object") == "data_source":
        return str(value.get("id")), value.get("properties", {})
    for source in value.get("data_sources") or []:
        return str(source.get("id")), source.get("properties")
    return "", None


def _url(source_id: str) -> str:
    return f"collection://{source_id}"


def _sql(url: str, statement: str, params: Sequence[str] = ()) -> Call:
    data = {"mode": "sql", "data_source_urls": [url], "query": statement, "params": list(params)}
    return Call("notion-query-data-sources", {"data": data})


def _asked(table: Table, statement: str, params: Sequence[str] = ()) -> Steps:
    """The rows of a query of the feedback database.

    One query after the other: the first one loads the rows, the others find them loaded.
    """
    answer = yield _sql(table.url, statement, params)
    if failed(answer):
        raise _StopError(give_up("Cannot query the feedback", reason_of(answer)))
    return value_of(answer).get("results", [])


def _themes(table: Table, told: list[Told], title: str) -> Steps:
    """The themes with their numbers over all responses, and quotes."""
    themes = themes_of(told, title)
    if not themes:
        return []
    statement, params = queries.mentions(table, [theme.stems for theme in themes])
    rows = yield from _asked(table, statement, params)
    known = {int(row["theme"]): row for row in rows}
    counted = [
        replace(theme, n=int(known[place]["n"]), mean=known[place]["mean"])
        for place, theme in enumerate(themes)
    ]
    shared = sorted((theme for theme in counted if theme.n > 1), key=lambda theme: -theme.n)
    return with_quotes(shared, told)


def _written(
    brief: Brief, data: Data, findings: Findings, read: tuple[list[Theme], list[Told]]
) -> Steps:
    themes, told = read
    report = Report(
        findings,
        themes,
        told,
        data.sources,
        database=(data.title, data.url),
        enough=int(brief.facts.get("too_few_responses_below") or DEFAULT_ENOUGH),
        model_note=brief.model_note,
    )
    page = {
        "properties": {"title": f"Feedback report: {brief.story.title}"},
        "content": report.markdown(),
    }
    parent = {"page_id": brief.fact("notion_page_id")}
    made = yield Call(
        "notion-create-pages", {"parent": parent, "pages": [page]}, "I write it down."
    )
    if failed(made):
        return give_up("Cannot write the report", reason_of(made))
    return _done(brief, report, value_of(made)["pages"][0])


def _done(brief: Brief, report: Report, page: Value) -> Final:
    artifact = {
        "type": "insight_report",
        "url": str(page["url"]),
        "title": str(page["title"]),
        "metadata": {
            "page_id": str(page["id"]),
            "parent_page_id": str(page.get("parent_page_id")),
            "feedback_database_id": str(brief.about("feedback_database").get("id")),
            "response_count": report.findings.rows,
        },
    }
    summary = _summary(report, brief.model_note)
    structured = {"status": "completed", "summary": summary, "artifacts": [artifact]}
    return Final(f"{summary}\n{page['url']}", structured)


def _summary(report: Report, model_note: str) -> str:
    thin = "The data are too thin to decide by. " if report.is_thin else ""
    said = " ".join(report.headlines()).replace("**", "")
    count = report.findings.responses
    many = f"{count:,} response{'' if count == 1 else 's'}"
    return f"{thin}{many}. {said} Model: {model_note}."
