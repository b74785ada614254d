"""What ingress needs from the world, in its own words.

Errors::

    PageNotFoundError            Notion has no such page, or does not show it to us: final
    NotionUnavailableError       Notion did not answer after all retries: try later
    ClaimHeldError               another source event asked for this very work already
    SettlementConflictError      somebody wrote in between: read again and decide again
    StoryRefusedError            Notion or the project's board does not take the story: final
    TicketBusyError              another delivery of the ticket is at work: try later
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event
from switchboard.events.project import ProjectConfiguredV1
from switchboard.events.values import ContentRef
from switchboard.ingress.domain.model import (
    Body,
    BotIdentity,
    Origin,
    Outcome,
    Page,
    Settlement,
    StoredProject,
)
from switchboard.ingress.domain.story_draft import StoryDraft


class PageNotFoundError(LookupError):
    """Notion has no such page, or it is not shared with the integration."""


class NotionUnavailableError(RuntimeError):
    """Notion refused or failed after all retries; the queue tries again later."""


class ClaimHeldError(RuntimeError):
    """The claim on (page, trigger, last edit) is held by `invocation_id`."""

    def __init__(self, invocation_id: str) -> None:
        """Name the invocation that holds the claim."""
        super().__init__(f"already asked for by invocation {invocation_id}")
        self.invocation_id = invocation_id


class SettlementConflictError(RuntimeError):
    """What the decision was based on has changed; nothing was written."""


class StoryRefusedError(ValueError):
    """The story cannot be made like this; `remediation` says what a person can do."""

    def __init__(self, message: str, remediation: str) -> None:
        """Say what is wrong and what to do."""
        super().__init__(message)
        self.remediation = remediation


class TicketBusyError(RuntimeError):
    """Another delivery of the same ticket holds the lease."""


@dataclass(frozen=True)
class Credentials:
    """What proves that a webhook is true (the service's one webhook secret)."""

    verification_token: str | None = None
    automation_secret: str | None = None
    armed_until: datetime | None = None


class Vault(Protocol):
    """Where the webhook credentials are kept."""

    def read(self) -> Credentials:
        """The credentials as they are now."""
        ...

    def write(self, credentials: Credentials) -> None:
        """Replace them."""
        ...


class Receipts(Protocol):
    """What the door keeps of a webhook: one conditional write, which is also the outbox."""

    def keep(self, event: Event[ContentChangedV1]) -> bool:
        """Keep the event and so publish it; False when its source event was kept before."""
        ...

    def claim_handshake(self, arming: datetime, token_sha256: str) -> bool:
        """Let one token win an arming; True for that token, also when it asks again."""
        ...


class Pages(Protocol):
    """Pages of the Notion workspace, always as they are now."""

    def get(self, page_id: str) -> Page:
        """Read a page.

        Raises:
            PageNotFoundError: there is none that we may see.
            NotionUnavailableError: after all retries.
        """
        ...

    def body(self, page_id: str) -> Body:
        """Read a page's content as Markdown; raises like `get`."""
        ...


class Stories(Protocol):
    """The stories of a project, as pages that are found by their ticket."""

    def ensure(self, project: ProjectConfiguredV1, draft: StoryDraft) -> Page:
        """The page whose property Ticket names the ticket; made from the draft if there is none.

        Raises:
            StoryRefusedError: the board lacks what is needed, or Notion refuses the page.
            NotionUnavailableError: after all retries; a page may have been made.
        """
        ...


class Bot(Protocol):
    """Our own integration in Notion."""

    def identity(self) -> BotIdentity:
        """Who we are; raises NotionUnavailableError."""
        ...


class Bodies(Protocol):
    """Where bodies lie that are too large for an event (K-33)."""

    def put(self, invocation_id: str, markdown: str) -> ContentRef:
        """Store a body; the same body gets the same key, another body another key."""
        ...


class Projects(Protocol):
    """The stored project configurations."""

    def get(self, project_id: str) -> StoredProject | None:
        """The project of that id."""
        ...

    def holding(self, keys: Sequence[str]) -> StoredProject | None:
        """The project that holds the first of these keys anybody holds."""
        ...

    def taking_defects(self) -> StoredProject | None:
        """The project with a Defect Status; of several the one with the lowest project id."""
        ...


class Origins(Protocol):
    """Which pages were made for a ticket."""

    def of_page(self, page_id: str) -> Origin | None:
        """What the page was made for; None for a page that a person made."""
        ...


class Leases(Protocol):
    """The right to work on something alone, for a while."""

    def take(self, key: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take it until then; False while another holder has it."""
        ...

    def release(self, key: str, holder: str) -> None:
        """Give it back; nothing happens when somebody else has it now."""
        ...


class Journal(Protocol):
    """What became of every source event."""

    def settle(self, settlement: Settlement) -> Outcome:
        """Write outcome, claim, project, origin and outgoing events in one transaction.

        Returns the outcome that stands: this one, or the earlier one of the same source event.

        Raises:
            ClaimHeldError: another source event has the claim; nothing was written.
            SettlementConflictError: the project changed since it was read; nothing was written.
        """
        ...

    def standing(self, source_event_id: str) -> Outcome | None:
        """The outcome under which this source event is settled."""
        ...

    def outcomes(self, page_id: str, limit: int) -> list[Outcome]:
        """The outcomes of a page, newest first."""
        ...
