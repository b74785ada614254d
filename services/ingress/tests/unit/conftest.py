"""A workspace, a knowledge base and the sync queue, all in memory; only tests move the clock."""

import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from aws_lambda_powertools import Logger

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import new_event
from switchboard.events.project import ProjectConfiguredV1
from switchboard.ingress.adapters.memory import (
    CrashError,
    Crashing,
    CrashPlan,
    MemoryLeases,
    MemoryProjects,
    MemoryTable,
)
from switchboard.ingress.adapters.memory_sync import (
    MemoryKnowledgeBase,
    MemoryKnownPages,
    MemoryRoots,
    MemorySource,
    MemorySyncJobs,
    MemorySyncTable,
    MemoryWorkQueue,
)
from switchboard.ingress.adapters.sqs_work import SyncConsumer
from switchboard.ingress.domain.conclude_document import Conclude
from switchboard.ingress.domain.do_work import DoWork
from switchboard.ingress.domain.knowledge_document import Content
from switchboard.ingress.domain.list_rows import ListRows
from switchboard.ingress.domain.model import Page, Property, StoredProject
from switchboard.ingress.domain.notice_change import NoticeChange
from switchboard.ingress.domain.report_sync import ReportSync
from switchboard.ingress.domain.start_sync import Begin, StartScheduled, StartSync, SyncRequest
from switchboard.ingress.domain.sync_model import Job, Progress, Root, Target
from switchboard.ingress.domain.visit_page import LEASE, Find, VisitPage

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
BASE = "KB12345678"
PROJECT = "proj-demo"
SOURCE = "22222222-0000-4000-8000-000000000002"
DATABASE = "22222222-0000-4000-8000-000000000003"


def page_id(number: int) -> str:
    return f"33333333-0000-4000-8000-{number:012x}"


