"""What a knowledge sync needs from the world, in its own words.

Errors::

    KnowledgeBaseRefusedError        it does not take the document: final
    KnowledgeBaseUnavailableError    it did not answer: try later
    PageBusyError                    another delivery is at work on the page: try later
    JobUnknownError                  there is no such job, or it is long over: final
    KeyReusedError                   an idempotency key stands for another request: final

`PageNotFoundError` and `NotionUnavailableError` are those of `ports`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from switchboard.ingress.domain.knowledge_document import Content, KnowledgeDocument
from switchboard.ingress.domain.model import Page
from switchboard.ingress.domain.sync_model import (
    Confirmation,
    Ending,
    Job,
    KnownPage,
    Progress,
    Root,
    Work,
)


class KnowledgeBaseRefusedError(ValueError):
    """The knowledge base does not take this document."""


class KnowledgeBaseUnavailableError(RuntimeError):
    """The knowledge base refused or failed for now; the queue tries again later."""


class PageBusyError(RuntimeError):
    """Another delivery of the same page's work holds the lease."""


class JobUnknownError(LookupError):
    """No such job is known (any more)."""


class KeyReusedError(ValueError):
    """The idempotency key was used for another request."""


@dataclass(frozen=True)
class Indexing:
    """How far the knowledge base is with a document: indexed, pending, failed or absent."""

    state: str
    reason: str = ""


@dataclass(frozen=True)
class Rows:
    """A portion of a data source's rows."""

    pages: tuple[Page, ...]
    next_cursor: str | None


class SyncSource(Protocol):
    """Notion as a sync reads it: never faster than Notion allows."""

    def page(self, page_id: str) -> Page:
        """Read a page with whole relations; raises PageNotFoundError, NotionUnavailableError."""
        ...

    def content(self, page: Page) -> Content:
        """Read what is on the page: Markdown, sub-pages, comments; raises alike."""
        ...

    def rows(self, source_id: str, cursor: str | None) -> Rows:
        """Read a portion of a data source; raises alike."""
        ...

    def sources(self, database_id: str) -> tuple[str, ...]:
        """The data sources of a database; raises alike."""
        ...


class KnowledgeBase(Protocol):
    """The environment's knowledge base; documents are told apart by project and page."""

    def put(self, project_id: str, document: KnowledgeDocument, url: str | None) -> Indexing:
        """Add or replace a document.

        Raises:
            KnowledgeBaseRefusedError: for good.
            KnowledgeBaseUnavailableError: for now.
        """
        ...

    def state(self, project_id: str, page_id: str) -> Indexing:
        """How far it is with a document; raises KnowledgeBaseUnavailableError."""
        ...

    def remove(self, project_id: str, page_id: str) -> None:
        """Take a document out, if it is there; raises like `put`."""
        ...


class WorkQueue(Protocol):
    """The queue of pieces of work."""

    def send(self, job_id: str, works: Sequence[Work]) -> None:
        """One message for each piece."""
        ...

    def confirm_later(self, confirmation: Confirmation, seconds: int) -> None:
        """A message that comes in so many seconds."""
        ...


class SyncJobs(Protocol):
    """Jobs and their pieces of work; every write is one transaction."""

    def begin(self, job: Job, first: Work, key: str | None = None) -> Job:
        """Write a job with its first piece, once; the job that stands under its id or the key.

        Raises:
            KeyReusedError: the key stands for another target.
        """
        ...

    def find(self, job_id: str) -> Job | None:
        """The job of that id."""
        ...

    def add(self, job_id: str, works: Sequence[Work]) -> list[Work]:
        """Open pieces that are new; the answer are those that are open now, new or not."""
        ...

    def is_open(self, job_id: str, work: Work) -> bool:
        """Whether a piece was added and has not ended."""
        ...

    def note(self, job_id: str, work: Work, ending: Ending, at: datetime) -> None:
        """A piece that ended as soon as it was found; nothing happens when it is known."""
        ...

    def settle(
        self,
        job: Job,
        work: Work,
        ending: Ending,
        at: datetime,
        *,
        known: KnownPage | None = None,
        forgotten: KnownPage | None = None,
    ) -> bool:
        """End an open piece and write what is known of its page; False when it has ended before.

        `forgotten` is what was known and is so no longer: it goes, or is replaced by `known`.
        """
        ...

    def finish(self, job_id: str, at: datetime) -> Progress | None:
        """Complete a job none of whose pieces is open; None when one is, or it was completed."""
        ...

    def progress(self, job_id: str) -> Progress | None:
        """The job as it stands; None: no such job."""
        ...

    def seen(self, job_id: str) -> set[str]:
        """The pages that have ended, and the open ones that something lists (`found_on`)."""
        ...


class KnownPages(Protocol):
    """What the knowledge base holds, as the jobs have settled it."""

    def of(self, project_id: str, page_ids: Sequence[str]) -> Mapping[str, KnownPage]:
        """Those of these pages that are known for the project."""
        ...

    def homes(self, page_id: str) -> list[KnownPage]:
        """The page in every project that knows it."""
        ...

    def below(
        self, project_id: str, root_id: str, above_id: str | None = None
    ) -> Mapping[str, str]:
        """The pages of a root, each with what lists it; or those only that one lists."""
        ...


class Roots(Protocol):
    """What is kept in sync."""

    def remember(self, root: Root, ids: Sequence[str]) -> None:
        """Keep a root, to be found by these ids of pages, databases and data sources."""
        ...

    def forget(self, root: Root) -> None:
        """Keep it no longer."""
        ...

    def of(self, source_ids: Sequence[str]) -> list[Root]:
        """The roots found by any of these ids."""
        ...

    def all(self) -> list[Root]:
        """Every root."""
        ...


class Turns(Protocol):
    """Whose turn it is to call Notion, shared by every process that syncs."""

    def take(self, now: datetime) -> datetime:
        """When this caller may call; nobody else gets that moment, or one too close to it."""
        ...

    def pause(self, until: datetime) -> None:
        """Let nobody call before then."""
        ...
