"""Writing on a ticket because of an event: once per event, whatever else happens to the ticket."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.events.envelope import Event
from switchboard.itsm_mock.domain.claims import event_claim
from switchboard.itsm_mock.domain.model import (
    AlreadyClaimedError,
    DeskError,
    StaleTicketError,
    StoreBusyError,
)
from switchboard.itsm_mock.domain.ports import Tickets
from switchboard.itsm_mock.domain.revision import Pen, Revision

TRIES = 5
Write = Callable[[Revision], None]


class TicketMissingError(DeskError):
    """An event names a ticket that was never opened here: for people to look at, in the DLQ."""


@dataclass(frozen=True)
class FollowUp:
    """Reads the ticket, lets `write` decide, commits with the event's claim; again if it raced."""

    tickets: Tickets
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def __call__(self, ticket_id: str, event: Event[Any], write: Write, **together: Any) -> None:
        """Write on the ticket.

        Raises:
            TicketMissingError: there is no such ticket.
            StoreBusyError: others change the ticket all the time; the event comes again.
        """
        for _ in range(TRIES):
            ticket = self.tickets.get(ticket_id)
            if ticket is None:
                raise TicketMissingError(f"{event.detail_type} names {ticket_id}, which is unknown")
            now = self.clock()
            revision = Revision(ticket, Pen(now, self.new_id, event))
            write(revision)
            claims = (event_claim(event.metadata.id, ticket_id, now),)
            try:
                self.tickets.commit(revision.change(claims=claims, **together), now)
            except AlreadyClaimedError:
                return  # Idempotent: this event was followed up before.
            except StaleTicketError:
                continue
            return
        raise StoreBusyError(f"{ticket_id} is being changed by others")
