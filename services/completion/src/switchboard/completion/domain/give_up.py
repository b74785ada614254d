"""A delivery that cannot be made is said to be so (CMP-09)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from switchboard.completion.domain.chain import ChainError
from switchboard.completion.domain.derived_ids import derived_ulid
from switchboard.completion.domain.one_at_a_time import ENDED
from switchboard.completion.domain.ports import Board, BoardError, Deliveries, Outcome
from switchboard.completion.domain.wording import chain_failed_comment, shortened
from switchboard.events.envelope import Event, new_event
from switchboard.events.invocation import DeliveryFailedV1, InvocationEnded
from switchboard.events.values import ErrorInfo

DELIVERY_ADVICE = (
    "Check that the page and the dashboard exist and are shared with the integration; the result "
    "itself is kept with the invocation. A message in completion's dead-letter queue can be "
    "redriven"
)


def delivery_key(invocation_id: str) -> str:
    """The key of an invocation's delivery."""
    return f"DELIVERY#{invocation_id}"


def delivery_failed(
    event: Event[InvocationEnded], error: ErrorInfo, now: Callable[[], datetime]
) -> Event[DeliveryFailedV1]:
    """The event that says so; the same failure of the same event is the same event."""
    ended = event.data
    return new_event(
        DeliveryFailedV1(
            invocation_id=ended.invocation_id, notion_page_id=ended.notion_page_id, error=error
        ),
        service="completion",
        correlation_id=event.metadata.correlation_id,
        causation_id=event.metadata.id,
        project_id=ended.project_id,
        traceparent=event.metadata.traceparent,
        event_id=derived_ulid(event.metadata.id, "failed", error.code),
        clock=now,
    )


def failure(error: Exception) -> ErrorInfo:
    """The code, message and remedy of a failure; a chain's failure has its own code."""
    said = shortened(str(error) or type(error).__name__)
    if isinstance(error, ChainError):
        message = f"The next step was not requested: {said}"
        return ErrorInfo(code="CHAIN_FAILED", message=message, remediation=error.advice)
    message = f"The result could not be written to Notion: {said}"
    return ErrorInfo(code="DELIVERY_FAILED", message=message, remediation=DELIVERY_ADVICE)


@dataclass(frozen=True)
class GiveUp:
    """Publish `DeliveryFailed.v1` for a result that was not handed on."""

    deliveries: Deliveries
    board: Board
    now: Callable[[], datetime]

    def __call__(self, event: Event[InvocationEnded], error: Exception) -> str:
        """Idempotent: state and event are one write, the event's id derives from its cause."""
        ended, info = event.data, failure(error)
        self.deliveries.give_up(
            delivery_key(ended.invocation_id),
            ENDED,
            Outcome(
                facts={"error_code": info.code, "error_message": info.message},
                events=[delivery_failed(event, info, self.now)],
            ),
        )
        if info.code == "CHAIN_FAILED":
            # The event is out; on the board it is a courtesy, and the board may be the trouble.
            with suppress(BoardError):
                self.board.comment_once(
                    ended.notion_page_id,
                    f"Ref {ended.invocation_id}/chain",
                    chain_failed_comment(info, ended.requested_by),
                )
        return info.code
