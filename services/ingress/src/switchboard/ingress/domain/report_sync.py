"""How far is a sync? (ING-19)."""

from dataclasses import dataclass

from switchboard.ingress.domain.sync_model import Progress
from switchboard.ingress.domain.sync_ports import SyncJobs


@dataclass(frozen=True)
class ReportSync:
    """Look a job up; it is kept for 30 days."""

    jobs: SyncJobs

    def __call__(self, job_id: str) -> Progress | None:
        """The job as it stands, None when there is none."""
        return self.jobs.progress(job_id)
