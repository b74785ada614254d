"""What ingress needs from the world, in its own words.

Errors::

    PageNotFoundError            Notion has no such page, or does not show it to us: final
    NotionUnavailableError       Notion did not answer after all retries: try later
    ClaimHeldError               another source event asked for this very work already
    SettlementConflictError      somebody wrote in between: read again and decide again
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event
from switchboard.events.values import ContentRef
from switchboard.ingress.domain.model import (
    Body,
    BotIdentity,
    Outcome,
    Page,
    Settlement,
    StoredProject,
)


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


class Journal(Protocol):
    """What became of every source event."""

    def settle(self, settlement: Settlement) -> Outcome:
        """Write outcome, claim, project and outgoing events in one transaction.

        Returns the outcome that stands: this one, or the earlier one of the same source event.

        Raises:
            ClaimHeldError: another source event has the claim; nothing was written.
            SettlementConflictError: the project changed since it was read; nothing was written.
        """
        ...

    def outcomes(self, page_id: str, limit: int) -> list[Outcome]:
        """The outcomes of a page, newest first."""
        ...
