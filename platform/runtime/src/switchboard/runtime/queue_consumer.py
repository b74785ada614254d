"""Consuming a service's own queue of bus events: parse, handle, report what failed.

A failed message becomes visible again after 30, 60 and 120 seconds (ERR-04) and, after the queue's
`maxReceiveCount` of 4, lies in the DLQ; its last reason is in the log and in the DLQ reason store.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from aws_lambda_powertools import Logger

from switchboard.events.catalogue import MalformedEventError, UnknownEventError, parse_event
from switchboard.events.envelope import Event
from switchboard.runtime.log import flow_fields

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_sqs import SQSClient

BACKOFF_SECONDS = (30, 60, 120)
"""How long a failed message stays hidden, by the number of times it was received (F16)."""

POISON = (MalformedEventError, UnknownEventError, json.JSONDecodeError, KeyError, TypeError)
"""A message that fails like this can never succeed."""

Handle = Callable[[Event[Any]], None]


class Visibility(Protocol):
    """How a failed message is hidden for a while, and a poison one sent to the DLQ."""

    def hide(self, receipt_handle: str, seconds: int) -> None:
        """Make the message visible again after `seconds`."""
        ...

    def bury(self, body: str, reason: str) -> None:
        """Put a message that can never succeed into the DLQ, with its reason."""
        ...


class SqsVisibility:
    """Visibility on SQS."""

    def __init__(self, client: "SQSClient", queue_url: str, dlq_url: str) -> None:
        """Hide messages of `queue_url`; bury them in `dlq_url`."""
        self._client = client
        self._queue_url = queue_url
        self._dlq_url = dlq_url

    def hide(self, receipt_handle: str, seconds: int) -> None:
        """ChangeMessageVisibility."""
        self._client.change_message_visibility(
            QueueUrl=self._queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )

    def bury(self, body: str, reason: str) -> None:
        """SendMessage to the DLQ with the attribute `reason` (at most 256 characters)."""
        self._client.send_message(
            QueueUrl=self._dlq_url,
            MessageBody=body,
            MessageAttributes={"reason": {"DataType": "String", "StringValue": reason[:256]}},
        )


class QueueConsumer:
    """One SQS batch to use cases, with partial batch failures."""

    def __init__(
        self, handlers: Mapping[str, Handle], visibility: Visibility, logger: Logger
    ) -> None:
        """Dispatch by detail-type to `handlers`."""
        self._handlers = handlers
        self._visibility = visibility
        self._logger = logger

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Handle a batch (Lambda SQS event); answer the items to be retried."""
        failed = [record["messageId"] for record in batch["Records"] if not self._handled(record)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def _handled(self, record: dict[str, Any]) -> bool:
        try:
            event = self._parse(record["body"])
        except POISON as error:
            # It can never succeed: retrying would only delay the news.
            self._logger.exception("poison message sent to the dlq", reason=str(error))
            self._visibility.bury(record["body"], f"{type(error).__name__}: {error}")
            return True
        try:
            self._handlers[event.detail_type](event)
        except Exception as error:  # noqa: BLE001 - the edge, whatever went wrong
            # This one message is tried again, the others of the batch are not.
            return self._gone_for_good(record, error, flow_fields(event))
        return True

    def _parse(self, body: str) -> Event[Any]:
        message = json.loads(body)
        event = parse_event(message["detail-type"], message["detail"])
        if event.detail_type not in self._handlers:
            raise UnknownEventError(f"{event.detail_type} is not consumed here")
        return event

    def _gone_for_good(
        self, record: dict[str, Any], error: Exception, fields: dict[str, Any]
    ) -> bool:
        received = int(record["attributes"]["ApproximateReceiveCount"])
        if received > len(BACKOFF_SECONDS):
            self._logger.error("event sent to the dlq", exc_info=error, **fields)
            self._visibility.bury(record["body"], f"{type(error).__name__}: {error}")
            return True
        seconds = BACKOFF_SECONDS[received - 1]
        self._logger.warning("event is tried again", exc_info=error, seconds=seconds, **fields)
        self._visibility.hide(record["receiptHandle"], seconds)
        return False
