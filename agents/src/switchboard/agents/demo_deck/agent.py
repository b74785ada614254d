"""The demo_deck agent: what it is told, and how its deck is read off the tools' answers."""

from dataclasses import dataclass
from typing import Any

from switchboard.agents.definition import AgentDefinition
from switchboard.agents.demo_deck.output import DemoDeckOutput
from switchboard.agents.evidence import Evidence
from switchboard.agents.feedback import STORIES, faults, schema
from switchboard.agents.inputs import PROTOTYPE, require
from switchboard.agents.outcome import AgentRunError
from switchboard.agents.payload import RunRequest
from switchboard.events.values import Artifact

PARTS = ("problem", "solution", "prototype", "call to action")


def inputs(request: RunRequest) -> dict[str, Any]:
    """The prototype that is shown."""
    prototype = require(PROTOTYPE, request)
    expires = prototype.expires_at.isoformat() if prototype.expires_at else None
    return {
        "prototype": {"url": prototype.url, "title": prototype.title, "expires_at": expires},
    }


def facts(_request: RunRequest) -> dict[str, Any]:
    """The parts of a deck, and what the feedback database is made of."""
    return {
        "deck_parts": list(PARTS),
        "feedback_properties": schema(),
        "replace_in_feedback_properties": STORIES,
    }


@dataclass(frozen=True)
class Page:
    """A page that was really created."""

    id: str
    url: str
    title: str
    parent: str
    content: str

    def links_to(self, url: str) -> bool:
        """Whether the address stands on the page as a link; Markdown ends one at a bracket."""
        encoded = url.replace("(", "%28").replace(")", "%29")
        return any(f"]({form})" in self.content for form in (url, encoded))


def artifacts(evidence: Evidence, _request: RunRequest) -> list[Artifact]:
    """The deck's first page and the feedback database, as far as they were made."""
    deck, databases = _first_page(_pages(evidence)), evidence.succeeded("notion-create-database")
    found = [
        Artifact(
            type="notion_page",
            url=deck.url,
            title=deck.title,
            metadata={
                "page_id": deck.id,
                "parent_page_id": deck.parent,
                "page_type": "demo_deck",
            },
        )
        for deck in ([deck] if deck else [])
    ]
    return found + [
        Artifact(
            type="notion_database",
            url=str(answer.result.get("url")),
            title=str(answer.result.get("title")),
            metadata={"database_id": str(answer.result.get("id")), "record_count": 0},
        )
        for answer in databases[-1:]
    ]


def _pages(evidence: Evidence) -> list[Page]:
    return [
        Page(
            str(made.get("id")),
            str(made.get("url")),
            str(made.get("title")),
            str(made.get("parent_page_id")),
            str(sent.get("content") or ""),
        )
        for answer in evidence.succeeded("notion-create-pages")
        for sent, made in zip(
            answer.arguments.get("pages", []), answer.result.get("pages", []), strict=False
        )
    ]


def _first_page(pages: list[Page]) -> Page | None:
    """The page that links to all parts is the one people open first."""
    for page in reversed(pages):
        if sum(page.links_to(other.url) for other in pages if other is not page) >= len(PARTS):
            return page
    return None


def proof(evidence: Evidence, request: RunRequest) -> None:
    """A deck is whole: its parts, the prototype, the feedback database with all its properties.

    Raises:
        AgentRunError: naming what is missing.
    """
    missing = [*_missing(evidence, require(PROTOTYPE, request).url)]
    if missing:
        raise AgentRunError(f"The deck is not complete: {'; '.join(missing)}")


def _missing(evidence: Evidence, prototype: str) -> list[str]:
    pages = _pages(evidence)
    deck = _first_page(pages)
    databases = evidence.succeeded("notion-create-database")
    if deck is None:
        return [f"no page links to its {len(PARTS)} parts ({', '.join(PARTS)})"]
    if not databases:
        return ["there is no feedback database"]
    database = databases[-1]
    parts = [page for page in pages if page is not deck and deck.links_to(page.url)]
    found = faults(database.arguments.get("properties", {}))
    for name, url in (("prototype", prototype), ("feedback database", str(database.result["url"]))):
        if not any(page.links_to(url) for page in parts):
            found.append(f"no part links to the {name}")
        if not deck.links_to(url):
            found.append(f"the first page does not link to the {name}")
    return found


AGENT = AgentDefinition(
    name="demo_deck",
    output=DemoDeckOutput,
    facts=facts,
    artifacts=artifacts,
    inputs=inputs,
    proof=proof,
)
