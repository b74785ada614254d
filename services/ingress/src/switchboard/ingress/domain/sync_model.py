"""What a knowledge sync knows: jobs, their pieces of work, and what the knowledge base holds."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

NOTION_GRAIN = timedelta(minutes=1)
"""Notion rounds `last_edited_time` down to the minute: the edit may be up to so much later."""

PAGE, DATABASE, ROWS = "page", "database", "rows"
CHANGED, UNCHANGED, REMOVED, FAILED, LISTED = (
    "changed",
    "unchanged",
    "removed",
    "failed",
    "listed",
)
"""How a piece of work ends; `listed` is the end of one that only found others."""


@dataclass(frozen=True)
class Target:
    """What is synced: a page with its sub-pages, or a database or data source with its rows."""

    kind: str
    id: str


@dataclass(frozen=True)
class Root:
    """A target that a project keeps in sync."""

    project_id: str
    target: Target


@dataclass(frozen=True)
class Job:
    """One sync: of a whole root, or of one page of it that has changed."""

    job_id: str
    project_id: str
    target: Target
    root_id: str
    """The root its pages belong to; the target's own id when all of it is synced."""
    started_by: str
    """api, webhook or schedule."""
    requested_at: datetime

    @property
    def whole(self) -> bool:
        """Whether everything below the root is looked at."""
        return self.target.id == self.root_id and self.started_by != "webhook"


@dataclass(frozen=True)
class Work:
    """One piece of a job; one message. Its key makes it the same piece however often it is found.

    `found_on` is the page or data source that lists the page now; `orphan_of` a parent that is
    gone; `forced` says that something changed which the time of the last edit does not show.
    """

    kind: str
    id: str
    cursor: str | None = None
    found_on: str | None = None
    orphan_of: str | None = None
    forced: bool = False

    @property
    def key(self) -> str:
        """What identifies it inside its job."""
        portion = hashlib.sha256(self.cursor.encode()).hexdigest()[:16] if self.cursor else ""
        return "#".join(part for part in (self.kind, self.id, portion) if part)


@dataclass(frozen=True)
class Ending:
    """How a piece of work ended, and why if it failed."""

    outcome: str
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Ended:
    """A piece of work that has ended."""

    kind: str
    id: str
    ending: Ending


@dataclass(frozen=True)
class KnownPage:
    """What the knowledge base holds of a page, for a project."""

    project_id: str
    page_id: str
    root_id: str
    above_id: str
    """What lists it: its parent page, or the data source it is a row of."""
    last_edited_at: datetime
    ingested_at: datetime
    """The moment before the page was read."""
    content_sha256: str

    def may_lack_edit(self, last_edited: datetime) -> bool:
        """Whether an edit of that (rounded) time may be later than our reading (KBS-05)."""
        return last_edited + NOTION_GRAIN > self.ingested_at


@dataclass(frozen=True)
class Confirmation:
    """A document that was sent and is being indexed; asked for again until that has ended."""

    job_id: str
    work: Work
    sent: KnownPage
    replaces: KnownPage | None
    attempt: int = 0

    def again(self) -> "Confirmation":
        """The next time it is asked for."""
        return replace(self, attempt=self.attempt + 1)


@dataclass(frozen=True)
class Progress:
    """A job as it stands."""

    job: Job
    completed_at: datetime | None
    counts: dict[str, int]
    failures: tuple[Ended, ...]
    """The first of them."""

    @property
    def status(self) -> str:
        """queued, running, completed (pages may have failed) or failed (nothing else happened)."""
        if self.completed_at is None:
            return "running" if any(self.counts[name] for name in _DONE) else "queued"
        ended_well = any(self.counts[name] for name in (CHANGED, UNCHANGED, REMOVED))
        return "failed" if self.counts[FAILED] and not ended_well else "completed"


_DONE = (CHANGED, UNCHANGED, REMOVED, FAILED, LISTED)
FIRST_FAILURES = 20


def progress_of(
    job: Job, ended: list[Ended], open_pages: int, completed_at: datetime | None
) -> Progress:
    """Count what has ended; a page that is still open is found, too."""
    counts = dict.fromkeys(("found", *_DONE), 0)
    counts["found"] = open_pages + sum(item.kind == PAGE for item in ended)
    for item in ended:
        counts[item.ending.outcome] += 1
    failures = [item for item in ended if item.ending.outcome == FAILED]
    return Progress(job, completed_at, counts, tuple(failures[:FIRST_FAILURES]))
