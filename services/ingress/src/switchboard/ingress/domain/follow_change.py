"""`ContentChanged.v1` -> one settled outcome: work asked for, project configured, or the reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event
from switchboard.ingress.domain.model import Decision, Outcome, Page, Settlement, notion_id
from switchboard.ingress.domain.ports import (
    Bot,
    ClaimHeldError,
    Journal,
    Origins,
    PageNotFoundError,
    Pages,
)
from switchboard.ingress.domain.request_invocation import RequestInvocation
from switchboard.ingress.domain.sync_project import SyncProject

RECENT = 20
"""Outcomes of a page that are looked at for an earlier answer to the same edit."""


@dataclass(frozen=True)
class FollowChange:
    """Read the page, decide, settle. Safe to repeat: a source event is settled once."""

    pages: Pages
    bot: Bot
    journal: Journal
    origins: Origins
    request: RequestInvocation
    sync: SyncProject
    projects_data_source_id: str
    clock: Callable[[], datetime]

    def __call__(self, event: Event[ContentChangedV1]) -> Outcome:
        """Settle the event and return the outcome that stands.

        Raises:
            NotionUnavailableError: try again later; nothing was written.
            SettlementConflictError: the same.
        """
        decision = self._decide(event)
        try:
            return self._settle(event, decision)
        except ClaimHeldError as held:
            return self._settle(event, _duplicate(decision, held.invocation_id))

    def _decide(self, event: Event[ContentChangedV1]) -> Decision:
        people = self._people(event.data)
        if event.data.authors and not people:
            # Our own completion writes come back as webhooks; an aggregated one may also hold a
            # person's change, so authors decide only when all of them are our bot (K-31).
            return Decision("OWN_ECHO", "The change was made by Switchboard itself.")
        data = event.data.model_copy(update={"authors": people})
        return self._read_and_decide(event.model_copy(update={"data": data}))

    def _read_and_decide(self, event: Event[ContentChangedV1]) -> Decision:
        read_at = self.clock()
        try:
            page = self._page(event.data.page_id)
            if self._configures(page):
                return self.sync(event, page, read_at)
            return self._in_its_flow(page, self._unless_covered(event, self.request(event, page)))
        except PageNotFoundError as error:
            return Decision(
                "PAGE_NOT_FOUND",
                f"The page could not be read: {error}.",
                "Restore the page, or share it with the integration, and set Status again",
            )

    def _unless_covered(self, event: Event[ContentChangedV1], decision: Decision) -> Decision:
        """Drop a request whose change an earlier read of the page has already answered.

        Notion may report one edit by several events. The second is read after our own write has
        moved the page's edit time, so the claim on that time alone would not stop it.
        """
        if not decision.events:
            return decision
        for outcome in self.journal.outcomes(event.data.page_id, RECENT):
            same = (outcome.code, outcome.trigger) == (decision.code, decision.trigger)
            other = outcome.source_event_id != event.data.source_event_id
            if same and other and event.data.occurred_at < outcome.at:
                return _duplicate(decision, outcome.invocation_id)
        return decision

    def _in_its_flow(self, page: Page, decision: Decision) -> Decision:
        """Put work on a page that was made for a ticket into the ticket's flow (K-63)."""
        origin = self.origins.of_page(page.id) if decision.events else None
        return decision.under(origin.correlation_id) if origin else decision

    def _people(self, change: ContentChangedV1) -> list[str]:
        if not change.authors:
            return []
        bot = self.bot.identity().id
        return [author for author in change.authors if author != bot]

    def _page(self, page_id: str) -> Page:
        page = self.pages.get(page_id)
        if page.in_trash:
            raise PageNotFoundError("it is in the trash")
        return page

    def _configures(self, page: Page) -> bool:
        return notion_id(self.projects_data_source_id) in page.parent_ids

    def _settle(self, event: Event[ContentChangedV1], decision: Decision) -> Outcome:
        flow = (decision.events or (event,))[0].metadata.correlation_id
        outcome = Outcome(
            page_id=event.data.page_id,
            source_event_id=event.data.source_event_id,
            code=decision.code,
            text=decision.text,
            remediation=decision.remediation,
            trigger=decision.trigger,
            invocation_id=decision.invocation_id,
            correlation_id=flow,
            at=self.clock(),
        )
        return self.journal.settle(
            Settlement(outcome, decision.events, decision.claim, decision.project)
        )


def _duplicate(decision: Decision, invocation_id: str | None) -> Decision:
    answer = f"accepted as invocation {invocation_id}" if invocation_id else "answered"
    return Decision(
        "DUPLICATE",
        f"Status {decision.trigger!r} of this edit was {answer}.",
        "To ask again, set another Status first, wait a minute, and set this one again",
        decision.trigger,
        invocation_id,
    )
