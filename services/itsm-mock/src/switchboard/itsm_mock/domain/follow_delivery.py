"""What the delivery half does about a ticket's story, written back to the ticket.

Order does not matter. Which state follows is decided by the newest deciding event (`_decides`), by
the time the event carries: a late start after a completion changes nothing. Deciding events are the
start and the failure of work a person asked for, and each completion with a pull request; a chain's
next step works on what is there and takes nothing back.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.events.envelope import Event
from switchboard.events.invocation import (
    DeliveryFailedV1,
    InvocationCancelledV1,
    InvocationCompletedV1,
    InvocationEnded,
    InvocationFailedV1,
    InvocationStartedV1,
)
from switchboard.events.ticket import StoryCreatedV1
from switchboard.events.values import Artifact, ErrorInfo
from switchboard.itsm_mock.domain.follow_up import FollowUp, Write
from switchboard.itsm_mock.domain.model import HoldReason, State, StoryNotKnownError, Ticket
from switchboard.itsm_mock.domain.ports import Tickets
from switchboard.itsm_mock.domain.revision import Revision
from switchboard.itsm_mock.domain.texts import clean

DELIVERY = "delivery"
PULL_REQUEST = "pull_request"
_WITH_ENGINEERING = "Engineering has your report now."
_FAILED = "The automatic attempt to fix this did not succeed. It stays with engineering."
_STEP_DONE = "Engineering has finished a step on this."
_CANCELLED = "The automatic work on this was stopped. It stays with engineering."


@dataclass(frozen=True)
class FollowDelivery:
    """One method for each fact of the delivery half; work on other pages is none of ours."""

    tickets: Tickets
    follow_up: FollowUp

    def story_created(self, event: Event[StoryCreatedV1]) -> None:
        """Remember on which page the ticket is worked."""
        story = event.data

        def write(revision: Revision) -> None:
            revision.edit(story_url=story.url)
            revision.note(
                DELIVERY, f"Story {clean(story.title)} in {story.project_id}: {story.url}"
            )
            revision.comment(DELIVERY, _WITH_ENGINEERING)

        page_id = page_key(story.notion_page_id)
        self.follow_up(story.ticket_id, event, write, page_id=page_id)

    def started(self, event: Event[InvocationStartedV1]) -> None:
        """Somebody is working on it now."""
        run = event.data

        def write(revision: Revision) -> None:
            revision.note(DELIVERY, f"The {run.agent_type} agent started: {run.invocation_id}")
            at = event.metadata.time
            if run.parent_invocation_id is None and _is_newer(revision.ticket, at):
                _move(revision, at, State.IN_PROGRESS)

        self._on_page(run.notion_page_id, event, write)

    def completed(self, event: Event[InvocationCompletedV1]) -> None:
        """A pull request that leaves nothing open is a fix in review; anything else is shown."""
        run = event.data
        fixes = [item for item in run.output_artifacts if _is_fix(item)]

        def write(revision: Revision) -> None:
            revision.note(DELIVERY, _done(run))
            if not fixes:
                revision.comment(DELIVERY, _made(run.output_artifacts))
                return
            urls = " ".join(item.url for item in fixes)
            revision.comment(DELIVERY, f"A fix is ready and in review: {urls}")
            at = event.metadata.time
            if _is_newer(revision.ticket, at, or_equal=True):
                _move(revision, at, State.ON_HOLD, HoldReason.FIX_IN_REVIEW)

        self._on_page(run.notion_page_id, event, write)

    def failed(self, event: Event[InvocationFailedV1]) -> None:
        """It stays with engineering; the reason stays inside."""
        self._stopped(event, _FAILED)

    def cancelled(self, event: Event[InvocationCancelledV1]) -> None:
        """As a failure, but somebody wanted it."""
        self._stopped(event, _CANCELLED)

    def not_delivered(self, event: Event[DeliveryFailedV1]) -> None:
        """A result that did not reach Notion: for people inside only."""

        def write(revision: Revision) -> None:
            revision.note(DELIVERY, f"The result was not handed on. {_why(event.data.error)}")

        self._on_page(event.data.notion_page_id, event, write)

    def _stopped(
        self, event: Event[InvocationFailedV1] | Event[InvocationCancelledV1], said: str
    ) -> None:
        run: InvocationEnded = event.data

        def write(revision: Revision) -> None:
            reason = _why(run.error) if run.error else run.error_detail or "no reason was given"
            revision.note(DELIVERY, f"The {run.agent_type} agent {run.status}: {clean(reason)}")
            is_step = run.parent_invocation_id is not None
            if is_step and revision.ticket.hold_reason is HoldReason.FIX_IN_REVIEW:
                return  # The fix is there whatever became of the chain's next step.
            revision.comment(DELIVERY, said)
            at = event.metadata.time
            if not is_step and _is_newer(revision.ticket, at, or_equal=True):
                _move(revision, at, State.IN_PROGRESS)

        self._on_page(run.notion_page_id, event, write)

    def _on_page(self, page: str, event: Event[Any], write: Write) -> None:
        ticket_id = self.tickets.of_page(page_key(page))
        if ticket_id is not None:
            self.follow_up(ticket_id, event, write)
        elif self.tickets.of_flow(event.metadata.correlation_id):
            # Reordered: the flow is a ticket's, so its StoryCreated.v1 is still on the way.
            raise StoryNotKnownError(f"page {page} is not known yet")


def page_key(page_id: str) -> str:
    """A Notion id in one spelling; it comes with and without dashes."""
    return page_id.replace("-", "").lower()


def _is_newer(ticket: Ticket, at: datetime, *, or_equal: bool = False) -> bool:
    seen = ticket.delivery_at
    return seen is None or at > seen or (or_equal and at == seen)


def _move(
    revision: Revision, at: datetime, state: State, hold_reason: HoldReason | None = None
) -> None:
    revision.edit(delivery_at=at)
    # What a person has ended stays ended: a comment tells what came after.
    if revision.ticket.is_open:
        revision.move(state, DELIVERY, hold_reason)


def _done(run: InvocationEnded) -> str:
    return f"The {run.agent_type} agent completed: {clean(run.output_summary) or 'no summary'}"


def _is_fix(artifact: Artifact) -> bool:
    """A caller is told of a fix: a draft with unmet acceptance criteria is none yet."""
    return artifact.type == PULL_REQUEST and not artifact.metadata.get("criteria_open")


def _made(artifacts: list[Artifact]) -> str:
    drafts = [item for item in artifacts if item.type == PULL_REQUEST]
    if drafts:
        return f"Engineering has a first draft. It is no fix yet: {drafts[0].url}"
    made = "; ".join(f"{clean(item.title)}: {item.url}" for item in artifacts)
    return f"Engineering made something for this: {made}" if made else _STEP_DONE


def _why(error: ErrorInfo) -> str:
    return f"{error.code}: {error.message}. {error.remediation}"
