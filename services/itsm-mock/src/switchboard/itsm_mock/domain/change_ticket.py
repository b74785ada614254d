"""What people at the desk do with a ticket: move it, weigh it, hand it on, note something."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from switchboard.itsm_mock.domain.classification import GROUPS, priority
from switchboard.itsm_mock.domain.lifecycle import demand_transition
from switchboard.itsm_mock.domain.model import (
    InvalidRequestError,
    StaleTicketError,
    StoreBusyError,
    Ticket,
)
from switchboard.itsm_mock.domain.ports import Tickets
from switchboard.itsm_mock.domain.read_tickets import ReadTickets
from switchboard.itsm_mock.domain.requests import NewWorkNote, TicketChange
from switchboard.itsm_mock.domain.revision import Pen, Revision

TRIES = 5


@dataclass(frozen=True)
class ChangeTicket:
    """A change is made to the version it was decided on, or not at all."""

    tickets: Tickets
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def __call__(self, number: str, seen: int, wanted: TicketChange) -> Ticket:
        """Return the ticket as it stands after the change.

        Raises:
            InvalidRequestError: the ticket is not at version `seen`, or cannot move like that.
            NotFoundError: there is no such ticket.
        """
        ticket = ReadTickets(self.tickets).one(number, None)
        if ticket.version != seen:
            raise _changed(ticket.ticket_id)
        now = self.clock()
        revision = Revision(ticket, Pen(now, self.new_id))
        _edit(revision, wanted)
        if wanted.state is not None and wanted.state is not ticket.state:
            demand_transition(ticket, wanted.state, now)
        if wanted.state is not None:
            revision.move(wanted.state, wanted.changed_by, wanted.hold_reason)
        try:
            return self.tickets.commit(revision.change(), now)
        except StaleTicketError as error:
            raise _changed(ticket.ticket_id) from error

    def note(self, number: str, wanted: NewWorkNote) -> Ticket:
        """Add a work note, which no caller hears; it contradicts nobody, so no version is asked.

        Raises:
            InvalidRequestError, NotFoundError: the number is wrong or unknown.
            StoreBusyError: others change the ticket all the time.
        """
        read = ReadTickets(self.tickets)
        for _ in range(TRIES):
            now = self.clock()
            revision = Revision(read.one(number, None), Pen(now, self.new_id))
            revision.note(wanted.author, wanted.note)
            try:
                return self.tickets.commit(revision.change(), now)
            except StaleTicketError:
                continue
        raise StoreBusyError(f"{number} is being changed by others")


def _edit(revision: Revision, wanted: TicketChange) -> None:
    ticket = revision.ticket
    impact, urgency = wanted.impact or ticket.impact, wanted.urgency or ticket.urgency
    category = wanted.category or ticket.category
    handed_on = GROUPS[category] if category is not ticket.category else ticket.assignment_group
    revision.edit(
        category=category,
        impact=impact,
        urgency=urgency,
        priority=priority(impact, urgency),
        assignment_group=wanted.assignment_group or handed_on,
        close_code=wanted.close_code or ticket.close_code,
        close_notes=wanted.close_notes or ticket.close_notes,
    )


def _changed(ticket_id: str) -> InvalidRequestError:
    return InvalidRequestError(
        "TICKET_CHANGED",
        f"{ticket_id} was changed by somebody else after you read it",
        "Read the ticket again, decide anew and send its new ETag as If-Match",
    )
