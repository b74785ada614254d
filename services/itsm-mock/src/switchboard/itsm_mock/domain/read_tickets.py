"""Looking a ticket up, and listing a caller's tickets."""

from dataclasses import dataclass

from switchboard.itsm_mock.domain.model import Entry, NotFoundError, Ticket
from switchboard.itsm_mock.domain.ports import Listing, Tickets, Wanted
from switchboard.itsm_mock.domain.ticket_number import read_number


def unknown_ticket(ticket_id: str) -> NotFoundError:
    """The error for a ticket that is not there, or not this caller's: the same words for both."""
    return NotFoundError(
        "UNKNOWN_TICKET",
        f"There is no ticket {ticket_id} of this caller",
        "Check the number with the caller, or list the caller's recent tickets",
    )


@dataclass(frozen=True)
class ReadTickets:
    """Answers about tickets; another caller's ticket does not exist (D-05)."""

    tickets: Tickets

    def one(self, number: str, caller_id: str | None) -> Ticket:
        """The ticket of that number; with a caller given it must be that caller's.

        Raises:
            InvalidRequestError: the number cannot be right.
            NotFoundError: there is no such ticket for this caller.
        """
        ticket_id = read_number(number)
        ticket = self.tickets.get(ticket_id)
        if ticket is None or caller_id not in {None, ticket.caller_id}:
            raise unknown_ticket(ticket_id)
        return ticket

    def with_entries(self, number: str) -> tuple[Ticket, list[Entry]]:
        """The ticket with everything written on it, for people inside.

        Raises:
            InvalidRequestError, NotFoundError: as `one`.
        """
        ticket = self.one(number, None)
        return ticket, self.tickets.entries(ticket.ticket_id)

    def recent(self, wanted: Wanted) -> Listing:
        """A caller's tickets, newest first.

        Raises:
            InvalidRequestError: the cursor is not one of this caller's list.
        """
        return self.tickets.of_caller(wanted)
