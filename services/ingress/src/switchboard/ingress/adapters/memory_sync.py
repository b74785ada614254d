"""The ports of knowledge syncs in memory; they pass the same port tests as the real ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from switchboard.ingress.adapters.sync_items import confirmation_message, work_message
from switchboard.ingress.domain.knowledge_document import Content, KnowledgeDocument
from switchboard.ingress.domain.model import Page
from switchboard.ingress.domain.ports import PageNotFoundError
from switchboard.ingress.domain.sync_model import (
    PAGE,
    Confirmation,
    Ended,
    Ending,
    Job,
    KnownPage,
    Progress,
    Root,
    Work,
    progress_of,
)
from switchboard.ingress.domain.sync_ports import Indexing, KeyReusedError, Rows

TURN = timedelta(milliseconds=400)
INDEXED, ABSENT = Indexing("indexed"), Indexing("absent")


@dataclass
class MemorySyncTable:
    """What the adapters on the one table share."""

    jobs: dict[str, Job] = field(default_factory=dict)
    completed: dict[str, datetime] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    open: dict[tuple[str, str], Work] = field(default_factory=dict)
    done: dict[tuple[str, str], Ended] = field(default_factory=dict)
    known: dict[tuple[str, str], KnownPage] = field(default_factory=dict)
    roots: dict[Root, tuple[str, ...]] = field(default_factory=dict)
    next_turn: datetime | None = None


class MemorySyncJobs:
    """Jobs in dicts."""

    def __init__(self, table: MemorySyncTable) -> None:
        """Share `table`."""
        self._table = table

    def begin(self, job: Job, first: Work, key: str | None = None) -> Job:
        """Unless the id or the key stands for a job."""
        claim = (job.project_id, key or "")
        standing_id = job.job_id if job.job_id in self._table.jobs else self._table.keys.get(claim)
        if standing_id is None or (key is None and standing_id != job.job_id):
            self._table.jobs[job.job_id] = job
            self._table.open[job.job_id, first.key] = first
            if key is not None:
                self._table.keys[claim] = job.job_id
            return job
        standing = self._table.jobs[standing_id]
        if standing.target != job.target:
            raise KeyReusedError(f"the key stands for the sync of {standing.target.id}")
        return standing

    def find(self, job_id: str) -> Job | None:
        """Look up."""
        return self._table.jobs.get(job_id)

    def add(self, job_id: str, works: Sequence[Work]) -> list[Work]:
        """Open what has not ended."""
        if job_id not in self._table.jobs:
            return []
        wanted = [work for work in works if (job_id, work.key) not in self._table.done]
        for work in wanted:
            self._table.open.setdefault((job_id, work.key), work)
        return wanted

    def is_open(self, job_id: str, work: Work) -> bool:
        """Look up."""
        return (job_id, work.key) in self._table.open

    def note(self, job_id: str, work: Work, ending: Ending, at: datetime) -> None:  # noqa: ARG002 - the rows expire, these do not
        """Unless it has ended."""
        self._table.done.setdefault((job_id, work.key), Ended(work.kind, work.id, ending))

    def settle(
        self,
        job: Job,
        work: Work,
        ending: Ending,
        at: datetime,  # noqa: ARG002 - the rows expire, these do not
        *,
        known: KnownPage | None = None,
        forgotten: KnownPage | None = None,
    ) -> bool:
        """Move it, and note what is known."""
        if self._table.open.pop((job.job_id, work.key), None) is None:
            return False
        self._table.done[job.job_id, work.key] = Ended(work.kind, work.id, ending)
        if forgotten:
            self._table.known.pop((forgotten.page_id, forgotten.project_id), None)
        if known:
            self._table.known[known.page_id, known.project_id] = known
        return True

    def finish(self, job_id: str, at: datetime) -> Progress | None:
        """When nothing is open."""
        unfinished = job_id in self._table.jobs and job_id not in self._table.completed
        if not unfinished or any(name == job_id for name, _ in self._table.open):
            return None
        self._table.completed[job_id] = at
        return self.progress(job_id)

    def progress(self, job_id: str) -> Progress | None:
        """Count."""
        job = self._table.jobs.get(job_id)
        if job is None:
            return None
        ended = [item for (name, _), item in sorted(self._table.done.items()) if name == job_id]
        pages = [
            work
            for (name, _), work in self._table.open.items()
            if name == job_id and work.kind == PAGE
        ]
        return progress_of(job, ended, len(pages), self._table.completed.get(job_id))

    def seen(self, job_id: str) -> set[str]:
        """Open and ended."""
        pieces: list[Any] = [
            work
            for (name, _), work in self._table.open.items()
            if name == job_id and work.found_on is not None
        ]
        pieces += [item for (name, _), item in self._table.done.items() if name == job_id]
        return {piece.id for piece in pieces if piece.kind == PAGE}


class MemoryKnownPages:
    """Known pages in a dict."""

    def __init__(self, table: MemorySyncTable) -> None:
        """Share `table`."""
        self._table = table

    def of(self, project_id: str, page_ids: Sequence[str]) -> Mapping[str, KnownPage]:
        """Look up each."""
        known = self._table.known
        return {item: known[item, project_id] for item in page_ids if (item, project_id) in known}

    def homes(self, page_id: str) -> list[KnownPage]:
        """By project."""
        return [page for (item, _), page in sorted(self._table.known.items()) if item == page_id]

    def below(
        self, project_id: str, root_id: str, above_id: str | None = None
    ) -> Mapping[str, str]:
        """All of that root."""
        return {
            page.page_id: page.above_id
            for page in self._table.known.values()
            if (page.project_id, page.root_id) == (project_id, root_id)
            and above_id in (None, page.above_id)
        }


class MemoryRoots:
    """Roots in a dict."""

    def __init__(self, table: MemorySyncTable) -> None:
        """Share `table`."""
        self._table = table

    def remember(self, root: Root, ids: Sequence[str]) -> None:
        """Under more and more ids."""
        self._table.roots[root] = (*self._table.roots.get(root, ()), *ids)

    def forget(self, root: Root) -> None:
        """With all its ids."""
        self._table.roots.pop(root, None)

    def of(self, source_ids: Sequence[str]) -> list[Root]:
        """Those found by any of them."""
        return [root for root, ids in self._table.roots.items() if set(ids) & set(source_ids)]

    def all(self) -> list[Root]:
        """All."""
        return list(self._table.roots)


class MemoryTurns:
    """The next free moment in a field."""

    def __init__(self, table: MemorySyncTable) -> None:
        """Share `table`."""
        self._table = table

    def take(self, now: datetime) -> datetime:
        """After the last one, or now."""
        turn = max(now, self._table.next_turn or now)
        self._table.next_turn = turn + TURN
        return turn

    def pause(self, until: datetime) -> None:
        """Only ever later."""
        self._table.next_turn = max(until, self._table.next_turn or until)


@dataclass
class MemoryWorkQueue:
    """Messages as they would lie in SQS, with the seconds they wait."""

    messages: list[tuple[str, int]] = field(default_factory=list)

    def send(self, job_id: str, works: Sequence[Work]) -> None:
        """One message for each."""
        self.messages += [(work_message(job_id, work), 0) for work in works]

    def confirm_later(self, confirmation: Confirmation, seconds: int) -> None:
        """A message that waits."""
        self.messages.append((confirmation_message(confirmation), seconds))


@dataclass
class MemoryKnowledgeBase:
    """Documents in a dict by project and page; `states` are answered instead of indexed."""

    documents: dict[tuple[str, str], KnowledgeDocument] = field(default_factory=dict)
    states: dict[str, list[Indexing]] = field(default_factory=dict)
    puts: int = 0

    def put(self, project_id: str, document: KnowledgeDocument, url: str | None) -> Indexing:  # noqa: ARG002 - people open it, nobody here does
        """Count and replace; it is indexed by the time somebody asks."""
        self.puts += 1
        self.documents[project_id, document.page_id] = document
        return Indexing("pending")

    def state(self, project_id: str, page_id: str) -> Indexing:
        """As planned, else by what is there."""
        planned = self.states.get(page_id)
        if planned:
            return planned.pop(0)
        return INDEXED if (project_id, page_id) in self.documents else ABSENT

    def remove(self, project_id: str, page_id: str) -> None:
        """If it is there."""
        self.documents.pop((project_id, page_id), None)


@dataclass
class MemorySource:
    """A workspace in dicts; counts the calls that Notion would see."""

    pages: dict[str, Page] = field(default_factory=dict)
    contents: dict[str, Content] = field(default_factory=dict)
    databases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    portion: int = 100
    calls: int = 0

    def page(self, page_id: str) -> Page:
        """One call."""
        self.calls += 1
        if page_id not in self.pages:
            raise PageNotFoundError(f"no page {page_id}")
        return self.pages[page_id]

    def content(self, page: Page) -> Content:
        """Two calls: Markdown and comments."""
        self.calls += 2
        return self.contents.get(page.id, Content(""))

    def rows(self, source_id: str, cursor: str | None) -> Rows:
        """One call; the cursor is a number."""
        self.calls += 1
        if source_id not in {item for sources in self.databases.values() for item in sources}:
            raise PageNotFoundError(f"no data source {source_id}")
        rows = [p for p in self.pages.values() if source_id in p.parent_ids and not p.in_trash]
        start = int(cursor or 0)
        rest = start + self.portion
        return Rows(tuple(rows[start:rest]), str(rest) if rest < len(rows) else None)

    def sources(self, database_id: str) -> tuple[str, ...]:
        """One call."""
        self.calls += 1
        if database_id not in self.databases:
            raise PageNotFoundError(f"no database {database_id}")
        return self.databases[database_id]
