"""Entry points: doors, the worker behind the webhooks, the worker that syncs; one command.

`python -m switchboard.ingress.handler --env dev --minutes 10` arms the handshake (operators).
"""

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event
from switchboard.events.ticket import TicketCreatedV1
from switchboard.ingress import wiring
from switchboard.ingress.adapters import command_line
from switchboard.ingress.adapters.api_gateway import NO_INVOCATION, OutcomesDoor, WebhookDoor
from switchboard.ingress.adapters.sqs_work import SyncConsumer
from switchboard.ingress.adapters.sync_door import SyncDoor
from switchboard.ingress.domain.model import Outcome
from switchboard.ingress.domain.sync_model import Job
from switchboard.ingress.settings import (
    DoorSettings,
    OutcomesSettings,
    SyncDoorSettings,
    SyncWorkerSettings,
    WorkerSettings,
)
from switchboard.runtime.log import service_logger
from switchboard.runtime.queue_consumer import QueueConsumer

SERVICE = "ingress"
LIFECYCLE = ("INVOCATION_REQUESTED", "PROJECT_CONFIGURED", "STORY_CREATED", "NOT_A_DEFECT")
QUIET = ("UNKNOWN_TRIGGER", "STATUS_UNCHANGED", "NOT_A_STORY", "OWN_ECHO", "DUPLICATE")
"""Everyday outcomes that are nobody's error (K-29); all others are refusals a person should see."""


PROPERTIES = "properties"
"""The kind of change that can ask for work; all kinds concern the knowledge base."""


class Worker:
    """Follows one change, then keeps knowledge in sync with it; leaves a log line about each."""

    def __init__(
        self,
        follow: Callable[[Event[ContentChangedV1]], Outcome],
        notice: Callable[[Event[ContentChangedV1]], list[Job]],
        logger: Logger,
    ) -> None:
        """Follow changes with `follow`, then `notice` them."""
        self._follow = follow
        self._notice = notice
        self._logger = logger

    def __call__(self, event: Event[ContentChangedV1]) -> None:
        """Raise to have the message delivered again."""
        # Every line while this event is handled carries the ids, also those of the adapters.
        with self._logger.append_context_keys(
            invocation_id=event.metadata.id,
            correlation_id=event.metadata.correlation_id,
            source_event_id=event.data.source_event_id,
            page_id=event.data.page_id,
        ):
            if event.data.change == PROPERTIES:
                self._settled(event, self._follow(event))
            for job in self._notice(event):
                self._logger.info("page is synced", job_id=job.job_id, project_id=job.project_id)

    def _settled(self, event: Event[ContentChangedV1], outcome: Outcome) -> None:
        _level(self._logger, outcome.code)(
            "change settled",
            code=outcome.code,
            trigger=outcome.trigger,
            invocation_id=outcome.invocation_id or event.metadata.id,
            # On the page of a ticket's story this is the ticket's flow, not the webhook's.
            correlation_id=outcome.correlation_id,
        )


class Desk:
    """Makes the story of one ticket and leaves one log line about it, without a caller's word."""

    def __init__(self, make: Callable[[Event[TicketCreatedV1]], Outcome], logger: Logger) -> None:
        """Make stories with `make`."""
        self._make = make
        self._logger = logger

    def __call__(self, event: Event[TicketCreatedV1]) -> None:
        """Raise to have the message delivered again."""
        with self._logger.append_context_keys(
            invocation_id=NO_INVOCATION,
            correlation_id=event.metadata.correlation_id,
            ticket_id=event.data.ticket_id,
        ):
            outcome = self._make(event)
            _level(self._logger, outcome.code)(
                "ticket settled",
                code=outcome.code,
                reason=outcome.text,
                remediation=outcome.remediation,
                trigger=outcome.trigger,
            )


def _level(logger: Logger, code: str) -> Callable[..., None]:
    if code in LIFECYCLE:
        return logger.info
    return logger.debug if code in QUIET else logger.warning


@cache
def _door() -> WebhookDoor:
    return WebhookDoor(wiring.accept_webhook(DoorSettings.from_env()), service_logger(SERVICE))


@cache
def _outcomes() -> OutcomesDoor:
    return OutcomesDoor(wiring.explain_page(OutcomesSettings.from_env()), service_logger(SERVICE))


@cache
def _worker() -> QueueConsumer:
    logger = service_logger(SERVICE)
    parts = wiring.worker(WorkerSettings.from_env(), logger)
    handlers: dict[str, Callable[[Event[Any]], None]] = {
        ContentChangedV1.DETAIL_TYPE: Worker(parts.follow_change, parts.notice_change, logger),
        TicketCreatedV1.DETAIL_TYPE: Desk(parts.make_story, logger),
    }
    return QueueConsumer(handlers, parts.visibility, logger)


@cache
def _sync_door() -> SyncDoor:
    start, report = wiring.sync_door(SyncDoorSettings.from_env())
    return SyncDoor(start, report, service_logger(SERVICE))


@cache
def _sync_worker() -> SyncConsumer:
    logger = service_logger(SERVICE)
    parts = wiring.sync_worker(SyncWorkerSettings.from_env(), logger)
    return SyncConsumer(parts.do_work, parts.start_scheduled, parts.visibility, logger)


def webhook(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """POST /webhook/notion (API Gateway proxy)."""
    return _door()(event)


def worker(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """`ContentChanged.v1` and `TicketCreated.v1` from the service's own queue (SQS batch)."""
    return _worker()(event)


def outcomes(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """GET /pages/{page_id}/outcomes (API Gateway proxy, IAM)."""
    return _outcomes()(event)


def sync(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """POST /sync/page, POST /sync/database, GET /sync/status/{job_id} (API Gateway proxy, IAM)."""
    return _sync_door()(event)


def sync_worker(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Pieces of knowledge syncs from the service's sync queue (SQS batch)."""
    return _sync_worker()(event)


if __name__ == "__main__":
    sys.exit(command_line.arm(wiring.arm_handshake))
