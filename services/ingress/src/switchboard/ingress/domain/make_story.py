"""`TicketCreated.v1` -> a story for a software defect, or the reason why there is none (NEW-05).

The story belongs to the ticket's flow: whatever is asked for on its page later, by the project's
rule or by a person, carries the ticket's correlation id (`FollowChange`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event
from switchboard.events.project import ProjectConfiguredV1
from switchboard.events.ticket import StoryCreatedV1, TicketCreatedV1
from switchboard.ingress.domain.derived_ids import derived_ulid
from switchboard.ingress.domain.envelopes import Envelopes
from switchboard.ingress.domain.model import Decision, Origin, Outcome, Page, Settlement
from switchboard.ingress.domain.ports import (
    Journal,
    Leases,
    Projects,
    Stories,
    StoryRefusedError,
    TicketBusyError,
)
from switchboard.ingress.domain.story_draft import draft_from

DEFECT = "software_defect"
LEASE = timedelta(seconds=130)
"""Longer than the function may run: whoever holds a lease past its end is dead."""


def settlement_key(ticket_id: str) -> str:
    """What a ticket is settled under once its story is made, whichever event tells of it."""
    return f"ticket-{ticket_id}"


@dataclass(frozen=True)
class MakeStory:
    """Make the page, then settle the ticket. Safe to repeat, after a crash anywhere."""

    stories: Stories
    projects: Projects
    journal: Journal
    leases: Leases
    envelopes: Envelopes
    clock: Callable[[], datetime]
    new_holder: Callable[[], str]

    def __call__(self, event: Event[TicketCreatedV1]) -> Outcome:
        """Settle the ticket and return the outcome that stands.

        Idempotent: a settled ticket is answered from its settlement. Until then the page is looked
        for by its ticket number, under a lease because Notion cannot refuse a second page; so a
        crash between page and settlement leaves a page that the next delivery finds.

        Raises:
            NotionUnavailableError: try again later; a page may have been made, and will be found.
            TicketBusyError: another delivery of this ticket is at work.
        """
        if event.data.category != DEFECT:
            text = f"Tickets of category {event.data.category!r} become no stories."
            return self._outcome(event, Decision("NOT_A_DEFECT", text))
        key, holder, now = settlement_key(event.data.ticket_id), self.new_holder(), self.clock()
        if not self.leases.take(key, holder, now, now + LEASE):
            raise TicketBusyError(f"another delivery of {event.data.ticket_id} is at work")
        try:
            outcome = self.journal.standing(key) or self._made(event)
        except Exception:
            # Tried again soon, by another holder; a process that dies leaves the lease to its end.
            self.leases.release(key, holder)
            raise
        self.leases.release(key, holder)
        return outcome

    def _made(self, event: Event[TicketCreatedV1]) -> Outcome:
        project = self.projects.taking_defects()
        if project is None:
            return self._refused(
                event,
                Decision(
                    "NO_PROJECT",
                    "No project takes stories from tickets.",
                    "Set Defect Status on the page of the project that shall, then send the "
                    "event again",
                ),
            )
        try:
            return self._story(event, project.configuration)
        except StoryRefusedError as error:
            return self._refused(event, Decision("STORY_REFUSED", str(error), error.remediation))

    def _story(self, event: Event[TicketCreatedV1], project: ProjectConfiguredV1) -> Outcome:
        ticket, status = event.data, project.defect_status or ""
        starts = status in project.trigger_map
        page = self.stories.ensure(project, draft_from(ticket, status))
        created = StoryCreatedV1(
            ticket_id=ticket.ticket_id,
            notion_page_id=page.id,
            url=page.url or "",
            title=page.title,
            project_id=project.project_id,
            status=status if starts else None,
        )
        events = [self._derived(event, created, project)]
        if starts:
            events.append(self._derived(event, _changed(ticket, page, project), project))
        begins = "work starts at once" if starts else "a person decides"
        decision = Decision(
            "STORY_CREATED",
            f"Page {page.id} of {project.project_id} is the story, with Status {status!r}: "
            f"{begins}.",
            trigger=status,
            events=tuple(events),
        )
        outcome = self._outcome(event, decision, settlement_key(ticket.ticket_id))
        origin = Origin(page.id, ticket.ticket_id, event.metadata.correlation_id)
        return self.journal.settle(Settlement(outcome, decision.events, origin=origin))

    def _derived(
        self,
        event: Event[TicketCreatedV1],
        data: StoryCreatedV1 | ContentChangedV1,
        project: ProjectConfiguredV1,
    ) -> Event[Any]:
        ticket = event.data
        event_id = derived_ulid(ticket.created_at, ticket.ticket_id, data.DETAIL_TYPE)
        return self.envelopes.caused(event, data, project.project_id, event_id)

    def _refused(self, event: Event[TicketCreatedV1], decision: Decision) -> Outcome:
        """Settled for this event and reason only: sent again, the ticket gets its story."""
        key = f"{event.metadata.id}-{decision.code}"
        return self.journal.settle(Settlement(self._outcome(event, decision, key)))

    def _outcome(
        self, event: Event[TicketCreatedV1], decision: Decision, source_event_id: str = ""
    ) -> Outcome:
        """The answer for people; it is listed under the ticket's number."""
        return Outcome(
            page_id=event.data.ticket_id,
            source_event_id=source_event_id or event.metadata.id,
            code=decision.code,
            text=decision.text,
            remediation=decision.remediation,
            trigger=decision.trigger,
            correlation_id=event.metadata.correlation_id,
            at=self.clock(),
        )


def _changed(ticket: TicketCreatedV1, page: Page, project: ProjectConfiguredV1) -> ContentChangedV1:
    """The project's rule takes the usual path: the page changed, and nobody of us is its author.

    Notion's own webhook about the page has our bot as its author and is dropped as an echo. Told as
    of the page's creation, any later answer to the same Status covers it (`FollowChange`).
    """
    return ContentChangedV1(
        source_event_id=f"story-of-{ticket.ticket_id}",
        shape="ticket",
        page_id=page.id,
        workspace_id=project.workspace_id,
        occurred_at=page.created_time,
    )
