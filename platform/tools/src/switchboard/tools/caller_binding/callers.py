"""Who is on the line of a contact, as the binding asks for it.

CallerError
├── ContactUnknownError    there is no such contact in our instance
├── CallerAnonymousError   the caller shows no number
└── CallersDownError       Connect did not answer
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Protocol

WITHHELD = {"", "anonymous", "unavailable", "unknown", "restricted", "private"}
"""What stands for a number that is not shown."""
REMEMBERED = 1000


class CallerError(Exception):
    """The caller of a contact cannot be told."""


class ContactUnknownError(CallerError):
    """Connect has no such contact."""


class CallerAnonymousError(CallerError):
    """The caller shows no number."""


class CallersDownError(CallerError):
    """Connect did not answer; the next call may work."""


class Callers(Protocol):
    """Where the caller of a contact is looked up."""

    def caller_of(self, contact_id: str) -> str:
        """The number (E.164) or user name at the other end; raise a CallerError."""
        ...


def shown(address: str | None) -> str:
    """The address itself.

    Raises:
        CallerAnonymousError: it stands for nobody.
    """
    found = (address or "").strip()
    if found.lstrip("+").lower() in WITHHELD:
        raise CallerAnonymousError
    return found


@dataclass
class RememberedCallers:
    """Asks once per contact: a call has one caller, and several tool calls."""

    callers: Callers
    known: OrderedDict[str, str] = field(default_factory=OrderedDict)

    def caller_of(self, contact_id: str) -> str:
        """See the port; only answers are remembered, never failures."""
        if contact_id not in self.known:
            self.known[contact_id] = self.callers.caller_of(contact_id)
            if len(self.known) > REMEMBERED:
                self.known.popitem(last=False)
        return self.known[contact_id]
