"""Contact events on the default bus, in the order in which they happened, beside the calls.

On AWS Connect itself puts them there (source `aws.connect`, best effort): no call waits for them.
"""

import json
import logging
import queue
import threading
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_events import EventBridgeClient

logger = logging.getLogger(__name__)

BATCH = 10
"""PutEvents takes no more entries at once."""
CLOSE_SECONDS = 10
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try: stand-ins start before the engine."""


class ContactEvents:
    """A thread that puts what is waiting, up to ten events at a time."""

    def __init__(self, client: EventBridgeClient) -> None:
        """Put with `client`; nothing is sent before `start`."""
        self._client = client
        self._waiting: queue.Queue[Mapping[str, Any] | None] = queue.Queue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="contact-events")

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def publish(self, event: Mapping[str, Any]) -> None:
        """Send an event in EventBridge's shape soon."""
        self._waiting.put(event)

    def close(self) -> None:
        """Send what is waiting, without further patience, and stop."""
        self._closing.set()
        self._waiting.put(None)
        if self._thread.is_alive():
            self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first]
            while len(batch) < BATCH:
                try:
                    more = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    self._put(batch)
                    return
                batch.append(more)
            self._put(batch)

    def _put(self, events: list[Mapping[str, Any]]) -> None:
        entries: Any = [_entry(event) for event in events]
        for pause in (*PAUSES, 0.0):
            try:
                refused = self._client.put_events(Entries=entries)["FailedEntryCount"]
            except (ClientError, BotoCoreError) as error:
                problem = str(error)
            else:
                if refused:
                    logger.warning("contact events refused", extra={"count": refused})
                return
            if self._closing.wait(pause):
                break
        logger.warning("contact events lost: %s", problem, extra={"count": len(entries)})


def _entry(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "Resources": list(event.get("resources") or []),
        "Time": event["time"],
    }
