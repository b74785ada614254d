"""The project's knowledge base in front of Notion's search (KBS-07).

Which knowledge base is asked, and for whose pages, is nothing a caller says: the base is the
environment's one, from the function's settings; the project is the claim of the verified token.
Every question is filtered by that project, so a token finds its own project's pages only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from switchboard.tools.arguments import Arguments
from switchboard.tools.ledger import Result
from switchboard.tools.tool_target import Call, UseCase

KNOWLEDGE_BASE, NOTION = "knowledge_base", "notion"
"""Where a hit comes from."""
MAX_EXCERPT = 1_000
CHUNKS_FOR_A_PAGE = 3
"""A page may be found by several of its chunks; so many are asked for each page wanted."""
MAX_CHUNKS = 100
MAX_PAGES, PAGES = 100, 10
UNAVAILABLE = "The knowledge base did not answer; these are the hits of Notion's own search."


class KnowledgeUnavailableError(RuntimeError):
    """The knowledge base did not answer."""


@dataclass(frozen=True)
class Passage:
    """A piece of a page, as the knowledge base holds it."""

    page_id: str
    title: str
    url: str | None
    text: str
    last_edited_at: str | None
    ingested_at: str | None


class Knowledge(Protocol):
    """The environment's knowledge base."""

    def retrieve(self, query: str, project_id: str, limit: int) -> list[Passage]:
        """Passages of a project's pages, best first.

        Raises:
            KnowledgeUnavailableError: ask somebody else.
        """
        ...


class NoKnowledge:
    """An environment without a knowledge base."""

    def retrieve(self, query: str, project_id: str, limit: int) -> list[Passage]:  # noqa: ARG002 - the port's shape
        """Nothing."""
        return []


@dataclass(frozen=True)
class KnowledgeFirst:
    """Ask the knowledge base; ask Notion when it has nothing, fails, or fresh data are wanted."""

    notion: UseCase
    knowledge: Knowledge
    now: Callable[[], datetime]
    report: Callable[[str], None]
    """Told why the knowledge base could not be asked."""

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{results: [{..., source, as_of, age_seconds}]}`.

        `as_of` is the moment a hit was read from Notion, `age_seconds` how long ago that was.
        """
        try:
            passages = self._passages(arguments, call)
        except KnowledgeUnavailableError as error:
            self.report(str(error))
            return {**self._fresh(arguments, call), "note": UNAVAILABLE}
        if not passages:
            return self._fresh(arguments, call)
        now = self.now()
        size = _size(arguments)
        return {"results": [_hit(passage, now) for passage in _one_each(passages)][:size]}

    def _passages(self, arguments: Arguments, call: Call) -> list[Passage]:
        project_id = call.invocation.project_id
        if not project_id or arguments.get("fresh") or not arguments["query"].strip():
            return []
        limit = min(MAX_CHUNKS, _size(arguments) * CHUNKS_FOR_A_PAGE)
        return self.knowledge.retrieve(arguments["query"], project_id, limit)

    def _fresh(self, arguments: Arguments, call: Call) -> Result:
        found = self.notion(arguments, call)
        stamp = {"source": NOTION, "as_of": self.now().isoformat(), "age_seconds": 0}
        return {**found, "results": [{**item, **stamp} for item in found["results"]]}


def _size(arguments: Arguments) -> int:
    return max(1, min(MAX_PAGES, int(arguments.get("page_size", PAGES))))


def _one_each(passages: Iterable[Passage]) -> list[Passage]:
    """The best passage of each page."""
    best: dict[str, Passage] = {}
    for passage in passages:
        best.setdefault(passage.page_id, passage)
    return list(best.values())


def _hit(passage: Passage, now: datetime) -> dict[str, Any]:
    return {
        "id": passage.page_id,
        "object": "page",
        "title": passage.title,
        "url": passage.url,
        "last_edited_time": passage.last_edited_at,
        "excerpt": passage.text[:MAX_EXCERPT],
        "source": KNOWLEDGE_BASE,
        "as_of": passage.ingested_at,
        "age_seconds": _age(passage.ingested_at, now),
    }


def _age(moment: str | None, now: datetime) -> int | None:
    if not moment:
        return None
    return max(0, int((now - datetime.fromisoformat(moment)).total_seconds()))
