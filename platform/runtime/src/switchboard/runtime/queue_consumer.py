"""Consuming a service's own queue of bus events: parse, handle, report what failed.

A failed message becomes visible again after 30, 60 and 120 seconds (ERR-04) and, after the queue's
`maxReceiveCount` of 4, lies in the DLQ; its last reason is in the log and in the DLQ reason store.
`QueueConsumer` is for Switchboard's events, `MessageConsumer` for events of another form (AWS's).
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from switchboard.events.catalogue import MalformedEventError, UnknownEventError, parse_event
from switchboard.events.envelope import Event
from switchboard.events.trace import Spans
from switchboard.runtime.log import flow_fields
from switchboard.runtime.metrics import ComponentMetrics
from switchboard.runtime.spans import spans, working

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_sqs import SQSClient

BACKOFF_SECONDS = (30, 60, 120)
"""How long a failed message stays hidden, by the number of times it was received (F16)."""

POISON = (MalformedEventError, UnknownEventError, json.JSONDecodeError, KeyError, TypeError)
"""A message that fails like this can never succeed."""

Handle = Callable[[Event[Any]], None]
M = TypeVar("M")
METRICS = ComponentMetrics()
"""Lines on standard output; there is nothing to configure and nothing to fail."""


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
        METRICS.buried(self._depth())

    def _depth(self) -> int:
        """About how many messages the DLQ holds; the one just sent may not be counted yet."""
        name: Literal["ApproximateNumberOfMessages"] = "ApproximateNumberOfMessages"
        try:
            answer = self._client.get_queue_attributes(
                QueueUrl=self._dlq_url, AttributeNames=[name]
            )
        except (BotoCoreError, ClientError):
            return 1  # the message lies there; a figure is no reason to bury it twice
        return max(1, int(answer["Attributes"][name]))


class MessageConsumer(Generic[M]):
    """One SQS batch to one handler, with partial batch failures."""

    def __init__(
        self,
        parse: Callable[[str], M],
        handle: Callable[[M], object],
        fields: Callable[[M], dict[str, Any]],
        *,
        visibility: Visibility,
        logger: Logger,
    ) -> None:
        """`parse` reads a body and raises one of `POISON`; `fields` are a message's log fields."""
        self._parse = parse
        self._handle = handle
        self._fields = fields
        self._visibility = visibility
        self._logger = logger

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Handle a batch (Lambda SQS event); answer the items to be retried."""
        failed = [record["messageId"] for record in batch["Records"] if not self._handled(record)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def _handled(self, record: dict[str, Any]) -> bool:
        """Whether the message is done with; each try counts for the component (OBS-07)."""
        try:
            message = self._parse(record["body"])
        except POISON as error:
            # It can never succeed: retrying would only delay the news. No traceback: a validator's
            # shows the values it refused, and messages hold what people said and their numbers.
            reason = f"{type(error).__name__}: {error}"
            self._logger.error("poison message sent to the dlq", reason=reason)  # noqa: TRY400 - as said above
            METRICS.worked(failed=True)
            self._visibility.bury(record["body"], reason)
            return True
        try:
            self._handle(message)
        except Exception as error:  # noqa: BLE001 - the edge, whatever went wrong
            # This one message is tried again, the others of the batch are not.
            METRICS.worked(failed=True)
            return self._gone_for_good(record, error, self._fields(message))
        METRICS.worked(failed=False)
        return True

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


class QueueConsumer(MessageConsumer[Event[Any]]):
    """One SQS batch of Switchboard's events to use cases, by detail-type."""

    def __init__(
        self,
        handlers: Mapping[str, Handle],
        visibility: Visibility,
        logger: Logger,
        traces: Spans | None = None,
    ) -> None:
        """Dispatch by detail-type to `handlers`; `traces`: where spans go, else as configured."""
        super().__init__(
            self._event, self._dispatch, flow_fields, visibility=visibility, logger=logger
        )
        self._handlers = handlers
        self._spans = traces

    def _dispatch(self, event: Event[Any]) -> None:
        with working(str(self._logger.service), event, self._spans or spans()):
            self._handlers[event.detail_type](event)

    def _event(self, body: str) -> Event[Any]:
        message = json.loads(body)
        event = parse_event(message["detail-type"], message["detail"])
        if event.detail_type not in self._handlers:
            raise UnknownEventError(f"{event.detail_type} is not consumed here")
        return event
