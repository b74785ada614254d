"""The ticket as a value, and the errors of this service.

DeskError
├── RefusedError            somebody asked for something impossible; carries code and remedy
│   ├── NotFoundError       404
│   └── InvalidRequestError 400, conflicts among them: the wire of seed 000 has no 409 (ITS-09)
├── AlreadyClaimedError     the same was done before; nothing was written
├── NotOpenError            a remark needs more thought than one write; nothing was written
└── RetryLaterError         nothing is wrong for good: the same request or message may come again
    ├── StaleTicketError, StoreBusyError
    └── StoryNotKnownError
"""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from switchboard.events.values import ErrorInfo

SERVICE = "itsm-mock"


class DeskError(Exception):
    """Anything this service raises on purpose."""


class RefusedError(DeskError):
    """A request that cannot be served; the caller is told why and what to do."""

    def __init__(self, code: str, message: str, remediation: str) -> None:
        """Keep the three parts of the common error format (F15)."""
        super().__init__(message)
        self.info = ErrorInfo(code=code, message=message, remediation=remediation)


class NotFoundError(RefusedError):
    """There is no such thing, or none that this caller may hear about."""


class InvalidRequestError(RefusedError):
    """The request itself must be changed."""


class AlreadyClaimedError(DeskError):
    """A claim of the change is taken."""


class NotOpenError(DeskError):
    """The ticket is unknown, somebody else's, or in a state that a remark may change."""


class RetryLaterError(DeskError):
    """The same work must be tried again later."""


class StaleTicketError(RetryLaterError):
    """Somebody else changed the ticket after it was read: read it again and decide anew."""


class StoreBusyError(RetryLaterError):
    """The tables did not answer, however often they were asked."""


class StoryNotKnownError(RetryLaterError):
    """Work on a ticket's story is reported before the story itself: it is on its way."""


class State(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


OPEN = frozenset({State.NEW, State.IN_PROGRESS, State.ON_HOLD})
"""States in which somebody still owes the caller something."""


class HoldReason(StrEnum):
    """What a ticket on hold waits for."""

    AWAITING_CALLER = "awaiting_caller"
    AWAITING_VENDOR = "awaiting_vendor"
    FIX_IN_REVIEW = "fix_in_review"


class CloseCode(StrEnum):
    """How a ticket was solved."""

    SOLVED = "solved"
    WORKAROUND = "workaround"
    NOT_REPRODUCIBLE = "not_reproducible"
    DUPLICATE = "duplicate"


class Category(StrEnum):
    """What a ticket is about; a `software_defect` becomes a story in Notion."""

    ACCESS = "access"
    NETWORK = "network"
    HARDWARE = "hardware"
    OUTAGE = "outage"
    SOFTWARE_DEFECT = "software_defect"
    INQUIRY = "inquiry"


class ContactType(StrEnum):
    """How the caller reached the desk."""

    PHONE = "phone"
    SELF_SERVICE = "self_service"
    EMAIL = "email"
    CHAT = "chat"
    MONITORING = "monitoring"


class Value(BaseModel):
    """A frozen value that reads rows written by a newer version of itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class LatestComment(Value):
    """The last thing said on a ticket in public."""

    text: str
    author: str
    at: datetime


class EntryKind(StrEnum):
    """Who may see an entry."""

    COMMENT = "comment"
    WORK_NOTE = "work_note"


class Entry(Value):
    """A comment, which the caller may hear, or a work note, which stays inside."""

    entry_id: str
    kind: EntryKind
    author: str = Field(description="caller, desk, delivery or the name of a person")
    text: str
    at: datetime
    contact_id: str | None = None


class Ticket(Value):
    """A ticket as it stands."""

    ticket_id: str
    caller_id: str
    correlation_id: str = Field(description="of the call it was opened in, or its own (K-63)")
    short_description: str
    issue_description: str
    category: Category
    subcategory: str | None = None
    impact: int
    urgency: int
    priority: int
    state: State = State.NEW
    hold_reason: HoldReason | None = None
    close_code: CloseCode | None = None
    close_notes: str | None = None
    assignment_group: str
    contact_type: ContactType
    contact_id: str | None = None
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None = None
    latest_comment: LatestComment | None = None
    comment_count: int = 0
    story_url: str | None = None
    delivery_at: datetime | None = Field(
        default=None, description="time of the newest event of the delivery half that moved it"
    )
    version: int = Field(default=0, description="0 until stored; each write adds one")

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes the caller something."""
        return self.state in OPEN
