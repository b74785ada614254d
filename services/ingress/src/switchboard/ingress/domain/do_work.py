"""One message of the sync queue -> one piece of work, ended or tried again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from switchboard.ingress.domain.conclude_document import Conclude
from switchboard.ingress.domain.list_rows import ListRows
from switchboard.ingress.domain.sync_model import FAILED, PAGE, Confirmation, Ending, Progress, Work
from switchboard.ingress.domain.sync_ports import JobUnknownError, SyncJobs
from switchboard.ingress.domain.visit_page import VisitPage


@dataclass(frozen=True)
class DoWork:
    """Do what a message says, then see whether its job is over.

    Safe to repeat and in any order: a piece that has ended is not done again, and every message
    looks whether it was the last.
    """

    jobs: SyncJobs
    visit: VisitPage
    list_rows: ListRows
    conclude: Conclude
    clock: Callable[[], datetime]

    def __call__(self, job_id: str, work: Work) -> Progress | None:
        """Do a piece of work; the answer is the job's, if this ended it.

        Raises:
            JobUnknownError: the job's rows have expired.
            PageBusyError, NotionUnavailableError, KnowledgeBaseUnavailableError: try again later.
        """
        job = self.jobs.find(job_id)
        if job is None:
            raise JobUnknownError(f"no sync job {job_id}")
        if self.jobs.is_open(job_id, work):
            (self.visit if work.kind == PAGE else self.list_rows)(job, work)
        return self.jobs.finish(job_id, self.clock())

    def confirm(self, confirmation: Confirmation) -> Progress | None:
        """Ask for a document that was sent; raises like doing."""
        job = self.jobs.find(confirmation.job_id)
        if job is None:
            raise JobUnknownError(f"no sync job {confirmation.job_id}")
        if self.jobs.is_open(confirmation.job_id, confirmation.work):
            self.conclude.confirm(job, confirmation)
        return self.jobs.finish(confirmation.job_id, self.clock())

    def give_up(self, job_id: str, work: Work, reason: str) -> Progress | None:
        """End a piece whose retries are used up, so that its job ends."""
        job = self.jobs.find(job_id)
        if job is None:
            return None
        ending = Ending(FAILED, "RETRIES_USED_UP", reason)
        self.jobs.settle(job, work, ending, self.clock())
        return self.jobs.finish(job_id, self.clock())
