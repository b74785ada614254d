"""The ports in memory, for tests and simulation; they pass the same port tests as the real ones."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from switchboard.events.envelope import Event
from switchboard.itsm_mock.adapters.cursor import Cursors, Position
from switchboard.itsm_mock.adapters.rows import stamp
from switchboard.itsm_mock.domain.model import (
    AlreadyClaimedError,
    Entry,
    HoldReason,
    NotOpenError,
    StaleTicketError,
    Ticket,
)
from switchboard.itsm_mock.domain.ports import (
    Change,
    Claim,
    Identity,
    Listing,
    Remark,
    Wanted,
)
from switchboard.itsm_mock.domain.revision import latest_of
from switchboard.itsm_mock.domain.ticket_number import ticket_number


class MemoryNumbers:
    """Counts."""

    def __init__(self) -> None:
        """Start with the first number."""
        self.given = 0

    def next(self) -> str:
        """One after the other, without gaps."""
        self.given += 1
        return ticket_number(self.given)


@dataclass
class MemoryTickets:
    """Tickets in a dict; `outbox` is what the relay would publish."""

    tickets: dict[str, Ticket] = field(default_factory=dict)
    written: dict[str, list[Entry]] = field(default_factory=dict)
    outbox: list[Event[Any]] = field(default_factory=list)
    claims: dict[str, Claim] = field(default_factory=dict)
    flows: dict[str, list[str]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    cursors: Cursors = field(default_factory=lambda: Cursors(lambda: b"memory"))

    def get(self, ticket_id: str) -> Ticket | None:
        """Look up."""
        return self.tickets.get(ticket_id)

    def identity(self, ticket_id: str) -> Identity | None:
        """Look up."""
        ticket = self.tickets.get(ticket_id)
        return None if ticket is None else Identity(ticket.caller_id, ticket.correlation_id)

    def of_caller(self, wanted: Wanted) -> Listing:
        """Newest first."""
        found = sorted(
            (_position(item), item)
            for item in self.tickets.values()
            if item.caller_id == wanted.caller_id and wanted.state in {None, item.state}
        )[::-1]
        if wanted.cursor is not None:
            position = self.cursors.decoded(wanted.caller_id, wanted.cursor)
            found = [item for item in found if item[0] < position]
        page = [ticket for _, ticket in found[: wanted.limit]]
        if len(found) <= wanted.limit:
            return Listing(page, None)
        return Listing(page, self.cursors.encoded(wanted.caller_id, _position(page[-1])))

    def entries(self, ticket_id: str) -> list[Entry]:
        """Oldest first."""
        return sorted(self.written.get(ticket_id, []), key=lambda item: (item.at, item.entry_id))

    def of_flow(self, flow_id: str) -> list[str]:
        """Oldest first."""
        return list(dict.fromkeys(self.flows.get(flow_id, [])))

    def of_page(self, page_id: str) -> str | None:
        """Look up."""
        return self.pages.get(page_id)

    def claimed(self, key: str) -> Claim | None:
        """Look up."""
        return self.claims.get(key)

    def commit(self, change: Change, now: datetime) -> Ticket:
        """Check every condition, then write everything."""
        ticket_id = change.ticket.ticket_id
        known = self.tickets.get(ticket_id)
        self._demand_free(change.claims, now)
        if (known.version if known else 0) != change.ticket.version:
            raise StaleTicketError(f"{ticket_id} was changed by somebody else")
        stored = change.ticket.model_copy(update={"version": change.ticket.version + 1})
        self._store(stored, change.entries, change.events, change.flows)
        self._claim(change.claims)
        if change.page_id is not None:
            self.pages[change.page_id] = ticket_id
        return stored

    def remark(self, remark: Remark, now: datetime) -> None:
        """Check every condition, then write everything."""
        self._demand_free(remark.claims, now)
        known = self.tickets.get(remark.ticket_id)
        if (
            known is None
            or not known.is_open
            or known.hold_reason is HoldReason.AWAITING_CALLER
            or remark.caller_id not in {None, known.caller_id}
        ):
            raise NotOpenError(f"{remark.ticket_id} is not simply open")
        changes = {
            "latest_comment": latest_of(remark.entry),
            "updated_at": remark.entry.at,
            "comment_count": known.comment_count + 1,
            "version": known.version + 1,
        }
        stored = known.model_copy(update=changes)
        self._store(stored, (remark.entry,), (remark.event,), remark.flows)
        self._claim(remark.claims)

    def _demand_free(self, claims: tuple[Claim, ...], now: datetime) -> None:
        for claim in claims:
            known = self.claims.get(claim.key)
            if known is not None and known.until > now:
                raise AlreadyClaimedError("the same was done before")

    def _claim(self, claims: tuple[Claim, ...]) -> None:
        self.claims.update({claim.key: claim for claim in claims})

    def _store(
        self,
        ticket: Ticket,
        entries: tuple[Entry, ...],
        events: tuple[Event[Any], ...],
        flows: tuple[str, ...],
    ) -> None:
        for event in events:
            event.detail()
        self.tickets[ticket.ticket_id] = ticket
        self.written.setdefault(ticket.ticket_id, []).extend(entries)
        self.outbox.extend(events)
        for flow_id in flows:
            self.flows.setdefault(flow_id, []).append(ticket.ticket_id)


def _position(ticket: Ticket) -> Position:
    return Position(stamp(ticket.created_at), ticket.ticket_id)
