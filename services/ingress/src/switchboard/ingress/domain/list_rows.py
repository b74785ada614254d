"""The rows of a database: which are unchanged is seen in the list itself (KBS-05)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from switchboard.ingress.domain.ports import PageNotFoundError
from switchboard.ingress.domain.sync_model import (
    DATABASE,
    FAILED,
    LISTED,
    PAGE,
    ROWS,
    UNCHANGED,
    Ending,
    Job,
    Root,
    Work,
)
from switchboard.ingress.domain.sync_ports import KnownPages, Roots, Rows, SyncJobs, SyncSource
from switchboard.ingress.domain.visit_page import Find


@dataclass(frozen=True)
class ListRows:
    """List a database's sources, or a portion of a source's rows; rows that may differ are visited.

    A page that the root is known to hold and that no portion listed is visited too: it is gone, or
    has moved, or lies below a row.
    """

    source: SyncSource
    jobs: SyncJobs
    known: KnownPages
    roots: Roots
    find: Find
    clock: Callable[[], datetime]

    def __call__(self, job: Job, work: Work) -> None:
        """Find, then end; safe to repeat, what was found stays found.

        Raises:
            NotionUnavailableError: try again later.
        """
        ending = Ending(LISTED)
        try:
            if work.kind == DATABASE:
                self._sources(job, work)
            else:
                self._rows(job, work)
        except PageNotFoundError as error:
            self._visit_the_rest(job)
            ending = Ending(FAILED, "DATABASE_NOT_FOUND", str(error))
        self.jobs.settle(job, work, ending, self.clock())

    def _sources(self, job: Job, work: Work) -> None:
        try:
            sources = self.source.sources(work.id)
        except PageNotFoundError:
            # The id of a data source will do as well.
            sources = (work.id,)
        self.roots.remember(Root(job.project_id, job.target), [work.id, *sources])
        self.find(job, (Work(ROWS, item) for item in sources))

    def _rows(self, job: Job, work: Work) -> None:
        read_at = self.clock()
        rows = self.source.rows(work.id, work.cursor)
        self.find(job, self._differing(job, work, rows, read_at))
        if rows.next_cursor:
            self.find(job, [Work(ROWS, work.id, cursor=rows.next_cursor)])
        elif job.whole:
            self._visit_the_rest(job)

    def _differing(self, job: Job, work: Work, rows: Rows, read_at: datetime) -> list[Work]:
        known = self.known.of(job.project_id, [page.id for page in rows.pages])
        differing = []
        for page in rows.pages:
            piece = Work(PAGE, page.id, found_on=work.id)
            before = known.get(page.id)
            if before and not before.may_lack_edit(page.last_edited_time):
                self.jobs.note(job.job_id, piece, Ending(UNCHANGED), read_at)
            else:
                differing.append(piece)
        return differing

    def _visit_the_rest(self, job: Job) -> None:
        """Of pages that lie below each other only the highest: what becomes of it comes first.

        Those that an earlier try has opened are found again: it may have died before sending them.
        """
        below, seen = self.known.below(job.project_id, job.root_id), self.jobs.seen(job.job_id)
        missing = {page_id: above for page_id, above in below.items() if page_id not in seen}
        highest = (page_id for page_id, above in missing.items() if above not in missing)
        self.find(job, (Work(PAGE, page_id) for page_id in sorted(highest)))
