"""A ticket being changed: the next ticket, its new entries and the facts others are told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from switchboard.events.envelope import Event, EventData, new_event
from switchboard.events.ticket import TicketCommentedV1, TicketCreatedV1, TicketStatusChangedV1
from switchboard.itsm_mock.domain.lifecycle import spoken_status
from switchboard.itsm_mock.domain.model import (
    SERVICE,
    Entry,
    EntryKind,
    HoldReason,
    LatestComment,
    State,
    Ticket,
)
from switchboard.itsm_mock.domain.ports import Change


@dataclass(frozen=True)
class Pen:
    """What every writer needs: the time, fresh ids and what made it write."""

    now: datetime
    new_id: Callable[[], str]
    cause: Event[Any] | None = None

    def fact(self, data: EventData, correlation_id: str, event_id: str | None = None) -> Event[Any]:
        """An event of the ticket's flow, caused by what made us write."""
        cause = self.cause.metadata if self.cause else None
        return new_event(
            data,
            service=SERVICE,
            correlation_id=correlation_id,
            causation_id=cause.id if cause else None,
            project_id=cause.project_id if cause else None,
            traceparent=cause.traceparent if cause else None,
            event_id=event_id or self.new_id(),
            clock=lambda: self.now,
        )

    def entry(
        self, kind: EntryKind, author: str, text: str, contact_id: str | None = None
    ) -> Entry:
        """A new entry of now."""
        return Entry(
            entry_id=self.new_id(),
            kind=kind,
            author=author,
            text=text,
            at=self.now,
            contact_id=contact_id,
        )

    def commented(self, ticket_id: str, caller_id: str, flow: str, entry: Entry) -> Event[Any]:
        """The fact that a comment was made."""
        data = TicketCommentedV1(
            ticket_id=ticket_id,
            caller_id=caller_id,
            comment_id=entry.entry_id,
            author=entry.author,
            comment=entry.text,
            contact_id=entry.contact_id,
            created_at=entry.at,
        )
        return self.fact(data, flow)


def latest_of(entry: Entry) -> LatestComment:
    """The entry as a ticket shows it."""
    return LatestComment(text=entry.text, author=entry.author, at=entry.at)


class Revision:
    """Collects what happens to one ticket; `change` is what is then committed."""

    def __init__(self, ticket: Ticket, pen: Pen) -> None:
        """Start from the ticket as it was read."""
        self.ticket = ticket.model_copy(update={"updated_at": pen.now})
        self._pen = pen
        self._change = Change(ticket)

    @classmethod
    def opening(cls, ticket: Ticket, pen: Pen, event_id: str) -> "Revision":
        """Start with a new ticket; the fact of it carries the given id."""
        revision = cls(ticket, pen)
        fields = TicketCreatedV1.model_fields.keys()
        data = TicketCreatedV1(**{name: getattr(ticket, name) for name in fields})
        revision._tell(pen.fact(data, ticket.correlation_id, event_id))
        return revision

    def edit(self, **fields: Any) -> None:
        """Set attributes about which nobody else is told."""
        self.ticket = self.ticket.model_copy(update=fields)

    def comment(self, author: str, text: str) -> None:
        """Say something that the caller may hear."""
        self.add(self._pen.entry(EntryKind.COMMENT, author, text))

    def note(self, author: str, text: str) -> None:
        """Write something that stays inside."""
        self.add(self._pen.entry(EntryKind.WORK_NOTE, author, text))

    def add(self, entry: Entry) -> None:
        """Add an entry; only a comment is told to others."""
        self._change = replace(self._change, entries=(*self._change.entries, entry))
        if entry.kind is EntryKind.WORK_NOTE:
            return
        ticket = self.ticket
        self.edit(latest_comment=latest_of(entry), comment_count=ticket.comment_count + 1)
        flow = ticket.correlation_id
        self._tell(self._pen.commented(ticket.ticket_id, ticket.caller_id, flow, entry))

    def move(self, state: State, changed_by: str, hold_reason: HoldReason | None = None) -> None:
        """Move on, if that is a move at all; leaving `resolved` for work forgets the solution."""
        before = self.ticket
        if (before.state, before.hold_reason) == (state, hold_reason):
            return
        self.edit(state=state, hold_reason=hold_reason)
        if state is State.RESOLVED:
            self.edit(resolved_at=self._pen.now)
        elif self.ticket.is_open:
            self.edit(resolved_at=None, close_code=None, close_notes=None)
        after = self.ticket
        data = TicketStatusChangedV1(
            ticket_id=after.ticket_id,
            caller_id=after.caller_id,
            previous_state=before.state,
            state=after.state,
            hold_reason=after.hold_reason,
            close_code=after.close_code,
            spoken=spoken_status(after),
            changed_by=changed_by,
            changed_at=self._pen.now,
        )
        self._tell(self._pen.fact(data, after.correlation_id))

    def change(self, **together: Any) -> Change:
        """All of it, with the claims, flows and page given."""
        return replace(self._change, ticket=self.ticket, **together)

    def _tell(self, event: Event[Any]) -> None:
        self._change = replace(self._change, events=(*self._change.events, event))
