"""What completion knows: a project, a page, and what is written on a board."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from switchboard.events.project import ProjectConfiguredV1

STATUS = "Status"
ASSIGNEE = "Assignee"
LAST_RESULT = "Last Result"
ARTIFACTS = "Artifacts"


@dataclass(frozen=True)
class Project:
    """The part of a project's configuration (F8) that completion reads."""

    project_id: str
    dashboard_data_source_id: str | None
    agent_chain_template: str
    chain_steps: tuple[str, ...]
    trigger_map: Mapping[str, str]
    owner_user_ids: tuple[str, ...]
    updated_at: datetime

    @classmethod
    def configured(cls, data: ProjectConfiguredV1) -> "Project":
        """The read model of one configuration event."""
        return cls(
            project_id=data.project_id,
            dashboard_data_source_id=data.notion_dashboard_data_source_id,
            agent_chain_template=data.agent_chain_template,
            chain_steps=tuple(data.chain_steps),
            trigger_map=dict(data.trigger_map),
            owner_user_ids=tuple(data.owner_user_ids),
            updated_at=data.updated_at,
        )

    def trigger_for(self, agent_type: str) -> str:
        """The status by which a person would ask for this agent, else `chain`."""
        triggers = (value for value, agent in self.trigger_map.items() if agent == agent_type)
        return next(triggers, "chain")


@dataclass(frozen=True)
class Page:
    """A Notion page with plain property values; `kinds` has the Notion type of each property."""

    page_id: str
    url: str
    title: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str | None:
        """The name of the status it stands at."""
        value = self.properties.get(STATUS)
        return value if isinstance(value, str) else None

    @property
    def assignees(self) -> tuple[str, ...]:
        """Notion user ids of the people the story is assigned to."""
        people = self.properties.get(ASSIGNEE)
        return tuple(one["id"] for one in people) if isinstance(people, list) else ()


@dataclass(frozen=True)
class Mention:
    """A person who gets Notion's own notification."""

    user_id: str


@dataclass(frozen=True)
class Text:
    """Words, perhaps a link; never markup, so an agent's words cannot format or link anything."""

    content: str
    link: str | None = None


Message: TypeAlias = tuple[Mention | Text, ...]
"""What a comment or a rich text property holds."""


def plain(message: Message) -> str:
    """The words of a message, without its mentions."""
    return "".join(part.content for part in message if isinstance(part, Text))


@dataclass(frozen=True)
class StoryLink:
    """A pointer to a story: a relation or a URL, as the board's property is."""

    page_id: str
    url: str


Value: TypeAlias = str | int | Decimal | datetime | Message | StoryLink
"""What can be put into a property."""
Values: TypeAlias = Mapping[str, Value]
"""Property name to value; a board leaves out what it has no property for."""
