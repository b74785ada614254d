"""Completion's ports in memory, for tests and simulation; they pass the same port tests."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from switchboard.completion.domain.model import STATUS, Message, Page, Project, Values, plain
from switchboard.completion.domain.ports import (
    BusyError,
    Claim,
    NotThereError,
    Outcome,
    ProjectUnknownError,
    StaleClaimError,
    ValueRefusedError,
)
from switchboard.events.envelope import Event
from switchboard.events.values import Artifact, ContentRef


@dataclass
class MemoryComment:
    """A comment; `message` as it was given, `text` as people read it, the mark at its end."""

    page_id: str
    message: Message
    text: str


@dataclass
class MemoryBoard:
    """A board: pages with bodies and comments, data sources with rows."""

    pages: dict[str, Page] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    statuses: set[str] = field(default_factory=set)
    comments: list[MemoryComment] = field(default_factory=list)
    schemas: dict[str, dict[str, str]] = field(default_factory=dict)
    rows: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def page(self, page_id: str) -> Page:
        """The page as it stands."""
        try:
            return self.pages[page_id]
        except KeyError:
            raise NotThereError(f"no page {page_id}") from None

    def markdown(self, page_id: str) -> str:
        """The page's body."""
        self.page(page_id)
        return self.bodies.get(page_id, "")

    def write(self, page: Page, values: Values) -> None:
        """Change the properties there are; a status must be one of `statuses`."""
        present = self.page(page.page_id)
        status = values.get(STATUS)
        if STATUS in present.kinds and status is not None and status not in self.statuses:
            raise ValueRefusedError(f"no status {status!r}")
        known = {name: _kept(value) for name, value in values.items() if name in present.kinds}
        properties = {**present.properties, **known}
        self.pages[page.page_id] = replace(present, properties=properties)

    def comment_once(self, page_id: str, mark: str, message: Message) -> str:
        """A comment's id is its position."""
        self.page(page_id)
        for number, comment in enumerate(self.comments):
            if comment.page_id == page_id and mark in comment.text:
                return f"comment-{number}"
        self.comments.append(MemoryComment(page_id, message, f"{plain(message)}\n{mark}"))
        return f"comment-{len(self.comments) - 1}"

    def put_row(self, data_source_id: str, invocation_id: str, values: Values) -> str:
        """Rows are pages as well, so they can be commented on."""
        if data_source_id not in self.schemas:
            raise NotThereError(f"no data source {data_source_id}")
        schema = self.schemas[data_source_id]
        known = {name: _kept(value) for name, value in values.items() if name in schema}
        key = (data_source_id, invocation_id)
        self.rows[key] = {**self.rows.get(key, {}), **known}
        row_id = f"row-{invocation_id}"
        self.pages.setdefault(row_id, Page(row_id, f"https://notion.example/{row_id}", "row"))
        return row_id

    def find_row(self, data_source_id: str, invocation_id: str) -> str | None:
        """The row's page id."""
        return f"row-{invocation_id}" if (data_source_id, invocation_id) in self.rows else None


def _kept(value: Any) -> Any:
    return plain(value) if isinstance(value, tuple) else value


class MemoryProjects:
    """The read model of projects."""

    def __init__(self, *projects: Project) -> None:
        """Start with these."""
        self._projects = {project.project_id: project for project in projects}

    def get(self, project_id: str) -> Project:
        """The newest version."""
        try:
            return self._projects[project_id]
        except KeyError:
            raise ProjectUnknownError(f"project {project_id} is not configured") from None

    def put(self, project: Project) -> bool:
        """Replace an older version only."""
        known = self._projects.get(project.project_id)
        if known is not None and known.updated_at >= project.updated_at:
            return False
        self._projects[project.project_id] = project
        return True


class MemoryContents:
    """Bodies by key."""

    def __init__(self) -> None:
        """Start empty."""
        self.texts: dict[str, str] = {}

    def put(self, key: str, text: str) -> ContentRef:
        """Store and describe."""
        self.texts[key] = text
        body = text.encode()
        digest = hashlib.sha256(body).hexdigest()
        return ContentRef(key=key, sha256=digest, size_bytes=len(body))


@dataclass
class _State:
    seen: int = 0
    done: int = 0
    holder: str | None = None
    lease_until: datetime | None = None


class MemoryDeliveries:
    """Deliveries; `published` has each event once, as an outbox row is inserted once."""

    def __init__(self, now: Callable[[], datetime], lease: timedelta) -> None:
        """Claims run out after `lease`."""
        self._now = now
        self._lease = lease
        self._states: dict[str, _State] = {}
        self.facts: dict[str, dict[str, Any]] = {}
        self.published: dict[str, Event[Any]] = {}
        self._handed: dict[str, tuple[Artifact, ...]] = {}

    def claim(self, key: str, stage: int, holder: str) -> Claim | None:
        """As the conditional update does it."""
        state = self._states.setdefault(key, _State())
        if state.seen > stage or state.done >= stage:
            return None
        held = state.lease_until is not None and state.lease_until >= self._now()
        if held and state.holder != holder:
            raise BusyError(f"{key} is being delivered")
        state.seen, state.holder = stage, holder
        state.lease_until = self._now() + self._lease
        return Claim(key, stage, holder)

    def release(self, claim: Claim) -> None:
        """Only if it is still ours."""
        state = self._states[claim.key]
        if state.holder == claim.holder:
            state.holder = state.lease_until = None

    def finish(self, claim: Claim, outcome: Outcome) -> None:
        """All or nothing."""
        state = self._states[claim.key]
        if state.holder != claim.holder:
            raise StaleClaimError(f"{claim.key} was taken over")
        self._commit(claim.key, outcome)
        state.done, state.holder, state.lease_until = claim.stage, None, None

    def handed(self, invocation_id: str) -> tuple[Artifact, ...]:
        """As it was kept."""
        return self._handed.get(invocation_id, ())

    def give_up(self, key: str, stage: int, outcome: Outcome) -> None:
        """All or nothing, unless the stage is done."""
        if self._states.setdefault(key, _State()).done < stage:
            self._commit(key, outcome)

    def _commit(self, key: str, outcome: Outcome) -> None:
        for event in outcome.events:
            event.detail()
        known: Mapping[str, Any] = {k: v for k, v in outcome.facts.items() if v is not None}
        self.facts.setdefault(key, {}).update(known)
        for event in outcome.events:
            self.published.setdefault(event.metadata.id, event)
        self._handed |= {key: tuple(artifacts) for key, artifacts in outcome.handed.items()}
