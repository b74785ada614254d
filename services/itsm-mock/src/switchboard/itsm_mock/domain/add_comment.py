"""Adding what a caller says to a ticket; on a solved one it opens the ticket again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from switchboard.itsm_mock.domain.claims import demand_same, key_claim, words_claim
from switchboard.itsm_mock.domain.lifecycle import REOPEN_WITHIN, may_reopen
from switchboard.itsm_mock.domain.model import (
    AlreadyClaimedError,
    Entry,
    EntryKind,
    HoldReason,
    NotOpenError,
    StaleTicketError,
    State,
    StoreBusyError,
    Ticket,
)
from switchboard.itsm_mock.domain.ports import Claim, Identity, Remark, Tickets
from switchboard.itsm_mock.domain.read_tickets import unknown_ticket
from switchboard.itsm_mock.domain.requests import NewComment
from switchboard.itsm_mock.domain.revision import Pen, Revision
from switchboard.itsm_mock.domain.ticket_number import read_number

TRIES = 5
"""How often a ticket that others write on as well is read again."""
CALLER = "caller"
DESK = "desk"
_ADDED = "I added that to the ticket."
_REOPENED = "I added that, and the ticket is open again."
_TOO_LATE = (
    "I added that, but the ticket stays solved, because it was solved more than "
    f"{REOPEN_WITHIN.days} days ago. A new ticket is needed."
)
_OVER = "I added that, but the ticket is no longer open. A new ticket is needed."


@dataclass(frozen=True)
class Comment:
    """What is to be added: to which ticket, for which caller, in which words."""

    number: str
    caller_id: str | None
    """Whose ticket it must be; None: a colleague at the desk writes."""
    body: NewComment
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Added:
    """What became of a comment, and the sentence about it."""

    ticket_id: str
    comment_id: str
    spoken: str
    reopened: bool = False


@dataclass(frozen=True)
class AddComment:
    """One write when the ticket is open; otherwise the ticket is read and its state decides."""

    tickets: Tickets
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def __call__(self, comment: Comment) -> Added:
        """Return what became of it.

        Raises:
            InvalidRequestError: the number cannot be right, or the key stood for other words.
            NotFoundError: there is no such ticket for this caller.
            StoreBusyError: try again later.
        """
        ticket_id = read_number(comment.number)
        identity = self.tickets.identity(ticket_id)
        if identity is None or comment.caller_id not in {None, identity.caller_id}:
            raise unknown_ticket(ticket_id)
        pen = Pen(self.clock(), self.new_id)
        author = DESK if comment.caller_id is None else CALLER
        body = comment.body
        entry = pen.entry(EntryKind.COMMENT, author, body.comment, body.contact_id)
        remark = _remark(ticket_id, identity, comment, entry, pen)
        try:
            return self._write(remark, pen)
        except AlreadyClaimedError:
            # Idempotent: the same key, or the same words in the same call (10 minutes).
            return self._earlier(remark, pen.now)

    def _write(self, remark: Remark, pen: Pen) -> Added:
        try:
            self.tickets.remark(remark, pen.now)
        except NotOpenError:
            return self._decide(remark, pen)
        return Added(remark.ticket_id, remark.entry.entry_id, _ADDED)

    def _decide(self, remark: Remark, pen: Pen) -> Added:
        for _ in range(TRIES):
            ticket = self.tickets.get(remark.ticket_id)
            if ticket is None:
                raise unknown_ticket(remark.ticket_id)
            revision = Revision(ticket, pen)
            revision.add(remark.entry)
            by_caller = remark.entry.author == CALLER
            if by_caller and (may_reopen(ticket, pen.now) or _waits_for_caller(ticket)):
                revision.move(State.IN_PROGRESS, CALLER)
            change = revision.change(claims=remark.claims, flows=remark.flows)
            try:
                self.tickets.commit(change, pen.now)
            except StaleTicketError:
                continue
            spoken = _spoken(ticket, revision.ticket)
            reopened = revision.ticket.is_open and not ticket.is_open
            return Added(ticket.ticket_id, remark.entry.entry_id, spoken, reopened)
        raise StoreBusyError(f"{remark.ticket_id} is being changed by others")

    def _earlier(self, remark: Remark, now: datetime) -> Added:
        for claim in remark.claims:
            found = self.tickets.claimed(claim.key)
            if found is not None and found.until > now:
                demand_same(claim, found)
                return Added(remark.ticket_id, found.result, _ADDED)
        raise StoreBusyError("the claim was made by another request that is not readable yet")


def _remark(ticket_id: str, identity: Identity, comment: Comment, entry: Entry, pen: Pen) -> Remark:
    event = pen.commented(ticket_id, identity.caller_id, identity.correlation_id, entry)
    call = comment.body.contact_id
    return Remark(
        ticket_id,
        comment.caller_id,
        entry,
        event,
        _claims(ticket_id, comment, entry, pen.now),
        flows=(call,) if call and call != identity.correlation_id else (),
    )


def _claims(ticket_id: str, comment: Comment, entry: Entry, now: datetime) -> tuple[Claim, ...]:
    operation = ("add_ticket_comment", ticket_id, comment.caller_id or "")
    result = entry.entry_id
    claims = []
    if comment.idempotency_key is not None:
        body = comment.body.model_dump_json()
        claims.append(key_claim(operation, comment.idempotency_key, body, result, now))
    if comment.body.contact_id is not None:
        claims.append(words_claim(operation, comment.body.contact_id, entry.text, result, now))
    return tuple(claims)


def _waits_for_caller(ticket: Ticket) -> bool:
    return ticket.hold_reason is HoldReason.AWAITING_CALLER


def _spoken(before: Ticket, after: Ticket) -> str:
    if after.is_open:
        return _ADDED if before.is_open else _REOPENED
    return _TOO_LATE if after.state is State.RESOLVED else _OVER
