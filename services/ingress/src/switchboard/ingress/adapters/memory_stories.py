"""Stories in memory, put beside the pages that `MemoryPages` holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from switchboard.events.project import ProjectConfiguredV1
from switchboard.ingress.adapters.memory import MemoryPages
from switchboard.ingress.domain.model import Body, Page, Property
from switchboard.ingress.domain.ports import StoryRefusedError
from switchboard.ingress.domain.story_draft import Part, StoryDraft

_MARKS = {"heading": "## ", "paragraph": "", "quote": "> ", "criterion": "- [ ] "}


@dataclass
class MemoryStories:
    """Makes pages whose Status may be one of `options` (None: any)."""

    pages: MemoryPages
    clock: Callable[[], datetime]
    options: frozenset[str] | None = None
    made: list[str] = field(default_factory=list)

    def ensure(self, project: ProjectConfiguredV1, draft: StoryDraft) -> Page:
        """Look through the pages; make one when none names the ticket."""
        if self.options is not None and draft.status not in self.options:
            raise StoryRefusedError(
                f"Defect Status {draft.status!r} is no option of the stories' Status.",
                "Correct Defect Status on the configuration page",
            )
        for page in self.pages.pages.values():
            if page.text("Ticket") == draft.ticket_id and not page.in_trash:
                return page
        page = self._page(project, draft)
        self.pages.pages[page.id] = page
        self.pages.bodies[page.id] = Body("\n".join(_line(part) for part in draft.body))
        self.made.append(page.id)
        return page

    def _page(self, project: ProjectConfiguredV1, draft: StoryDraft) -> Page:
        sources = (project.notion_data_source_id, project.notion_database_id)
        page_id = f"33333333-0000-4000-8000-{len(self.made) + 0xF000:012x}"
        return Page(
            id=page_id,
            title=draft.title,
            url=f"https://www.notion.so/{page_id.replace('-', '')}",
            parent_ids=tuple(source for source in sources if source),
            created_time=self.clock(),
            last_edited_time=self.clock(),
            properties={
                "Name": Property("title", "title", draft.title),
                "Status": Property("st:", "status", draft.status),
                "Ticket": Property("ti:", "rich_text", draft.ticket_id),
            },
        )


def _line(part: Part) -> str:
    return _MARKS[part.kind] + part.text
