"""What the demo_deck agent answers with."""

from typing import Literal

from pydantic import BaseModel, Field

from switchboard.agents.definition import AgentOutput


class DeckMetadata(BaseModel):
    """Where the deck's first page is (F7)."""

    page_id: str
    parent_page_id: str
    page_type: Literal["demo_deck"] = "demo_deck"


class DeckArtifact(BaseModel):
    """The page people open first, as notion-create-pages returned it."""

    type: Literal["notion_page"] = "notion_page"
    url: str
    title: str
    metadata: DeckMetadata


class FeedbackDatabaseMetadata(BaseModel):
    """Which database it is (F7)."""

    database_id: str
    record_count: int = 0


class FeedbackDatabaseArtifact(BaseModel):
    """The feedback database, as notion-create-database returned it."""

    type: Literal["notion_database"] = "notion_database"
    url: str
    title: str
    metadata: FeedbackDatabaseMetadata


class DemoDeckOutput(AgentOutput):
    """The result of a run of the demo_deck agent."""

    artifacts: list[DeckArtifact | FeedbackDatabaseArtifact] = Field(default_factory=list)
