"""Opening a ticket: two fields are enough, the rest follows from the words (ITS-11)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from switchboard.itsm_mock.domain.claims import demand_same, key_claim, words_claim
from switchboard.itsm_mock.domain.classification import (
    GROUPS,
    category_of,
    priority,
    usual_weight,
)
from switchboard.itsm_mock.domain.model import (
    AlreadyClaimedError,
    StaleTicketError,
    StoreBusyError,
    Ticket,
)
from switchboard.itsm_mock.domain.ports import Claim, Numbers, Tickets
from switchboard.itsm_mock.domain.requests import NewTicket
from switchboard.itsm_mock.domain.revision import Pen, Revision
from switchboard.itsm_mock.domain.texts import summary

TRIES = 3
"""Numbers tried: one that is taken means that a counter was set back by hand."""


@dataclass(frozen=True)
class Opened:
    """The ticket, and whether this request is the one that opened it."""

    ticket: Ticket
    is_new: bool


def opening(request: NewTicket, ticket_id: str, pen: Pen) -> Revision:
    """A new ticket for what was asked; its flow is that of the call when there is one (K-63)."""
    event_id = pen.new_id()
    category = request.category or category_of(
        f"{request.short_description or ''} {request.issue_description}"
    )
    usual = usual_weight(category)
    impact, urgency = request.impact or usual.impact, request.urgency or usual.urgency
    ticket = Ticket(
        ticket_id=ticket_id,
        caller_id=request.caller_id,
        correlation_id=request.contact_id or event_id,
        short_description=request.short_description or summary(request.issue_description),
        issue_description=request.issue_description,
        category=category,
        subcategory=request.subcategory,
        impact=impact,
        urgency=urgency,
        priority=priority(impact, urgency),
        assignment_group=GROUPS[category],
        contact_type=request.contact_type,
        contact_id=request.contact_id,
        created_at=pen.now,
        updated_at=pen.now,
    )
    return Revision.opening(ticket, pen, event_id)


@dataclass(frozen=True)
class CreateTicket:
    """Write ticket, fact and claims in one go; a request that comes again finds its ticket."""

    tickets: Tickets
    numbers: Numbers
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def __call__(self, request: NewTicket, idempotency_key: str | None = None) -> Opened:
        """Return the ticket, a new one or the one that the same request led to before.

        Raises:
            InvalidRequestError: the key stood for another request.
            StoreBusyError: try again later.
        """
        for _ in range(TRIES):
            now = self.clock()
            ticket_id = self.numbers.next()
            claims = _claims(request, idempotency_key, ticket_id, now)
            revision = opening(request, ticket_id, Pen(now, self.new_id))
            flows = (revision.ticket.correlation_id,)
            try:
                change = revision.change(claims=claims, flows=flows)
                return Opened(self.tickets.commit(change, now), is_new=True)
            except AlreadyClaimedError:
                # Idempotent: the same key, or the same words in the same call (10 minutes).
                return self._earlier(claims, now)
            except StaleTicketError:
                continue
        raise StoreBusyError(f"none of {TRIES} numbers was free")

    def _earlier(self, claims: tuple[Claim, ...], now: datetime) -> Opened:
        for claim in claims:
            found = self.tickets.claimed(claim.key)
            if found is None or found.until <= now:
                continue
            demand_same(claim, found)
            ticket = self.tickets.get(found.result)
            if ticket is not None:
                return Opened(ticket, is_new=False)
        raise StoreBusyError("the claim was made by another request that is not readable yet")


def _claims(
    request: NewTicket, idempotency_key: str | None, ticket_id: str, now: datetime
) -> tuple[Claim, ...]:
    operation = ("create_ticket", request.caller_id)
    claims = []
    if idempotency_key is not None:
        body = request.model_dump_json()
        claims.append(key_claim(operation, idempotency_key, body, ticket_id, now))
    if request.contact_id is not None:
        said = request.issue_description
        claims.append(words_claim(operation, request.contact_id, said, ticket_id, now))
    return tuple(claims)
