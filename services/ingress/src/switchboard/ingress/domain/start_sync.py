"""Starting a knowledge sync: because somebody asked, because the time has come (KBS-06).

A job is written with its first piece of work before that piece is sent. Who starts it again, after
a crash in between, finds the job and sends the piece once more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from switchboard.ingress.domain.derived_ids import derived_ulid
from switchboard.ingress.domain.ports import Projects
from switchboard.ingress.domain.sync_model import Job, Root, Work
from switchboard.ingress.domain.sync_ports import KeyReusedError, Roots, SyncJobs, WorkQueue


class SyncRefusedError(ValueError):
    """This cannot be synced; `remediation` says what a person can do."""

    def __init__(self, code: str, message: str, remediation: str) -> None:
        """Give a code, what is wrong, and what to do about it."""
        super().__init__(message)
        self.code = code
        self.remediation = remediation


@dataclass(frozen=True)
class SyncRequest:
    """What somebody asks for; the same key is the same request."""

    root: Root
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Begin:
    """Writes a job and sends its first piece of work."""

    jobs: SyncJobs
    queue: WorkQueue

    def __call__(self, job: Job, *, work: Work | None = None, key: str | None = None) -> Job:
        """The job that stands. Idempotent: by the job's id, and by the key when there is one."""
        first = work or Work(job.target.kind, job.target.id)
        standing = self.jobs.begin(job, first, key)
        if self.jobs.is_open(standing.job_id, first):
            self.queue.send(standing.job_id, [first])
        return standing


@dataclass(frozen=True)
class StartSync:
    """Start what a caller of the API asks for; its first piece of work keeps it in sync."""

    projects: Projects
    begin: Begin
    knowledge_base_id: str
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def __call__(self, request: SyncRequest) -> Job:
        """Return the job.

        Raises:
            SyncRefusedError: no such project, or it has not this environment's knowledge base, or
                the idempotency key stands for another request.
        """
        self._demand_knowledge_base(request.root.project_id)
        root = request.root
        job = Job(
            job_id=self.new_id(),
            project_id=root.project_id,
            target=root.target,
            root_id=root.target.id,
            started_by="api",
            requested_at=self.clock(),
        )
        try:
            return self.begin(job, key=request.idempotency_key)
        except KeyReusedError as error:
            raise SyncRefusedError(
                "IDEMPOTENCY_CONFLICT", str(error), "Use a new key for a new request"
            ) from error

    def _demand_knowledge_base(self, project_id: str) -> None:
        project = self.projects.get(project_id)
        if project is None:
            raise SyncRefusedError(
                "UNKNOWN_PROJECT",
                f"There is no project {project_id!r}",
                "Use the title of a page of the Projects database",
            )
        wanted = project.configuration.knowledge_base_id
        if wanted is None:
            raise SyncRefusedError(
                "NO_KNOWLEDGE_BASE",
                f"Project {project_id} has no knowledge base",
                f"Set Knowledge Base on the project's page to {self.knowledge_base_id}, the one "
                "of this environment",
            )
        if wanted != self.knowledge_base_id:
            raise SyncRefusedError(
                "FOREIGN_KNOWLEDGE_BASE",
                f"Knowledge base {wanted} of project {project_id} is not the one of this "
                f"environment, {self.knowledge_base_id}",
                "Correct Knowledge Base on the project's page; `off` means that the environment "
                "has none: deploy the platform with the parameter KnowledgeBase=on",
            )


@dataclass(frozen=True)
class StartScheduled:
    """Start a job for everything that is kept in sync; the same moment starts each once."""

    projects: Projects
    roots: Roots
    begin: Begin
    knowledge_base_id: str

    def __call__(self, at: datetime) -> list[Job]:
        """The jobs of this moment; a project that has lost its knowledge base is passed over."""
        return [
            self.begin(scheduled_job(root, at))
            for root in self.roots.all()
            if has_knowledge_base(self.projects, root.project_id, self.knowledge_base_id)
        ]


def scheduled_job(root: Root, at: datetime) -> Job:
    """The job of a root at a scheduled moment."""
    return Job(
        job_id=derived_ulid(at, "schedule", root.project_id, root.target.id),
        project_id=root.project_id,
        target=root.target,
        root_id=root.target.id,
        started_by="schedule",
        requested_at=at,
    )


def has_knowledge_base(projects: Projects, project_id: str, knowledge_base_id: str) -> bool:
    """Whether a project uses this knowledge base now."""
    project = projects.get(project_id)
    return project is not None and project.configuration.knowledge_base_id == knowledge_base_id
