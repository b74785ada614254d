"""The insight agent: what it is told, and how its report is read off the tools' answers."""

import re
from typing import Any

from switchboard.agents.definition import AgentDefinition
from switchboard.agents.evidence import Evidence, ToolAnswer
from switchboard.agents.feedback import ENOUGH, HIGHEST, LOWEST, PROPERTIES
from switchboard.agents.inputs import FEEDBACK_DATABASE, require
from switchboard.agents.insight.output import InsightOutput
from switchboard.agents.outcome import AgentRunError
from switchboard.agents.payload import RunRequest
from switchboard.agents.quotes import invented
from switchboard.events.values import Artifact

RELATED = "Related Sources"
"""The page's property that names further pages and databases."""
MAX_SOURCES = 10
QUERY = "notion-query-data-sources"
_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def inputs(request: RunRequest) -> dict[str, Any]:
    """The feedback database, and what else is to be read."""
    database = require(FEEDBACK_DATABASE, request)
    database_id = str(database.metadata.get("database_id") or database.url)
    known = {_plain(database_id), _plain(request.notion_page_id)}
    sources = [item for item in _related(request) if _plain(item) not in known]
    return {
        "feedback_database": {"id": database_id, "url": database.url, "title": database.title},
        "related_sources": sources[:MAX_SOURCES],
    }


def _related(request: RunRequest) -> list[str]:
    """Ids of the pages and databases of the parent's artifacts and of the page's property."""
    parent = request.parent.artifacts if request.parent else []
    given = [
        str(item.metadata.get("page_id") or item.metadata.get("database_id") or "")
        for item in parent
        if item.type in ("notion_page", "notion_database", "insight_report")
    ]
    for name, value in request.story.properties.items():
        if name.strip().casefold() == RELATED.casefold():
            texts = value if isinstance(value, list) else [value]
            given += [found for text in texts for found in _ID.findall(_without_view(text))]
    return list({_plain(item): item for item in given if item}.values())


def _without_view(text: Any) -> str:
    """`?v=` in an address names a view of a database."""
    return re.sub(r"\?\S*", " ", str(text))


def _plain(notion_id: str) -> str:
    found = _ID.findall(_without_view(notion_id))
    return found[-1].replace("-", "").lower() if found else notion_id


def facts(_request: RunRequest) -> dict[str, Any]:
    """How the answers are to be read."""
    return {
        "feedback_properties": {item.name: item.kind for item in PROPERTIES},
        "rating_scale": [LOWEST, HIGHEST],
        "too_few_responses_below": ENOUGH,
    }


def artifacts(evidence: Evidence, request: RunRequest) -> list[Artifact]:
    """The report, when it was written; its size is what the queries say."""
    reports = _reports(evidence)
    if not reports:
        return []
    database_id = str(inputs(request)["feedback_database"]["id"])
    _, made = reports[-1]
    return [
        Artifact(
            type="insight_report",
            url=str(made.get("url")),
            title=str(made.get("title")),
            metadata={
                "page_id": str(made.get("id")),
                "parent_page_id": str(made.get("parent_page_id")),
                "feedback_database_id": database_id,
                "response_count": _responses(evidence, database_id) or 0,
            },
        )
    ]


def _reports(evidence: Evidence) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The pages that were written: as sent, and as made."""
    return [
        pair
        for answer in evidence.succeeded("notion-create-pages")
        for pair in zip(
            answer.arguments.get("pages", []), answer.result.get("pages", []), strict=False
        )
    ]


def _responses(evidence: Evidence, database_id: str) -> int | None:
    """How many rows the queries of the feedback database read; None when there was none."""
    ours = {_plain(database_id)} | {
        _plain(str(source.get("id")))
        for answer in evidence.succeeded("notion-fetch")
        if _plain(str(answer.result.get("id"))) == _plain(database_id)
        for source in answer.result.get("data_sources", [])
    }
    rows = {
        _plain(str(source.get("url"))): int(source.get("rows") or 0)
        for answer in evidence.succeeded(QUERY)
        for source in answer.result.get("data_sources", [])
        if _plain(str(source.get("url"))) in ours
    }
    return sum(rows.values()) if rows else None


def proof(evidence: Evidence, request: RunRequest) -> None:
    """The report rests on the feedback, and nobody is quoted who did not say it.

    Raises:
        AgentRunError: the feedback database was never queried, or a quote of the report occurs in
            no answer and in no further source.
    """
    if _responses(evidence, str(inputs(request)["feedback_database"]["id"])) is None:
        raise AgentRunError("The report does not rest on a query of the feedback database")
    said = [answer.result for answer in _sources(evidence, request)]
    report = "\n".join(str(sent.get("content") or "") for sent, _ in _reports(evidence))
    wrong = invented(report, said)
    if wrong:
        raise AgentRunError(
            f"The report quotes what nobody said: {' / '.join(wrong[:3])}. "
            "Do not use it: delete the page and set the Status again"
        )


def _sources(evidence: Evidence, request: RunRequest) -> list[ToolAnswer]:
    """What people said: rows of databases, and pages other than the story's own."""
    pages = [
        answer
        for answer in evidence.succeeded("notion-fetch")
        if _plain(str(answer.result.get("id"))) != _plain(request.notion_page_id)
    ]
    return [*evidence.succeeded(QUERY), *pages]


AGENT = AgentDefinition(
    name="insight",
    output=InsightOutput,
    facts=facts,
    artifacts=artifacts,
    inputs=inputs,
    proof=proof,
)
