"""Contact events of Connect to the record of a call: late, twice, in any order."""

from dataclasses import dataclass
from datetime import datetime

from switchboard.voice.domain.end_call import CloseCall
from switchboard.voice.domain.ports import CallFacts, Calls

ENDS = ("DISCONNECTED", "COMPLETED")
"""Either closes the record; Connect sends both, best effort, in any order."""


@dataclass(frozen=True)
class ContactEvent:
    """One `Amazon Connect Contact Event` as far as a call is concerned."""

    event_id: str
    contact_id: str
    kind: str
    at: datetime
    is_call: bool
    """A telephone call that came in; chats, tasks and transfers have records elsewhere."""
    facts: CallFacts

    @property
    def key(self) -> str:
        """Connect sends the same event again under this key (contact, type, time)."""
        return f"{self.kind}@{self.at.isoformat()}"


@dataclass(frozen=True)
class FollowContact:
    """Fill in the record, and close it when the call is over.

    Idempotent: each fact is kept once, whichever event brings it first, and a duplicate end asks
    again for the closing, so that a death in between is mended (it closes once).
    """

    calls: Calls
    close: CloseCall

    def __call__(self, event: ContactEvent) -> str:
        """Say in a word what it did."""
        if not event.is_call:
            return "not_a_call"
        call = self.calls.learn(event.contact_id, event.facts, event.key)
        if event.kind not in ENDS:
            return "noted"
        return "ended" if self.close(call, event.event_id) else "ended_before"
