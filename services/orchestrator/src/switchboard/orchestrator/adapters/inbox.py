"""The queue's door: events of the bus by the shared consumer, our own timers beside it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger

from switchboard.events.envelope import Event
from switchboard.orchestrator.adapters.scheduler import DEADLINE_REACHED
from switchboard.orchestrator.domain.model import RetryLaterError
from switchboard.runtime.log import flow_fields
from switchboard.runtime.queue_consumer import BACKOFF_SECONDS, QueueConsumer, Visibility

Handle = Callable[[Event[Any]], None]


class Inbox:
    """One SQS batch; what fails is hidden for a while, what cannot succeed is buried."""

    def __init__(
        self,
        handlers: Mapping[str, Handle],
        stop_overdue: Callable[[str], None],
        visibility: Visibility,
        logger: Logger,
    ) -> None:
        """Dispatch events to `handlers` and timers to `stop_overdue`."""
        told = {name: _told(handle, logger) for name, handle in handlers.items()}
        self._consumer = QueueConsumer(told, visibility, logger)
        self._stop_overdue = stop_overdue
        self._visibility = visibility
        self._logger = logger

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Answer the items to be retried (Lambda, partial batch response)."""
        timers = [record for record in batch["Records"] if _timer(record) is not None]
        events = [record for record in batch["Records"] if _timer(record) is None]
        answer = self._consumer({"Records": events})
        failed = [record["messageId"] for record in timers if not self._rang(record)]
        return {
            "batchItemFailures": answer["batchItemFailures"]
            + [{"itemIdentifier": message_id} for message_id in failed]
        }

    def _rang(self, record: dict[str, Any]) -> bool:
        ids = _timer(record) or {}
        with self._logger.append_context_keys(**ids):
            try:
                self._stop_overdue(ids["invocation_id"])
            except Exception as error:
                self._logger.exception("timer handling failed")
                return self._again(record, error)
        return True

    def _again(self, record: dict[str, Any], error: Exception) -> bool:
        received = int(record["attributes"]["ApproximateReceiveCount"])
        if received > len(BACKOFF_SECONDS):
            self._visibility.bury(record["body"], f"{type(error).__name__}: {error}")
            return True
        self._visibility.hide(record["receiptHandle"], BACKOFF_SECONDS[received - 1])
        return False


def _timer(record: dict[str, Any]) -> dict[str, str] | None:
    """The ids of the flow a timer rings for; None for everything else."""
    try:
        message = json.loads(record["body"])
        if message["detail-type"] == DEADLINE_REACHED:
            detail = message["detail"]
            # Timers that were set by an earlier release name the invocation only.
            ids = {"invocation_id": str(detail["invocation_id"])}
            return ids | {k: str(detail[k]) for k in ("correlation_id",) if k in detail}
    except (ValueError, KeyError, TypeError):
        return None  # the consumer says what is wrong with it
    return None


def _told(handle: Handle, logger: Logger) -> Handle:
    """The same handler with the flow's ids on each of its log lines (ERR-10)."""

    def handle_with_ids(event: Event[Any]) -> None:
        with logger.append_context_keys(**flow_fields(event)):
            try:
                handle(event)
            except RetryLaterError as error:
                logger.warning("will be tried again", reason=str(error))
                raise

    return handle_with_ids
