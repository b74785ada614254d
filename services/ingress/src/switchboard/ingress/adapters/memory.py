"""The ports in memory, for tests and simulation; they pass the same port tests as the real ones.

`Crashing` wraps any of them and dies at a chosen call, before or after its effect.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event
from switchboard.events.values import ContentRef
from switchboard.ingress.adapters.s3 import snapshot_ref
from switchboard.ingress.domain.model import (
    Body,
    BotIdentity,
    Origin,
    Outcome,
    Page,
    PageClaim,
    ProjectUpdate,
    Settlement,
    StoredProject,
)
from switchboard.ingress.domain.ports import (
    ClaimHeldError,
    Credentials,
    PageNotFoundError,
    SettlementConflictError,
)


@dataclass
class MemoryVault:
    """Credentials in a field; counts the reads."""

    credentials: Credentials = field(default_factory=Credentials)
    reads: int = 0

    def read(self) -> Credentials:
        """Count and answer."""
        self.reads += 1
        return self.credentials

    def write(self, credentials: Credentials) -> None:
        """Replace."""
        self.credentials = credentials


@dataclass
class MemoryTable:
    """What all adapters on the one table share; `outbox` is what the relay would publish."""

    outbox: list[Event[Any]] = field(default_factory=list)
    receipts: set[str] = field(default_factory=set)
    armings: dict[datetime, str] = field(default_factory=dict)
    settled: dict[str, Outcome] = field(default_factory=dict)
    claims: dict[tuple[str, str, datetime], str] = field(default_factory=dict)
    projects: dict[str, StoredProject] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    leases: dict[str, tuple[str, datetime]] = field(default_factory=dict)


class MemoryReceipts:
    """Receipts in a set."""

    def __init__(self, table: MemoryTable) -> None:
        """Share `table`."""
        self._table = table

    def keep(self, event: Event[ContentChangedV1]) -> bool:
        """Receipt and outgoing event at once."""
        if event.data.source_event_id in self._table.receipts:
            return False
        event.detail()
        self._table.receipts.add(event.data.source_event_id)
        self._table.outbox.append(event)
        return True

    def claim_handshake(self, arming: datetime, token_sha256: str) -> bool:
        """The first token wins."""
        return self._table.armings.setdefault(arming, token_sha256) == token_sha256


class MemoryProjects:
    """Projects in a dict."""

    def __init__(self, table: MemoryTable) -> None:
        """Share `table`."""
        self._table = table

    def get(self, project_id: str) -> StoredProject | None:
        """Look up."""
        return self._table.projects.get(project_id)

    def holding(self, keys: Sequence[str]) -> StoredProject | None:
        """The holder of the first key that is held."""
        for name in keys:
            if name in self._table.keys:
                return self.get(self._table.keys[name])
        return None

    def taking_defects(self) -> StoredProject | None:
        """The first of those that take them."""
        taking = [
            item for item in self._table.projects.values() if item.configuration.defect_status
        ]
        return min(taking, key=lambda item: item.configuration.project_id, default=None)


class MemoryOrigins:
    """Origins in a dict."""

    def __init__(self, table: MemoryTable) -> None:
        """Share `table`."""
        self._table = table

    def of_page(self, page_id: str) -> Origin | None:
        """Look up."""
        return self._table.origins.get(page_id)


class MemoryLeases:
    """Leases in a dict."""

    def __init__(self, table: MemoryTable) -> None:
        """Share `table`."""
        self._table = table

    def take(self, key: str, holder: str, now: datetime, until: datetime) -> bool:
        """Unless another holder has it and its time is not over."""
        held_by, ends_at = self._table.leases.get(key, (holder, until))
        if held_by != holder and ends_at >= now:
            return False
        self._table.leases[key] = (holder, until)
        return True

    def release(self, key: str, holder: str) -> None:
        """Only what is one's own."""
        if self._table.leases.get(key, ("", None))[0] == holder:
            del self._table.leases[key]


