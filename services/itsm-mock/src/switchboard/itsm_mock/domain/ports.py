"""What the domain needs from outside, in its own words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from switchboard.events.envelope import Event
from switchboard.itsm_mock.domain.model import Entry, State, Ticket


@dataclass(frozen=True)
class Claim:
    """What must not be done twice, what it led to, and how long that is remembered."""

    key: str
    result: str
    until: datetime
    fingerprint: str = ""


@dataclass(frozen=True)
class Change:
    """What is written together or not at all; `ticket.version` is the one it was read with."""

    ticket: Ticket
    entries: tuple[Entry, ...] = ()
    events: tuple[Event[Any], ...] = ()
    claims: tuple[Claim, ...] = ()
    flows: tuple[str, ...] = ()
    """Correlation ids and calls that know of this ticket from now on."""
    page_id: str | None = None
    """The Notion page on which this ticket is worked."""


@dataclass(frozen=True)
class Remark:
    """A comment on an open ticket that was not read before: one write, no decision."""

    ticket_id: str
    caller_id: str | None
    """Whose ticket it must be; None does not ask."""
    entry: Entry
    event: Event[Any]
    claims: tuple[Claim, ...] = ()
    flows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Identity:
    """What of a ticket never changes."""

    caller_id: str
    correlation_id: str


@dataclass(frozen=True)
class Wanted:
    """Which tickets of a caller a list shows."""

    caller_id: str
    limit: int
    state: State | None = None
    cursor: str | None = None


@dataclass(frozen=True)
class Listing:
    """A page of tickets, newest first; `cursor` asks for the next page."""

    tickets: list[Ticket]
    cursor: str | None


class Tickets(Protocol):
    """Where tickets live, with all that is written together with them.

    Every method may raise StoreBusyError.
    """

    def get(self, ticket_id: str) -> Ticket | None:
        """The ticket as it stands now."""
        ...

    def identity(self, ticket_id: str) -> Identity | None:
        """Whose ticket it is; costs nothing when the ticket was seen here before."""
        ...

    def of_caller(self, wanted: Wanted) -> Listing:
        """A caller's tickets, newest first.

        Raises:
            InvalidRequestError: the cursor is not one of this caller's list.
        """
        ...

    def entries(self, ticket_id: str) -> list[Entry]:
        """Comments and work notes, oldest first."""
        ...

    def of_flow(self, flow_id: str) -> list[str]:
        """The tickets that a call or a correlation id knows, oldest first."""
        ...

    def of_page(self, page_id: str) -> str | None:
        """The ticket whose story is this page."""
        ...

    def claimed(self, key: str) -> Claim | None:
        """The claim made with this key, also when it has run out."""
        ...

    def commit(self, change: Change, now: datetime) -> Ticket:
        """Write everything or nothing and return the ticket with its new version.

        Raises:
            AlreadyClaimedError: one of the claims is taken and has not run out.
            StaleTicketError: the ticket is not at the version it was read with.
        """
        ...

    def remark(self, remark: Remark, now: datetime) -> None:
        """Add a comment to an open ticket, whatever its version.

        Raises:
            AlreadyClaimedError: one of the claims is taken and has not run out.
            NotOpenError: no such ticket of this caller is open, or it waits for the caller.
        """
        ...


class Numbers(Protocol):
    """Where ticket numbers come from."""

    def next(self) -> str:
        """A number nobody has; gaps are fine."""
        ...
