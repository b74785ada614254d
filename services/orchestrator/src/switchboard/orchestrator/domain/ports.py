"""What the domain needs from outside, in its own words."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from switchboard.events.envelope import Event
from switchboard.events.project import ProjectConfiguredV1
from switchboard.events.values import Artifact, ContentRef
from switchboard.orchestrator.domain.model import (
    ZERO,
    Flow,
    Invocation,
    Ledger,
    OrchestratorError,
    Status,
)


class LedgerRefusedError(OrchestratorError):
    """The condition of a ledger move does not hold; nothing was written."""


class AlreadyClaimedError(OrchestratorError):
    """The claim of a change is taken; nothing was written."""


class DeadlineNotSetError(OrchestratorError):
    """No timer could be set; the sweep over overdue records does its work instead."""


@dataclass(frozen=True)
class LedgerMove:
    """Amounts added to a month, together with the condition under which they may be."""

    project_id: str
    month: str
    agent_type: str
    reserved: Decimal = ZERO
    spent: Decimal = ZERO
    accepted: int = 0
    room: Decimal | None = None
    """Only while `committed` is at most this much."""
    quiet_below: Decimal | None = None
    """Only while `spent` is below this, or the 80 % notice for `limit` has gone out."""
    notice: int | None = None
    """Note that this threshold (percent) is reported for `limit`; only if it is not yet."""
    limit: Decimal = ZERO

    @property
    def committed(self) -> Decimal:
        """What the move adds to spent + reserved."""
        return self.reserved + self.spent


@dataclass(frozen=True)
class Claim:
    """A caller's idempotency key, the request it stood for and the invocation it led to."""

    key: str
    fingerprint: str
    invocation_id: str


@dataclass(frozen=True)
class Change:
    """What is written together or not at all; `record.version` is the version it was read with."""

    record: Invocation
    events: tuple[Event[Any], ...] = ()
    ledger: LedgerMove | None = None
    claim: Claim | None = None
    kept_for_page: bool = False
    """Keep the record's artifacts for later invocations of its page (K-57)."""


@dataclass(frozen=True)
class Listing:
    """A page of invocations, newest first; `cursor` asks for the next page."""

    invocations: list[Invocation]
    cursor: str | None


class Invocations(Protocol):
    """Where invocation records live."""

    def get(self, invocation_id: str) -> Invocation | None:
        """The record as it stands now."""
        ...

    def commit(self, change: Change) -> Invocation:
        """Write everything or nothing and return the record with its new version.

        Raises:
            StaleRecordError: the record is not at the version it was read with.
            LedgerRefusedError: the ledger's condition does not hold.
            AlreadyClaimedError: the claim's key is taken.
            StoreBusyError: try again later.
        """
        ...

    def overdue(self, status: Status, before: datetime, limit: int) -> list[str]:
        """Ids of queued or running records whose `due_at` lies before the given time."""
        ...

    def of_project(self, project_id: str, limit: int, cursor: str | None) -> Listing:
        """A project's invocations, newest first, without their bulky fields.

        Raises:
            InvalidRequestError: the cursor is not one of ours.
        """
        ...

    def claimed(self, key: str) -> Claim | None:
        """The claim made with this key."""
        ...

    def earlier_artifacts(self, project_id: str, notion_page_id: str, limit: int) -> list[Artifact]:
        """What was kept for a page, of its last `limit` invocations, the newest one first."""
        ...

    def children(self, invocation_id: str) -> list[str]:
        """The ids of those that have it as their parent, sorted."""
        ...


class Ledgers(Protocol):
    """Where the money of a project's month is counted."""

    def get(self, project_id: str, month: str) -> Ledger:
        """The month as it stands now; an untouched month is all zeros."""
        ...


class Projects(Protocol):
    """The read model of project configurations."""

    def get(self, project_id: str) -> ProjectConfiguredV1 | None:
        """The newest configuration known."""
        ...

    def put(self, project: ProjectConfiguredV1) -> None:
        """Keep it unless what is stored is as new or newer (`updated_at`)."""
        ...


class Stories(Protocol):
    """Large story bodies behind claim checks."""

    def body(self, ref: ContentRef) -> str:
        """The Markdown.

        Raises:
            StartFailedError: it is gone, or not what the claim check says.
            StartUnavailableError: the bucket cannot be reached now.
        """
        ...


@dataclass(frozen=True)
class AgentRun:
    """Everything a start needs."""

    agent_type: str
    session_id: str
    user_id: str
    payload: dict[str, Any]


class AgentRuntimes(Protocol):
    """Where agents run; the session id is the key that makes every call repeatable."""

    def start(self, run: AgentRun) -> None:
        """Return when the agent has acknowledged; it works on by itself.

        Raises:
            StartFailedError: it will never start like this.
            StartUnavailableError: it may start later; whether it did is unknown.
        """
        ...

    def cancel(self, agent_type: str, session_id: str, invocation_id: str) -> None:
        """Ask the agent to stop and report; it may not listen.

        Raises:
            StartUnavailableError: the runtime cannot be reached now.
        """
        ...

    def stop(self, agent_type: str, session_id: str) -> bool:
        """End the session and its compute; tell whether there may have been one.

        Raises:
            StartUnavailableError: the runtime cannot be reached now.
        """
        ...


class Deadlines(Protocol):
    """One-time timers."""

    def set(self, name: str, at: datetime, flow: Flow) -> None:
        """Look at the invocation at that time; a second call with the same name is no error.

        Raises:
            DeadlineNotSetError: it could not be set.
        """
        ...


class Seals(Protocol):
    """A key that only this service has; with it receipts are signed and checked."""

    def sign(self, content: bytes) -> str:
        """The seal of this content.

        Raises:
            RetryLaterError: the key cannot be read now.
        """
        ...

    def holds(self, content: bytes, seal: str) -> bool:
        """Whether the seal was made of exactly this content.

        Raises:
            RetryLaterError: the key cannot be read now.
        """
        ...