class MemoryJournal:
    """Settlements applied whole or not at all."""

    def __init__(self, table: MemoryTable) -> None:
        """Share `table`."""
        self._table = table

    def settle(self, settlement: Settlement) -> Outcome:
        """Check every condition, then write everything."""
        outcome, claim = settlement.outcome, settlement.claim
        if outcome.source_event_id in self._table.settled:
            return self._table.settled[outcome.source_event_id]
        if claim and _claim_key(claim) in self._table.claims:
            raise ClaimHeldError(self._table.claims[_claim_key(claim)])
        if settlement.project:
            self._demand_unchanged(settlement.project)
        for event in settlement.events:
            event.detail()
        self._table.settled[outcome.source_event_id] = outcome
        self._table.outbox.extend(settlement.events)
        if claim:
            self._table.claims[_claim_key(claim)] = claim.invocation_id
        if settlement.project:
            self._store(settlement.project)
        if settlement.origin:
            self._table.origins[settlement.origin.page_id] = settlement.origin
        return outcome

    def standing(self, source_event_id: str) -> Outcome | None:
        """Look up."""
        return self._table.settled.get(source_event_id)

    def outcomes(self, page_id: str, limit: int) -> list[Outcome]:
        """Newest first."""
        mine = [item for item in self._table.settled.values() if item.page_id == page_id]
        newest = sorted(mine, key=lambda item: (item.at, item.source_event_id), reverse=True)
        return newest[:limit]

    def _demand_unchanged(self, update: ProjectUpdate) -> None:
        project_id = update.project.configuration.project_id
        stored = self._table.projects.get(project_id)
        versions = [
            item.configuration.updated_at if item else None for item in (stored, update.replaces)
        ]
        if versions[0] != versions[1]:
            raise SettlementConflictError(f"project {project_id} has changed")
        for name in update.project.keys:
            if self._table.keys.get(name, project_id) != project_id:
                raise SettlementConflictError(f"{name} is held by {self._table.keys[name]}")

    def _store(self, update: ProjectUpdate) -> None:
        project_id = update.project.configuration.project_id
        for name in update.replaces.keys if update.replaces else ():
            self._table.keys.pop(name, None)
        self._table.keys.update(dict.fromkeys(update.project.keys, project_id))
        self._table.projects[project_id] = update.project


def _claim_key(claim: PageClaim) -> tuple[str, str, datetime]:
    return (claim.page_id, claim.trigger, claim.last_edited_time)


@dataclass
class MemoryPages:
    """Pages and bodies in dicts; counts the reads."""

    pages: dict[str, Page] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    reads: int = 0

    def get(self, page_id: str) -> Page:
        """Count and look up."""
        self.reads += 1
        if page_id not in self.pages:
            raise PageNotFoundError(f"no page {page_id}")
        return self.pages[page_id]

    def body(self, page_id: str) -> Body:
        """Look up; a page without a body has an empty one."""
        self.get(page_id)
        return self.bodies.get(page_id, Body(""))


@dataclass(frozen=True)
class MemoryBot:
    """A bot with a fixed identity."""

    known: BotIdentity

    def identity(self) -> BotIdentity:
        """Who we are."""
        return self.known


@dataclass
class MemoryBodies:
    """Large bodies in a dict by key."""

    objects: dict[str, str] = field(default_factory=dict)

    def put(self, invocation_id: str, markdown: str) -> ContentRef:
        """Store under the same key as S3 would."""
        ref = snapshot_ref(invocation_id, markdown)
        self.objects[ref.key] = markdown
        return ref


class CrashError(BaseException):
    """The process died here; a BaseException, so no code under test can handle it."""


@dataclass
class CrashPlan:
    """Dies once, at step `at`: steps 0 and 1 are before and after the first call, and so on.

    None never dies; `steps` then tells how many places there are to die at.
    """

    at: int | None = None
    steps: int = 0

    def step(self) -> None:
        """Pass one place where the process may die."""
        self.steps += 1
        if self.at is not None and self.steps == self.at + 1:
            raise CrashError(f"step {self.at}")


class Crashing:
    """An adapter whose calls may be the last thing a process does."""

    def __init__(self, adapter: Any, plan: CrashPlan) -> None:
        """Call `adapter` according to `plan`."""
        self._adapter = adapter
        self._plan = plan

    def __getattr__(self, name: str) -> Any:
        """The adapter's method, with a place to die on either side."""
        method = getattr(self._adapter, name)

        def call(*args: Any, **options: Any) -> Any:
            self._plan.step()
            answer = method(*args, **options)
            self._plan.step()
            return answer

        return call
