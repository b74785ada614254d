"""The ports in memory: for tests and simulation, with the same answers as the real adapters."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from switchboard.events.envelope import Event
from switchboard.events.project import ProjectConfiguredV1
from switchboard.events.values import Artifact, ContentRef
from switchboard.orchestrator.adapters.cursor import decoded, encoded
from switchboard.orchestrator.adapters.rows import ended_at, listed_at, stamp
from switchboard.orchestrator.domain.identity import page_of
from switchboard.orchestrator.domain.model import (
    BULKY_FIELDS,
    ZERO,
    Flow,
    Invocation,
    Ledger,
    StaleRecordError,
    StartFailedError,
    Status,
)
from switchboard.orchestrator.domain.ports import (
    AgentRun,
    AlreadyClaimedError,
    Change,
    Claim,
    LedgerMove,
    LedgerRefusedError,
    Listing,
)

_LEFT_OUT: dict[str, Any] = {
    name: Invocation.model_fields[name].get_default(call_default_factory=True)
    for name in BULKY_FIELDS
}


class MemoryStore:
    """Records, months, claims and the outbox behind one lock; implements two ports."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self.records: dict[str, Invocation] = {}
        self.months: dict[tuple[str, str], Ledger] = {}
        self.claims: dict[str, Claim] = {}
        self.outbox: list[Event[Any]] = []
        self.pages: dict[str, dict[str, list[Artifact]]] = {}
        """Page -> end -> what was made."""

    @property
    def ledgers(self) -> "MemoryLedgers":
        """The same store as the ledger port."""
        return MemoryLedgers(self)

    def get(self, invocation_id: str) -> Invocation | None:
        """The record as it stands now."""
        with self._lock:
            return self.records.get(invocation_id)

    def commit(self, change: Change) -> Invocation:
        """Check every condition, then write everything."""
        for event in change.events:
            event.detail()
        with self._lock:
            known = self.records.get(change.record.invocation_id)
            if (known.version if known else 0) != change.record.version:
                raise StaleRecordError(f"{change.record.invocation_id} was changed")
            month = self._moved(change.ledger) if change.ledger else None
            if change.claim and change.claim.key in self.claims:
                raise AlreadyClaimedError("the key is taken")
            if month is not None:
                self.months[month.project_id, month.month] = month
            if change.claim:
                self.claims[change.claim.key] = change.claim
            self.outbox.extend(change.events)
            version = change.record.version + 1
            stored = change.record.model_copy(update={"version": version})
            self.records[stored.invocation_id] = stored
            if change.kept_for_page and stored.output_artifacts:
                page = page_of(stored.project_id, stored.notion_page_id)
                self.pages.setdefault(page, {})[ended_at(stored)] = stored.output_artifacts
            return stored

    def overdue(self, status: Status, before: datetime, limit: int) -> list[str]:
        """The oldest first."""
        with self._lock:
            found = [
                (stamp(record.due_at), record.invocation_id)
                for record in self.records.values()
                if record.status == status and record.due_at and record.due_at < before
            ]
        return [invocation_id for _, invocation_id in sorted(found)][:limit]

    def of_project(self, project_id: str, limit: int, cursor: str | None) -> Listing:
        """Newest first."""
        before = decoded(cursor) if cursor is not None else None
        with self._lock:
            rows = sorted(
                (record for record in self.records.values() if record.project_id == project_id),
                key=listed_at,
                reverse=True,
            )
        rows = [record for record in rows if before is None or listed_at(record) < before]
        page = [record.model_copy(update=_LEFT_OUT) for record in rows[:limit]]
        more = len(rows) > limit
        return Listing(page, encoded(listed_at(page[-1])) if more else None)

    def claimed(self, key: str) -> Claim | None:
        """The claim made with this key."""
        with self._lock:
            return self.claims.get(key)

    def earlier_artifacts(self, project_id: str, notion_page_id: str, limit: int) -> list[Artifact]:
        """The newest invocation's first."""
        with self._lock:
            kept = self.pages.get(page_of(project_id, notion_page_id), {})
            newest = sorted(kept, reverse=True)[:limit]
            return [artifact for end in newest for artifact in kept[end]]

    def children(self, invocation_id: str) -> list[str]:
        """In the order of their ids."""
        with self._lock:
            return sorted(
                record.invocation_id
                for record in self.records.values()
                if record.parent_invocation_id == invocation_id
            )

    def month(self, project_id: str, month: str) -> Ledger:
        """The month as it stands now."""
        with self._lock:
            return self.months.get((project_id, month), Ledger(project_id, month))

    def _moved(self, move: LedgerMove) -> Ledger:
        known = self.months.get((move.project_id, move.month))
        old = known or Ledger(move.project_id, move.month)
        told = old.warned.get(80) == move.limit
        refused = (
            (move.room is not None and known and old.committed > move.room)
            or (
                move.quiet_below is not None
                and known
                and old.spent >= move.quiet_below
                and not told
            )
            or (move.notice is not None and old.warned.get(move.notice) == move.limit)
        )
        if refused:
            raise LedgerRefusedError(f"the ledger of {move.month} refused")
        return _added(old, move)


