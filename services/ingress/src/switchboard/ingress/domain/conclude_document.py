"""What becomes of a document that was sent: it is indexed, it failed, or it is asked for later.

A knowledge base indexes after it has answered. Only an indexed document is noted as known: one
that failed is sent again by the next sync, because nothing says that it is there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from switchboard.ingress.domain.sync_model import (
    CHANGED,
    FAILED,
    Confirmation,
    Ending,
    Job,
)
from switchboard.ingress.domain.sync_ports import Indexing, KnowledgeBase, SyncJobs, WorkQueue

INDEXED, PENDING, ABSENT = "indexed", "pending", "absent"
PAUSES = (10, 20, 40, 60, 120, 240, 480)
"""Seconds between the times a document is asked for; sixteen minutes together."""


@dataclass(frozen=True)
class Conclude:
    """End a page's piece of work by what the knowledge base says of its document."""

    base: KnowledgeBase
    jobs: SyncJobs
    queue: WorkQueue
    clock: Callable[[], datetime]

    def __call__(self, job: Job, confirmation: Confirmation, indexing: Indexing) -> None:
        """Conclude right after it was sent: what is indexed at once needs no second message."""
        if indexing.state == PENDING:
            asked = self.base.state(job.project_id, confirmation.work.id)
            # It may take a moment until a document that was taken can be asked for.
            indexing = indexing if asked.state == ABSENT else asked
        self._conclude(job, confirmation, indexing)

    def confirm(self, job: Job, confirmation: Confirmation) -> None:
        """Conclude later."""
        indexing = self.base.state(job.project_id, confirmation.work.id)
        self._conclude(job, confirmation, indexing)

    def _conclude(self, job: Job, confirmation: Confirmation, indexing: Indexing) -> None:
        work, now = confirmation.work, self.clock()
        if indexing.state == INDEXED:
            self.jobs.settle(
                job,
                work,
                Ending(CHANGED),
                now,
                known=confirmation.sent,
                forgotten=confirmation.replaces,
            )
        elif indexing.state == PENDING and confirmation.attempt < len(PAUSES):
            self.queue.confirm_later(confirmation.again(), PAUSES[confirmation.attempt])
        else:
            reason = indexing.reason or f"the document is {indexing.state}"
            self.jobs.settle(job, work, Ending(FAILED, "INDEXING_FAILED", reason), now)
