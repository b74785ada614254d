"""Ticket events to the read model: the newest state by event time, whatever order they come in."""

from dataclasses import dataclass

from switchboard.events.envelope import Event
from switchboard.events.ticket import TicketCommentedV1, TicketCreatedV1, TicketStatusChangedV1
from switchboard.voice.domain.model import Ticket, TicketNote, TicketState
from switchboard.voice.domain.ports import Calls, Moment, Tickets

FIRST = ""
"""Sorts before every event id: a change of the same moment comes after the opening."""


@dataclass(frozen=True)
class KeepOpened:
    """A ticket was opened, perhaps in a call. Idempotent: every write is the same again."""

    tickets: Tickets
    calls: Calls

    def __call__(self, event: Event[TicketCreatedV1]) -> None:
        """Keep it, and put it on the record of its call."""
        data = event.data
        self.tickets.opened(
            Ticket(
                ticket_id=data.ticket_id,
                caller_id=data.caller_id,
                short_description=data.short_description,
                created_at=data.created_at,
            )
        )
        state = TicketState(data.state, "", data.created_at)
        moment = Moment(data.created_at, FIRST)
        self.tickets.moved(data.caller_id, data.ticket_id, state, moment)
        if data.contact_id:
            self.calls.opened_in(data.contact_id, data.ticket_id)


@dataclass(frozen=True)
class KeepMoved:
    """A ticket moved on. Idempotent and in any order: an older state never replaces a newer."""

    tickets: Tickets

    def __call__(self, event: Event[TicketStatusChangedV1]) -> None:
        """Keep the state."""
        data = event.data
        state = TicketState(data.state, data.spoken, data.changed_at)
        moment = Moment(data.changed_at, event.metadata.id)
        self.tickets.moved(data.caller_id, data.ticket_id, state, moment)


@dataclass(frozen=True)
class KeepNoted:
    """Somebody commented. Idempotent and in any order, like the state."""

    tickets: Tickets

    def __call__(self, event: Event[TicketCommentedV1]) -> None:
        """Keep that there is a comment, not what it says."""
        data = event.data
        note = TicketNote(data.author, data.created_at)
        moment = Moment(data.created_at, event.metadata.id)
        self.tickets.noted(data.caller_id, data.ticket_id, note, moment)