def _added(old: Ledger, move: LedgerMove) -> Ledger:
    agent = move.agent_type
    spent, accepted = old.spent_by_agent, old.accepted_by_agent
    return replace(
        old,
        committed=old.committed + move.committed,
        spent=old.spent + move.spent,
        reserved=old.reserved + move.reserved,
        accepted=old.accepted + move.accepted,
        spent_by_agent=spent | {agent: spent.get(agent, ZERO) + move.spent},
        accepted_by_agent=accepted | {agent: accepted.get(agent, 0) + move.accepted},
        warned=old.warned | ({move.notice: move.limit} if move.notice is not None else {}),
    )


class MemoryLedgers:
    """The ledger port of a memory store."""

    def __init__(self, store: MemoryStore) -> None:
        """Read the months of `store`."""
        self._store = store

    def get(self, project_id: str, month: str) -> Ledger:
        """The month as it stands now."""
        return self._store.month(project_id, month)


class MemoryProjects:
    """Project configurations in a dict."""

    def __init__(self, *projects: ProjectConfiguredV1) -> None:
        """Start with these."""
        self._projects = {project.project_id: project for project in projects}

    def get(self, project_id: str) -> ProjectConfiguredV1 | None:
        """The newest configuration known."""
        return self._projects.get(project_id)

    def put(self, project: ProjectConfiguredV1) -> None:
        """Keep it unless what is stored is as new or newer."""
        known = self._projects.get(project.project_id)
        if known is None or known.updated_at < project.updated_at:
            self._projects[project.project_id] = project


class MemoryStories:
    """Story bodies by key."""

    def __init__(self, bodies: dict[str, str] | None = None) -> None:
        """Start with these bodies."""
        self.bodies = bodies or {}

    def body(self, ref: ContentRef) -> str:
        """The Markdown; size and hash are the real adapter's business."""
        if ref.key not in self.bodies:
            raise StartFailedError(f"the story's body {ref.key} is gone", "Set the status again")
        return self.bodies[ref.key]


class MemoryRuntimes:
    """Runtimes whose sessions are entries in a dict; `fail_next` makes calls fail in order."""

    def __init__(self, deployed: frozenset[str]) -> None:
        """Have a runtime for each of these agent types."""
        self.deployed = deployed
        self.starts: list[AgentRun] = []
        self.sessions: dict[str, AgentRun] = {}
        self.cancelled: list[str] = []
        self.stopped: list[str] = []
        self.fail_next: list[Exception] = []
        self.on_start: Callable[[AgentRun], None] | None = None

    def start(self, run: AgentRun) -> None:
        """Count the call, then fail or open the session."""
        self.starts.append(run)
        if self.fail_next:
            raise self.fail_next.pop(0)
        if run.agent_type not in self.deployed:
            raise StartFailedError(f"no runtime for {run.agent_type}", "Deploy the agents")
        if run.session_id in self.sessions:
            return  # a redelivered start: the agent says `duplicate` and works on
        self.sessions[run.session_id] = run
        if self.on_start is not None:
            self.on_start(run)

    def cancel(self, agent_type: str, session_id: str, invocation_id: str) -> None:  # noqa: ARG002 - the port's
        """Note that the agent was asked."""
        self.cancelled.append(invocation_id)

    def stop(self, agent_type: str, session_id: str) -> bool:  # noqa: ARG002 - the port's
        """End the session if there is one."""
        self.stopped.append(session_id)
        return self.sessions.pop(session_id, None) is not None


class MemoryDeadlines:
    """Timers by name; a test rings them."""

    def __init__(self) -> None:
        """Start without timers."""
        self.timers: dict[str, tuple[datetime, Flow]] = {}

    def set(self, name: str, at: datetime, flow: Flow) -> None:
        """Keep the first timer of a name."""
        self.timers.setdefault(name, (at, flow))

    def due(self, now: datetime) -> list[Flow]:
        """Take out the timers that ring until `now`; whose they are, in order of time."""
        ringing = sorted((at, name) for name, (at, _) in self.timers.items() if at <= now)
        return [self.timers.pop(name)[1] for _, name in ringing]
