"""What ingress knows: pages, stored projects, outcomes and what is written together."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from switchboard.events.envelope import Event
from switchboard.events.project import ProjectConfiguredV1

_HEX = r"[0-9a-fA-F]"
_UUID = re.compile(
    rf"({_HEX}{{8}})-?({_HEX}{{4}})-?({_HEX}{{4}})-?({_HEX}{{4}})-?({_HEX}{{12}})(?!{_HEX})"
)


def notion_id(text: str) -> str:
    """One spelling for an id that people paste bare, dashed or inside a Notion URL."""
    found = _UUID.search(text)
    return "-".join(found.groups()).lower() if found else text.strip()


def is_notion_id(text: str) -> bool:
    """Whether this is an id in our spelling, and nothing else."""
    return bool(_UUID.fullmatch(text))


@dataclass(frozen=True)
class Property:
    """One property of a page: its Notion id (URL-decoded), its type, its plain value."""

    id: str
    type: str
    value: Any


@dataclass(frozen=True)
class Page:
    """A Notion page as it was read."""

    id: str
    title: str
    url: str | None
    parent_ids: tuple[str, ...]
    created_time: datetime
    last_edited_time: datetime
    properties: Mapping[str, Property] = field(default_factory=dict)
    in_trash: bool = False
    parent_page_id: str | None = None
    parent_kind: str = ""
    """Notion's type of the parent: page_id, data_source_id, block_id, workspace..."""

    def value(self, name: str) -> Any:
        """The plain value of a property, None when the page has no such property."""
        found = self.properties.get(name)
        return found.value if found else None

    def text(self, name: str) -> str:
        """The value of a text-like property without surrounding space, empty when absent."""
        value = self.value(name)
        return value.strip() if isinstance(value, str) else ""

    def values(self) -> dict[str, Any]:
        """All plain values by property name, as they go into a snapshot."""
        return {name: item.value for name, item in self.properties.items()}


@dataclass(frozen=True)
class Body:
    """The Markdown of a page; `truncated` when Notion left a part out."""

    markdown: str
    truncated: bool = False


@dataclass(frozen=True)
class BotIdentity:
    """Who our Notion integration is: its user id, and the workspace it lives in."""

    id: str
    workspace_id: str = ""


@dataclass(frozen=True)
class StoredProject:
    """A project's configuration and the page it was read from."""

    configuration: ProjectConfiguredV1
    page_id: str

    @property
    def keys(self) -> tuple[str, ...]:
        """What finds the project, each held by one project only: its page and its stories."""
        sources = (self.configuration.notion_data_source_id, self.configuration.notion_database_id)
        return (page_key(self.page_id), *(source_key(item) for item in sources if item))


def page_key(page_id: str) -> str:
    """The key that says which project a configuration page configures."""
    return f"page:{page_id}"


def source_key(source_id: str) -> str:
    """The key that says whose stories lie in a data source or database."""
    return f"source:{source_id}"


@dataclass(frozen=True)
class Outcome:
    """What became of one source event, so that a person can ask (ING-08)."""

    page_id: str
    source_event_id: str
    code: str
    text: str
    correlation_id: str
    at: datetime
    remediation: str = ""
    trigger: str = ""
    invocation_id: str | None = None


@dataclass(frozen=True)
class PageClaim:
    """The right to ask for one piece of work: a page's trigger as of one edit (K-05)."""

    page_id: str
    trigger: str
    last_edited_time: datetime
    invocation_id: str


@dataclass(frozen=True)
class ProjectUpdate:
    """A configuration to store, and the version it replaces (None: there was none)."""

    project: StoredProject
    replaces: StoredProject | None


@dataclass(frozen=True)
class Origin:
    """What a page was made for: a ticket, and the flow that began there or earlier (K-63)."""

    page_id: str
    ticket_id: str
    correlation_id: str


@dataclass(frozen=True)
class Decision:
    """What a change leads to, before it is written."""

    code: str
    text: str
    remediation: str = ""
    trigger: str = ""
    invocation_id: str | None = None
    events: tuple[Event[Any], ...] = ()
    claim: PageClaim | None = None
    project: ProjectUpdate | None = None

    def under(self, correlation_id: str) -> "Decision":
        """The same decision in another flow."""
        return replace(self, events=tuple(_under(item, correlation_id) for item in self.events))


def _under(event: Event[Any], correlation_id: str) -> Event[Any]:
    metadata = event.metadata.model_copy(update={"correlation_id": correlation_id})
    return event.model_copy(update={"metadata": metadata})


@dataclass(frozen=True)
class Settlement:
    """One source event's end, written whole or not at all, and once."""

    outcome: Outcome
    events: tuple[Event[Any], ...] = ()
    claim: PageClaim | None = None
    project: ProjectUpdate | None = None
    origin: Origin | None = None
