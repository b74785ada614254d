"""The sync queue: sending pieces of work, and consuming them one message at a time."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from switchboard.ingress.adapters.sync_items import (
    confirmation_from,
    confirmation_message,
    work_from,
    work_message,
)
from switchboard.ingress.domain.do_work import DoWork
from switchboard.ingress.domain.sync_model import Confirmation, Job, Progress, Work
from switchboard.runtime.queue_consumer import BACKOFF_SECONDS, MessageConsumer, Visibility

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_sqs import SQSClient

BATCH = 10
"""Entries of one SendMessageBatch."""
NO_INVOCATION = "-"

Message = dict[str, Any]


class NotSentError(RuntimeError):
    """SQS did not take every message; what it took may come twice."""


class SqsWorkQueue:
    """Messages as JSON."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        """Send to `queue_url`."""
        self._client = client
        self._queue_url = queue_url

    def send(self, job_id: str, works: Sequence[Work]) -> None:
        """SendMessageBatch, ten at a time; partial success is failure."""
        for start in range(0, len(works), BATCH):
            entries: Any = [
                {"Id": str(number), "MessageBody": work_message(job_id, work)}
                for number, work in enumerate(works[start : start + BATCH])
            ]
            answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            if refused := answer.get("Failed"):
                raise NotSentError(f"{len(refused)} messages: {refused[0].get('Message', '')}")

    def confirm_later(self, confirmation: Confirmation, seconds: int) -> None:
        """SendMessage with a delay."""
        self._client.send_message(
            QueueUrl=self._queue_url,
            MessageBody=confirmation_message(confirmation),
            DelaySeconds=seconds,
        )


class SyncConsumer:
    """One SQS batch to pieces of work; a piece that cannot be done ends as failed, never silently.

    The DLQ gets it too, with its reason. A process that dies reports nothing: its message comes
    back, and is given up instead of tried when that has happened too often.
    """

    def __init__(
        self,
        work: DoWork,
        scheduled: Callable[[datetime], list[Job]],
        visibility: Visibility,
        logger: Logger,
    ) -> None:
        """Do what messages say with `work`; `scheduled` starts what is due."""
        self._work = work
        self._scheduled = scheduled
        self._visibility = visibility
        self._logger = logger
        self._consume = MessageConsumer(
            _parsed, self._handle, log_fields, visibility=self, logger=logger
        )

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Handle a batch (Lambda SQS event); answer the items to be retried."""
        dead = [item for item in batch["Records"] if _received(item) > len(BACKOFF_SECONDS) + 1]
        for record in dead:
            self.bury(record["body"], "its process died again and again")
        alive = [item for item in batch["Records"] if item not in dead]
        return self._consume({"Records": alive})

    def hide(self, receipt_handle: str, seconds: int) -> None:
        """As any consumer's."""
        self._visibility.hide(receipt_handle, seconds)

    def bury(self, body: str, reason: str) -> None:
        """End the piece before the message goes to the DLQ: its job must end."""
        try:
            message = _parsed(body)
        except (ValueError, KeyError, TypeError):
            self._visibility.bury(body, reason)
            return
        if "work" in message:
            self._ended(self._work.give_up(*work_from(message), reason))
        self._visibility.bury(body, reason)

    def _handle(self, message: Message) -> None:
        with self._logger.append_context_keys(invocation_id=NO_INVOCATION, **log_fields(message)):
            if "scheduled" in message:
                jobs = self._scheduled(datetime.fromisoformat(message["scheduled"]))
                self._logger.info("scheduled syncs begun", jobs=[job.job_id for job in jobs])
            elif "sent" in message:
                self._ended(self._work.confirm(confirmation_from(message)))
            else:
                self._ended(self._work(*work_from(message)))

    def _ended(self, progress: Progress | None) -> None:
        if progress is None:
            return
        counts = {name: count for name, count in progress.counts.items() if count}
        self._logger.info(
            "sync ended",
            job_id=progress.job.job_id,
            project_id=progress.job.project_id,
            status=progress.status,
            started_by=progress.job.started_by,
            counts=counts,
        )


def log_fields(message: Message) -> dict[str, Any]:
    """The ids of a message."""
    work = message.get("work") or {}
    return {"job_id": message.get("job_id"), "piece": work.get("kind"), "page_id": work.get("id")}


def _parsed(body: str) -> Message:
    """A message of one of the three forms; raises what the consumer calls poison."""
    message: Message = json.loads(body)
    if "scheduled" in message:
        datetime.fromisoformat(message["scheduled"])
    elif "sent" in message:
        confirmation_from(message)
    else:
        work_from(message)
    return message


def _received(record: dict[str, Any]) -> int:
    return int(record["attributes"]["ApproximateReceiveCount"])
