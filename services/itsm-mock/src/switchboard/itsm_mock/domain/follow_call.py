"""What a call leaves behind on tickets: the hand-off to a person, and callers who hung up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.events.call import CallEndedV1, CallEscalatedV1
from switchboard.events.envelope import Event
from switchboard.itsm_mock.domain.claims import contact_claim, event_claim
from switchboard.itsm_mock.domain.classification import category_of
from switchboard.itsm_mock.domain.create_ticket import opening
from switchboard.itsm_mock.domain.follow_up import FollowUp
from switchboard.itsm_mock.domain.model import (
    AlreadyClaimedError,
    Category,
    ContactType,
    InvalidRequestError,
    StaleTicketError,
    StoreBusyError,
)
from switchboard.itsm_mock.domain.ports import Numbers, Tickets
from switchboard.itsm_mock.domain.requests import TEXT_LENGTH, NewTicket
from switchboard.itsm_mock.domain.revision import Pen, Revision
from switchboard.itsm_mock.domain.texts import clean
from switchboard.itsm_mock.domain.ticket_number import read_number

VOICE = "voice desk"
TRIES = 5
_UNKNOWN_CALLER = "anonymous"
_NO_SUMMARY = "The caller wanted a person and nothing more is known."
_HUNG_UP = "Caller hung up before the desk could help"
_ABANDONED = "abandoned"


@dataclass(frozen=True)
class FollowCall:
    """One method for each fact of voice; of each call at most one ticket is opened here."""

    tickets: Tickets
    numbers: Numbers
    follow_up: FollowUp
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def escalated(self, event: Event[CallEscalatedV1]) -> None:
        """Put the hand-off on the ticket it is about, or open one: the person needs to find it.

        Raises:
            RetryLaterError: the event must come again.
        """
        call = event.data

        def write(revision: Revision) -> None:
            revision.note(VOICE, _handed_off(call))

        for _ in range(TRIES):
            ticket_id = self._subject(call)
            if ticket_id is not None:
                # The call knows this ticket from now on: nobody has to open one when it ends.
                self.follow_up(ticket_id, event, write, flows=(call.contact_id,))
                return
            if self._open(_wanted(call), event, write):
                return
        raise StoreBusyError(f"the ticket of call {call.contact_id} is being opened by others")

    def ended(self, event: Event[CallEndedV1]) -> None:
        """A caller who spoke, hung up and has no ticket is not forgotten.

        Raises:
            RetryLaterError: the event must come again.
        """
        call = event.data
        if call.outcome != _ABANDONED or not call.talked or call.ticket_ids:
            return
        for _ in range(TRIES):
            if self.tickets.of_flow(call.contact_id) or self._open(_lost(call), event):
                return
        raise StoreBusyError(f"the ticket of call {call.contact_id} is being opened by others")

    def _subject(self, call: CallEscalatedV1) -> str | None:
        """The ticket the escalation names, if it is this caller's, or the newest of the call."""
        named = _number(call.ticket_id)
        identity = self.tickets.identity(named) if named else None
        if identity is not None and identity.caller_id == _caller(call.caller_id):
            return named
        of_call = self.tickets.of_flow(call.contact_id)
        return of_call[-1] if of_call else None

    def _open(
        self,
        request: NewTicket,
        event: Event[Any],
        write: Callable[[Revision], None] = lambda _: None,
    ) -> bool:
        """Open a ticket for the call; False when somebody else just did (look again)."""
        now = self.clock()
        ticket_id = self.numbers.next()
        revision = opening(request, ticket_id, Pen(now, self.new_id, event))
        write(revision)
        # Idempotent twice over: one effect for each event, one ticket of ours for each call.
        event_done = event_claim(event.metadata.id, ticket_id, now)
        claims = (event_done, contact_claim(str(request.contact_id), ticket_id, now))
        flows = (revision.ticket.correlation_id,)
        try:
            self.tickets.commit(revision.change(claims=claims, flows=flows), now)
        except AlreadyClaimedError:
            return self.tickets.claimed(event_done.key) is not None
        except StaleTicketError:
            return False
        return True


def _wanted(call: CallEscalatedV1) -> NewTicket:
    summary = clean(call.summary)[:TEXT_LENGTH] or _NO_SUMMARY
    intent = clean(call.intent or "")
    known = intent.lower().replace(" ", "_")
    said = f"{intent} {summary}"
    return NewTicket(
        caller_id=_caller(call.caller_id),
        issue_description=summary,
        category=Category(known) if known in set(Category) else category_of(said),
        contact_type=ContactType.PHONE,
        contact_id=call.contact_id,
    )


def _lost(call: CallEndedV1) -> NewTicket:
    return NewTicket(
        caller_id=_caller(call.caller_id),
        issue_description=(
            f"{_HUNG_UP}: the call of {call.started_at:%Y-%m-%d %H:%M} UTC lasted "
            f"{call.seconds:.0f} seconds and left no ticket. Call back and ask."
        ),
        short_description=_HUNG_UP,
        category=Category.INQUIRY,
        contact_type=ContactType.PHONE,
        contact_id=call.contact_id,
    )


def _handed_off(call: CallEscalatedV1) -> str:
    said = [f"Handed to a person ({call.reason}): {clean(call.summary) or _NO_SUMMARY}"]
    if call.intent:
        said.append(f"Wanted: {clean(call.intent)}.")
    if call.sentiment:
        said.append(f"Mood: {clean(call.sentiment)}.")
    return " ".join(said)


def _caller(caller_id: str) -> str:
    return clean(caller_id)[:64] or _UNKNOWN_CALLER


def _number(text: str | None) -> str | None:
    try:
        return read_number(text) if text else None
    except InvalidRequestError:
        return None
