"""`ContentChanged.v1` of a page that is kept in sync -> a job for that page (KBS-06)."""

from collections.abc import Iterator
from dataclasses import dataclass

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event
from switchboard.ingress.domain.derived_ids import derived_ulid
from switchboard.ingress.domain.ports import Projects
from switchboard.ingress.domain.start_sync import Begin, has_knowledge_base
from switchboard.ingress.domain.sync_model import PAGE, Job, Target, Work
from switchboard.ingress.domain.sync_ports import KnownPages, Roots

COMMENTS, REMOVED = "comments", "removed"


@dataclass(frozen=True)
class NoticeChange:
    """Sync the page for every root it belongs to. Our own bot's pages are knowledge as well."""

    projects: Projects
    known: KnownPages
    roots: Roots
    begin: Begin
    knowledge_base_id: str

    def __call__(self, event: Event[ContentChangedV1]) -> list[Job]:
        """The jobs that were begun. Idempotent: their ids follow from the event's."""
        changed = event.data
        found: dict[tuple[str, str], str | None] = {}
        for project_id, root_id, found_on in self._homes(changed):
            found.setdefault((project_id, root_id), found_on)
        return [
            self._begin(event, project_id, root_id, found_on)
            for (project_id, root_id), found_on in found.items()
            if has_knowledge_base(self.projects, project_id, self.knowledge_base_id)
        ]

    def _homes(self, changed: ContentChangedV1) -> Iterator[tuple[str, str, str | None]]:
        """Project and root of the page: known ones first, then those its parents belong to."""
        for page in self.known.homes(changed.page_id):
            yield page.project_id, page.root_id, None
        if changed.change == REMOVED:
            return
        for root in self.roots.of([changed.page_id, *changed.parent_ids]):
            yield root.project_id, root.target.id, None
        for parent_id in changed.parent_ids:
            for page in self.known.homes(parent_id):
                yield page.project_id, page.root_id, parent_id

    def _begin(
        self,
        event: Event[ContentChangedV1],
        project_id: str,
        root_id: str,
        found_on: str | None,
    ) -> Job:
        page_id = event.data.page_id
        job = Job(
            job_id=derived_ulid(event.metadata.time, event.metadata.id, project_id, root_id),
            project_id=project_id,
            target=Target(PAGE, page_id),
            root_id=root_id,
            started_by="webhook",
            requested_at=event.metadata.time,
        )
        # A comment leaves no trace in the time of the page's last edit.
        forced = event.data.change == COMMENTS
        return self.begin(job, work=Work(PAGE, page_id, found_on=found_on, forced=forced))
