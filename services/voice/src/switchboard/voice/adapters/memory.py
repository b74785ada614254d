"""Voice's ports in memory, for tests and simulation; they pass the same port tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from switchboard.events.call import CallEndedV1, CallEscalatedV1
from switchboard.events.envelope import Event
from switchboard.voice.domain.model import ANONYMOUS, Call, Ticket, TicketNote, TicketState
from switchboard.voice.domain.ports import CallFacts, ChangedError, Moment, NoSessionError


class MemoryTickets:
    """Tickets by caller and number."""

    def __init__(self) -> None:
        """Start empty."""
        self._tickets: dict[tuple[str, str], Ticket] = {}
        self._newest: dict[tuple[str, str, str], tuple[Any, str]] = {}

    def of(self, caller_id: str) -> Sequence[Ticket]:
        """Highest number first."""
        own = [ticket for (caller, _), ticket in self._tickets.items() if caller == caller_id]
        return tuple(sorted(own, key=lambda ticket: ticket.ticket_id, reverse=True))

    def find(self, caller_id: str, ticket_id: str) -> Ticket | None:
        """By both, so another caller's is out of reach."""
        return self._tickets.get((caller_id, ticket_id))

    def opened(self, ticket: Ticket) -> None:
        """Keep what never changes."""
        known = self._known(ticket.caller_id, ticket.ticket_id)
        self._tickets[ticket.caller_id, ticket.ticket_id] = replace(
            known, short_description=ticket.short_description, created_at=ticket.created_at
        )

    def moved(self, caller_id: str, ticket_id: str, state: TicketState, moment: Moment) -> bool:
        """The newest wins."""
        return self._keep(caller_id, ticket_id, "state", state, moment)

    def noted(self, caller_id: str, ticket_id: str, note: TicketNote, moment: Moment) -> bool:
        """The newest wins."""
        return self._keep(caller_id, ticket_id, "note", note, moment)

    def _known(self, caller_id: str, ticket_id: str) -> Ticket:
        return self._tickets.get((caller_id, ticket_id), Ticket(ticket_id, caller_id))

    def _keep(
        self, caller_id: str, ticket_id: str, part: str, value: object, moment: Moment
    ) -> bool:
        order = (moment.at, moment.event_id)
        key = (caller_id, ticket_id, part)
        if key in self._newest and self._newest[key] >= order:
            return False
        self._newest[key] = order
        changed: Any = {part: value}
        self._tickets[caller_id, ticket_id] = replace(self._known(caller_id, ticket_id), **changed)
        return True


class MemoryCalls:
    """Records of calls; `published` has each event once, as an outbox row is inserted once."""

    def __init__(self) -> None:
        """Start empty."""
        self._calls: dict[str, Call] = {}
        self.inputs: dict[str, set[str]] = {}
        self.published: list[Event[Any]] = []
        self.before_end: Callable[[], object] = lambda: None
        """Lets a test act between the reading and the closing of a record."""

    def get(self, contact_id: str) -> Call:
        """An empty record when nothing is known."""
        return self._calls.get(contact_id, Call(contact_id))

    def learn(self, contact_id: str, facts: CallFacts, key: str | None = None) -> Call:
        """Never replaces a value."""
        call = self.get(contact_id)
        known: Mapping[str, Any] = {
            name: value
            for name, value in asdict(facts).items()
            if value not in (None, ANONYMOUS) and getattr(call, name) in (None, ANONYMOUS)
        }
        if key:
            self.inputs.setdefault(contact_id, set()).add(key)
        return self._write(call, **known)

    def note_outcome(self, contact_id: str, outcome: str) -> None:
        """Until it is over."""
        call = self.get(contact_id)
        if not call.is_over:
            self._write(call, outcome=outcome)

    def opened_in(self, contact_id: str, ticket_id: str) -> None:
        """The same ticket once."""
        call = self.get(contact_id)
        self._write(call, ticket_ids=call.ticket_ids | {ticket_id})

    def escalate(
        self, contact_id: str, caller_id: str, reason: str, event: Event[CallEscalatedV1]
    ) -> bool:
        """All or nothing, once."""
        if self.get(contact_id).escalation:
            return False
        event.detail()
        call = self.learn(contact_id, CallFacts(caller_id=caller_id))
        self._write(call, escalation=reason)
        self.published.append(event)
        return True

    def end(self, call: Call, outcome: str, event: Event[CallEndedV1]) -> bool:
        """All or nothing, once, on the record that was read."""
        self.before_end()
        present = self.get(call.contact_id)
        if present.is_over:
            return False
        if present.revision != call.revision:
            raise ChangedError("the call's record changed while it was read")
        event.detail()
        self._write(present, outcome=outcome, is_over=True)
        self.published.append(event)
        return True

    def _write(self, call: Call, **changes: Any) -> Call:
        written = replace(call, **changes, revision=call.revision + 1)
        self._calls[call.contact_id] = written
        return written


class MemorySessions:
    """Sessions with their data; only those in `of` exist."""

    def __init__(self, of: Mapping[str, str] | None = None) -> None:
        """`of` has the session ARN of each contact."""
        self._of = dict(of or {})
        self.data: dict[str, dict[str, str]] = {}

    def of_contact(self, contact_id: str) -> str:
        """The session's ARN."""
        try:
            return self._of[contact_id]
        except KeyError:
            raise NoSessionError("the contact has no session") from None

    def push(self, session_arn: str, data: Mapping[str, str]) -> None:
        """Keep the values."""
        if session_arn not in self._of.values():
            raise NoSessionError("there is no such session")
        self.data.setdefault(session_arn, {}).update(data)
