"""One page of a sync: read it, compare it with what is known, ingest or remove it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from switchboard.ingress.domain.conclude_document import Conclude
from switchboard.ingress.domain.knowledge_document import content_sha256, document_from
from switchboard.ingress.domain.model import Page, source_key
from switchboard.ingress.domain.ports import Leases, PageNotFoundError, Projects
from switchboard.ingress.domain.sync_model import (
    FAILED,
    PAGE,
    REMOVED,
    UNCHANGED,
    Confirmation,
    Ending,
    Job,
    KnownPage,
    Root,
    Work,
)
from switchboard.ingress.domain.sync_ports import (
    KnowledgeBase,
    KnowledgeBaseRefusedError,
    KnownPages,
    PageBusyError,
    Roots,
    SyncJobs,
    SyncSource,
    WorkQueue,
)

LEASE = timedelta(seconds=310)
"""Longer than the function may run: whoever holds a lease past its end is dead."""


@dataclass(frozen=True)
class Find:
    """Opens pieces of work that another one found, then sends them."""

    jobs: SyncJobs
    queue: WorkQueue

    def __call__(self, job: Job, works: Iterable[Work]) -> None:
        """Idempotent: a piece that was found before is sent again only while it is open."""
        opened = self.jobs.add(job.job_id, list(works))
        if opened:
            self.queue.send(job.job_id, opened)


@dataclass(frozen=True)
class VisitPage:
    """Make the knowledge base hold the page as it is now. Safe to repeat, after a crash anywhere.

    What a page leads to (its sub-pages) is open before the page itself ends, so that a job with
    nothing open is really over.
    """

    source: SyncSource
    base: KnowledgeBase
    jobs: SyncJobs
    known: KnownPages
    roots: Roots
    projects: Projects
    leases: Leases
    find: Find
    conclude: Conclude
    clock: Callable[[], datetime]
    new_holder: Callable[[], str]

    def __call__(self, job: Job, work: Work) -> None:
        """Visit under a lease: a slow reader must not overwrite what a later one has sent.

        Raises:
            PageBusyError: somebody else is at it.
            NotionUnavailableError, KnowledgeBaseUnavailableError: try again later.
        """
        key, holder = f"knowledge-{job.project_id}-{work.id}", self.new_holder()
        now = self.clock()
        if not self.leases.take(key, holder, now, now + LEASE):
            raise PageBusyError(f"another delivery is at work on page {work.id}")
        try:
            self._visit(job, work)
        except Exception:
            # Tried again soon, by another holder; a process that dies leaves the lease to its end.
            self.leases.release(key, holder)
            raise
        self.leases.release(key, holder)

    def _visit(self, job: Job, work: Work) -> None:
        before = self.known.of(job.project_id, [work.id]).get(work.id)
        read_at = self.clock()
        page = self._page(work)
        if page is None or not self._belongs(job, work, page):
            self._leave(job, work, before, gone=page is None)
            return
        if job.whole:
            self._go_on(job, work)
        if before and not work.forced and not before.may_lack_edit(page.last_edited_time):
            self._stay(job, work, before, _above(job, work, page, before))
            return
        self._ingest(job, work, page, before, read_at)

    def _page(self, work: Work) -> Page | None:
        try:
            page = self.source.page(work.id)
        except PageNotFoundError:
            return None
        return None if page.in_trash else page

    def _belongs(self, job: Job, work: Work, page: Page) -> bool:
        """Whether the page still lies in its root."""
        if page.id == job.root_id or job.root_id in page.parent_ids:
            return True
        if page.parent_page_id is None:
            # Inside a block (a toggle, a column): Notion names the block, not the page around it.
            # Else it is the workspace, or a database that is not this root.
            return page.parent_kind == "block_id" or work.found_on in page.parent_ids
        if page.parent_page_id == work.orphan_of:
            return False
        if page.parent_page_id in (work.found_on, job.root_id):
            return True
        parent = self.known.of(job.project_id, [page.parent_page_id]).get(page.parent_page_id)
        return parent is not None and parent.root_id == job.root_id

    def _go_on(self, job: Job, work: Work) -> None:
        """Look at the known pages below this one, now that it is sure to stay."""
        if work.id == job.root_id:
            self.roots.remember(Root(job.project_id, job.target), [job.root_id])
        below = self.known.below(job.project_id, job.root_id, work.id)
        # The root itself may be noted as lying below itself.
        self.find(job, (Work(PAGE, page_id) for page_id in below if page_id != work.id))

    def _stay(self, job: Job, work: Work, before: KnownPage, above_id: str) -> None:
        """It is as it was; perhaps it has moved inside the tree."""
        moved = replace(before, above_id=above_id) if above_id != before.above_id else None
        forgotten = before if moved else None
        self.jobs.settle(
            job, work, Ending(UNCHANGED), self.clock(), known=moved, forgotten=forgotten
        )

    def _leave(self, job: Job, work: Work, before: KnownPage | None, *, gone: bool) -> None:
        """Take out a page that is gone or has moved away, and look at what lay below it."""
        if before is None or (before.root_id != job.root_id and not gone):
            ending = (
                Ending(FAILED, "PAGE_NOT_FOUND", "Notion has no such page, or does not show it")
                if gone and work.orphan_of is None
                else Ending(UNCHANGED)
            )
            self._end(job, work, ending)
            return
        below = self.known.below(job.project_id, before.root_id, work.id)
        orphans = (page_id for page_id in below if page_id != work.id)
        self.find(job, (Work(PAGE, page_id, orphan_of=work.id) for page_id in orphans))
        self.base.remove(job.project_id, work.id)
        if work.id == job.root_id:
            self.roots.forget(Root(job.project_id, job.target))
        self.jobs.settle(job, work, Ending(REMOVED), self.clock(), forgotten=before)

    def _ingest(
        self, job: Job, work: Work, page: Page, before: KnownPage | None, read_at: datetime
    ) -> None:
        content = self.source.content(page)
        self._find_children(job, page, content.child_page_ids)
        is_story = self._is_story(job, page)
        document = document_from(page, content, read_at, is_story=is_story)
        fresh = KnownPage(
            project_id=job.project_id,
            page_id=page.id,
            # A page of two roots stays with the first: only that one's sync can miss it.
            root_id=before.root_id if before else job.root_id,
            above_id=_above(job, work, page, before),
            last_edited_at=page.last_edited_time,
            ingested_at=read_at,
            content_sha256=content_sha256(document),
        )
        if before and before.content_sha256 == fresh.content_sha256:
            self.jobs.settle(
                job, work, Ending(UNCHANGED), self.clock(), known=fresh, forgotten=before
            )
            return
        try:
            # Idempotent: the same document under the same id replaces itself.
            indexing = self.base.put(job.project_id, document, page.url)
        except KnowledgeBaseRefusedError as error:
            self._end(job, work, Ending(FAILED, "KNOWLEDGE_BASE_REFUSED", str(error)))
            return
        self.conclude(job, Confirmation(job.job_id, work, fresh, before), indexing)

    def _find_children(self, job: Job, page: Page, child_ids: tuple[str, ...]) -> None:
        known = {} if job.whole else self.known.of(job.project_id, child_ids)
        self.find(
            job, (Work(PAGE, item, found_on=page.id) for item in child_ids if item not in known)
        )

    def _is_story(self, job: Job, page: Page) -> bool:
        holder = self.projects.holding([source_key(item) for item in page.parent_ids])
        return holder is not None and holder.configuration.project_id == job.project_id

    def _end(self, job: Job, work: Work, ending: Ending) -> None:
        self.jobs.settle(job, work, ending, self.clock())


def _above(job: Job, work: Work, page: Page, before: KnownPage | None) -> str:
    """What lists the page: its parent page if Notion says so, else what it was found on."""
    known = before.above_id if before else job.root_id
    return page.parent_page_id or work.found_on or known
