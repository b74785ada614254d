"""The queue of bus events: each message to its use case, and the last failure of a result told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger

from switchboard.completion.adapters.patience import TimeLeft
from switchboard.events.envelope import Event
from switchboard.events.invocation import InvocationEnded
from switchboard.runtime.log import flow_fields
from switchboard.runtime.queue_consumer import BACKOFF_SECONDS, QueueConsumer, Visibility

RESERVE_SECONDS = 15.0
"""Kept back of the function's time for writing down how a delivery ended."""
Deliver = Callable[[Any], str]
"""A use case: takes an event, says in a few words what it did."""


@dataclass(frozen=True)
class Inbox:
    """Deliver messages by detail-type; `give_up` is for results that fail for the last time."""

    on: Mapping[str, Deliver]
    give_up: Callable[[Any, Exception], str]
    visibility: Visibility
    time_left: TimeLeft
    logger: Logger
    close: Callable[[], None]

    def __call__(self, batch: dict[str, Any], seconds_left: float) -> dict[str, Any]:
        """Handle a batch (Lambda SQS event) in the time left; answer the items to be retried."""
        self.time_left.start(seconds_left - RESERVE_SECONDS)
        failures = [item for record in batch["Records"] for item in self._one(record)]
        return {"batchItemFailures": failures}

    def _one(self, record: dict[str, Any]) -> list[dict[str, str]]:
        last = int(record["attributes"]["ApproximateReceiveCount"]) > len(BACKOFF_SECONDS)
        handlers = {
            detail_type: partial(self._deliver, deliver, last=last)
            for detail_type, deliver in self.on.items()
        }
        consumer = QueueConsumer(handlers, self.visibility, self.logger)
        failures: list[dict[str, str]] = consumer({"Records": [record]})["batchItemFailures"]
        return failures

    def _deliver(self, deliver: Deliver, event: Event[Any], *, last: bool) -> None:
        with self.logger.append_context_keys(**flow_fields(event)):
            try:
                outcome = deliver(event)
            except Exception as error:
                # The last try of a result: the message goes to the DLQ, and the flow is told.
                if last and isinstance(event.data, InvocationEnded):
                    self.give_up(event, error)
                raise
            self.logger.info("event handled", outcome=outcome)
