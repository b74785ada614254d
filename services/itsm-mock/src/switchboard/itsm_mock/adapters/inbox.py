"""The queue of bus events: each message to its use case, with the flow's ids on each log line."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger

from switchboard.events.envelope import Event
from switchboard.runtime.log import flow_fields
from switchboard.runtime.queue_consumer import Handle, QueueConsumer, Visibility


class Inbox:
    """One SQS batch; what fails comes again, what cannot succeed goes to the DLQ."""

    def __init__(
        self, handlers: Mapping[str, Handle], visibility: Visibility, logger: Logger
    ) -> None:
        """Dispatch events to `handlers` by detail-type."""
        told = {name: partial(self._tell, handle) for name, handle in handlers.items()}
        self.handled = tuple(told)
        self._logger = logger
        self._consumer = QueueConsumer(told, visibility, logger)

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Answer the items to be retried (Lambda, partial batch response)."""
        return self._consumer(batch)

    def _tell(self, handle: Handle, event: Event[Any]) -> None:
        with self._logger.append_context_keys(**flow_fields(event)):
            handle(event)
            self._logger.info("event followed")