@dataclass
class SyncWorld:
    """Everything outside the process; every message is handled by a process that may die."""

    now: datetime = START
    table: MemoryTable = field(default_factory=MemoryTable)
    rows: MemorySyncTable = field(default_factory=MemorySyncTable)
    source: MemorySource = field(default_factory=MemorySource)
    base: MemoryKnowledgeBase = field(default_factory=MemoryKnowledgeBase)
    queue: MemoryWorkQueue = field(default_factory=MemoryWorkQueue)
    ids: Iterator[int] = field(default_factory=lambda: count(1))
    log: io.StringIO = field(default_factory=io.StringIO)
    buried: list[tuple[str, str]] = field(default_factory=list)
    failing: dict[str, Exception] = field(default_factory=dict)
    """Pages whose reading fails."""
    project: str = PROJECT
    stories: str = SOURCE
    database: str = DATABASE
    knowledge_base: str = BASE

    def __post_init__(self) -> None:
        self.logger = Logger(service=f"test-{uuid4()}", stream=self.log, level="DEBUG")
        # pytest keeps what goes up the tree, and these tests say much
        self.logger._logger.propagate = False

    def clock(self) -> datetime:
        return self.now

    def wait(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def new_id(self) -> str:
        return f"01JD{next(self.ids):022d}"

    def configure(self, knowledge_base_id: str | None = BASE, project_id: str = PROJECT) -> None:
        """A project whose stories are the rows of the data source."""
        configuration = ProjectConfiguredV1(
            project_id=project_id,
            workspace_id="ws",
            notion_database_id=DATABASE if project_id == PROJECT else f"db-{project_id}",
            notion_data_source_id=SOURCE if project_id == PROJECT else None,
            github_repo="acme/shop",
            github_branch_strategy="feature-branch",
            agent_chain_template="story-to-code",
            trigger_map={},
            cost_limit_per_invocation=Decimal(1),
            cost_limit_per_month=Decimal(10),
            knowledge_base_id=knowledge_base_id,
            created_at=START,
            updated_at=START,
        )
        stored = StoredProject(configuration, f"page-of-{project_id}")
        self.table.projects[project_id] = stored
        self.table.keys |= dict.fromkeys(stored.keys, project_id)

    # Notion

    def write(self, number: int, text: str = "Text", **changes: Any) -> str:
        """A person writes a page, a minute after whatever happened before."""
        self.wait(minutes=1)
        name = page_id(number)
        above = changes.pop("under", None)
        children = tuple(page_id(child) for child in changes.pop("children", ()))
        comments = changes.pop("comments", ())
        row = above is None and changes.pop("row", True)
        kind = "data_source_id" if row else "workspace" if above is None else "page_id"
        page = Page(
            id=name,
            title=f"Page {number}",
            url=f"https://www.notion.so/{name}",
            parent_ids=(SOURCE, DATABASE) if row else (),
            parent_page_id=page_id(above) if above is not None else None,
            parent_kind=kind,
            created_time=START,
            last_edited_time=self.now.replace(second=0, microsecond=0),
            properties={"Name": Property("title", "title", f"Page {number}")},
        )
        self.source.pages[name] = replace(page, **changes)
        self.source.contents[name] = Content(text, children, comments)
        return name

    def trash(self, number: int) -> None:
        page = self.source.pages[page_id(number)]
        self.source.pages[page.id] = replace(page, in_trash=True)

    def fill(self, rows: int) -> None:
        """A database with so many rows, all written in one minute."""
        self.source.databases[DATABASE] = (SOURCE,)
        for number in range(1, rows + 1):
            self.write(number, f"Row {number}")
            self.now = START
        self.wait(minutes=10)

    # The service

    def start(self, kind: str, target: str, plan: CrashPlan | None = None, **more: Any) -> Job:
        wanted = Root(more.pop("project_id", PROJECT), Target(kind, target))
        return self.door(plan)(SyncRequest(wanted, **more))

    def door(self, plan: CrashPlan | None = None) -> StartSync:
        plan = plan or CrashPlan()
        projects: Any = Crashing(MemoryProjects(self.table), plan)
        return StartSync(projects, self._begin(plan), BASE, self.clock, self.new_id)

    def _begin(self, plan: CrashPlan) -> Begin:
        jobs: Any = Crashing(MemorySyncJobs(self.rows), plan)
        queue: Any = Crashing(self.queue, plan)
        return Begin(jobs, queue)

    def scheduled(self, plan: CrashPlan | None = None) -> StartScheduled:
        plan = plan or CrashPlan()
        roots: Any = Crashing(MemoryRoots(self.rows), plan)
        return StartScheduled(MemoryProjects(self.table), roots, self._begin(plan), BASE)

    def notice(self, number: int, plan: CrashPlan | None = None, **changes: Any) -> list[Job]:
        """Hand one change of a page to the use case behind the webhook worker."""
        plan = plan or CrashPlan()
        event_id = changes.pop("event_id", None) or self.new_id()
        values: dict[str, Any] = {
            "source_event_id": "event-1",
            "shape": "notion",
            "page_id": page_id(number),
            "workspace_id": "ws",
            "occurred_at": self.now,
            **changes,
        }
        data = ContentChangedV1.model_validate(values)
        event = new_event(
            data,
            service="ingress",
            correlation_id="c",
            event_id=event_id,
            clock=self.clock,
        )
        known: Any = Crashing(MemoryKnownPages(self.rows), plan)
        roots: Any = Crashing(MemoryRoots(self.rows), plan)
        return NoticeChange(MemoryProjects(self.table), known, roots, self._begin(plan), BASE)(
            event
        )

    def worker(self, plan: CrashPlan | None = None) -> SyncConsumer:
        plan = plan or CrashPlan()
        jobs: Any = Crashing(MemorySyncJobs(self.rows), plan)
        known: Any = Crashing(MemoryKnownPages(self.rows), plan)
        roots: Any = Crashing(MemoryRoots(self.rows), plan)
        queue: Any = Crashing(self.queue, plan)
        base: Any = Crashing(self.base, plan)
        source: Any = Crashing(Failing(self.source, self.failing), plan)
        leases: Any = Crashing(MemoryLeases(self.table), plan)
        find, conclude = Find(jobs, queue), Conclude(base, jobs, queue, self.clock)
        visit = VisitPage(
            source=source,
            base=base,
            jobs=jobs,
            known=known,
            roots=roots,
            projects=MemoryProjects(self.table),
            leases=leases,
            find=find,
            conclude=conclude,
            clock=self.clock,
            new_holder=self.new_id,
        )
        rows = ListRows(source, jobs, known, roots, find, self.clock)
        work = DoWork(jobs, visit, rows, conclude, self.clock)
        return SyncConsumer(work, self.scheduled(plan), self, self.logger)

    def hide(self, receipt_handle: str, seconds: int) -> None:
        self.wait(seconds=seconds)

    def bury(self, body: str, reason: str) -> None:
        self.buried.append((body, reason))

    def run(self, plans: Callable[[], CrashPlan] = CrashPlan, seed: int | None = None) -> None:
        """Hand out messages until none is left; a seed shuffles and repeats them.

        A message whose process died comes back when its lease has ended, as SQS does it.
        """
        chance = random.Random(seed)
        received: dict[str, int] = {}
        while self.queue.messages:
            place = chance.randrange(len(self.queue.messages)) if seed is not None else 0
            body, delay = self.queue.messages.pop(place)
            self.wait(seconds=delay)
            received[body] = received.get(body, 0) + 1
            if seed is not None and chance.random() < 0.2:
                self.queue.messages.append((body, 0))
            if not self.handled(body, received[body], plans()):
                self.queue.messages.append((body, 0))

    def handled(self, body: str, received: int, plan: CrashPlan) -> bool:
        record = {
            "messageId": "m",
            "receiptHandle": "r",
            "body": body,
            "attributes": {"ApproximateReceiveCount": str(received)},
        }
        try:
            return not self.worker(plan)({"Records": [record]})["batchItemFailures"]
        except CrashError:
            self.now += LEASE + timedelta(seconds=1)
            return False

    def sync(self, kind: str, target: str) -> Progress:
        """Start and run to the end."""
        self.wait(minutes=5)
        job = self.start(kind, target)
        self.run()
        return self.progress(job)

    def progress(self, job: Job) -> Progress:
        progress = ReportSync(MemorySyncJobs(self.rows))(job.job_id)
        assert progress is not None
        return progress

    def texts(self, project_id: str = PROJECT) -> dict[int, str]:
        """What the knowledge base holds, by page number."""
        return {
            int(name[-12:], 16): document.content_markdown
            for (project, name), document in self.base.documents.items()
            if project == project_id
        }

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@dataclass
class Failing:
    """A source some of whose pages cannot be read now."""

    source: MemorySource
    failures: dict[str, Exception]

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.source, name)

        def call(wanted: Any, *rest: Any) -> Any:
            failure = self.failures.get(getattr(wanted, "id", wanted))
            if failure:
                raise failure
            return method(wanted, *rest)

        return call


def counted(progress: Progress) -> dict[str, int]:
    return {name: number for name, number in progress.counts.items() if number}


@dataclass(frozen=True)
class Known:
    """What test modules need of this file, which they cannot import."""

    page_id: Callable[[int], str] = page_id
    counted: Callable[[Progress], dict[str, int]] = counted


@pytest.fixture
def known() -> Known:
    return Known()


@pytest.fixture
def fresh() -> Callable[[], SyncWorld]:
    """Makes worlds with a configured project."""

    def make() -> SyncWorld:
        world = SyncWorld()
        world.configure()
        return world

    return make


@pytest.fixture
def knowledge(fresh: Callable[[], SyncWorld]) -> SyncWorld:
    """A world with a configured project."""
    return fresh()
