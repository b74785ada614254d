"""Asking for the next step of a chain (CMP-08)."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from switchboard.completion.domain.chain import ChainBrokenError, ChainError, NextStep
from switchboard.completion.domain.derived_ids import derived_ulid
from switchboard.completion.domain.model import Project
from switchboard.completion.domain.ports import (
    Board,
    BoardError,
    Contents,
    ContentsUnavailableError,
    NotThereError,
)
from switchboard.completion.domain.wording import asking_for
from switchboard.events.envelope import Event, EventTooLargeError, new_event
from switchboard.events.invocation import InvocationEnded, InvocationRequestedV1
from switchboard.events.values import PageSnapshot

INLINE_BYTES = 100_000
"""A body up to this size travels in the event itself, a larger one as a claim check (K-33)."""


@dataclass(frozen=True)
class RequestNext:
    """Make the events that ask for the next steps, with the page as it is now."""

    board: Board
    contents: Contents
    now: Callable[[], datetime]

    def __call__(
        self, event: Event[InvocationEnded], project: Project, steps: Sequence[NextStep]
    ) -> list[Event[InvocationRequestedV1]]:
        """Idempotent: the ids derive from the parent, so asking again is asking the same.

        Raises:
            ChainError: page or content bucket could not be used this time.
            ChainBrokenError: it cannot succeed like this.
        """
        names = ", ".join(dict.fromkeys(step.agent_type for step in steps))
        advice = (
            f"{asking_for(steps[0].agent_type, project)}; it takes up this result" if steps else ""
        )
        try:
            requests = [self._request(event, project, step) for step in steps]
            for request in requests:
                request.detail()  # too large: say so before anything is committed
        except (NotThereError, EventTooLargeError) as error:
            raise ChainBrokenError(f"{names} cannot be given the story: {error}", advice) from error
        except (BoardError, ContentsUnavailableError) as error:
            raise ChainError(
                f"the story could not be read again for {names}: {error}", advice
            ) from error
        return requests

    def _request(
        self, event: Event[InvocationEnded], project: Project, step: NextStep
    ) -> Event[InvocationRequestedV1]:
        ended = event.data
        data = InvocationRequestedV1(
            invocation_id=step.invocation_id,
            workspace_id=ended.workspace_id,
            notion_page_id=ended.notion_page_id,
            agent_type=step.agent_type,
            trigger_value=project.trigger_for(step.agent_type),
            project_id=ended.project_id,
            page_snapshot=self._snapshot(ended.notion_page_id, step.invocation_id),
            origin="chain",
            requested_by=ended.requested_by,
            parent_invocation_id=ended.invocation_id,
            parent_artifacts=list(step.artifacts),
        )
        return new_event(
            data,
            service="completion",
            correlation_id=event.metadata.correlation_id,
            causation_id=event.metadata.id,
            project_id=ended.project_id,
            traceparent=event.metadata.traceparent,
            event_id=derived_ulid(event.metadata.id, "requested", step.invocation_id),
            clock=self.now,
        )

    def _snapshot(self, page_id: str, invocation_id: str) -> PageSnapshot:
        page = self.board.page(page_id)
        body = self.board.markdown(page_id)
        # Measured as JSON: an escaped body is longer, and the event is what has a limit.
        large = len(json.dumps(body, ensure_ascii=False).encode()) > INLINE_BYTES
        return PageSnapshot(
            title=page.title,
            properties=dict(page.properties),
            url=page.url,
            content_markdown=None if large else body,
            content_ref=self.contents.put(_key(invocation_id, body), body) if large else None,
        )


def _key(invocation_id: str, body: str) -> str:
    """A key that only this body has, so that a repeated delivery overwrites no other text."""
    return f"snapshots/{invocation_id}-{hashlib.sha256(body.encode()).hexdigest()[:16]}.md"
