"""Delivers webhook events in the background: up to 8 attempts with growing pauses."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from switchboard.local.notion.events import MAX_ATTEMPTS, Outbox

Sleep = Callable[[float], Awaitable[None]]

logger = logging.getLogger(__name__)

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before attempts 2 to 8. Notion spreads them over a day; nobody waits that long here."""


@dataclass
class Deliverer:
    """One task per event; what is pending when the process dies is delivered by the next one."""

    outbox: Outbox
    pauses: Sequence[float] = PAUSES
    sleep: Sleep = asyncio.sleep
    timeout: float = 10.0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop | None = None
    _client: httpx.AsyncClient | None = None

    async def start(self) -> None:
        """Resume what an earlier process left pending, then wait for more."""
        self._loop = asyncio.get_running_loop()
        self._client = httpx.AsyncClient(timeout=self.timeout)
        self.outbox.wake = self.deliver
        for delivery in self.outbox.deliveries():
            if delivery["state"] == "pending":
                self.deliver(delivery["id"])

    async def stop(self) -> None:
        """Cancel what runs; it stays pending in the journal."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    def deliver(self, delivery_id: str, *, once: bool = False) -> None:
        """Start delivering; `once` is one attempt without retries (redelivery by hand)."""
        if self._loop is not None:
            task = self._loop.create_task(self._deliver(delivery_id, 1 if once else MAX_ATTEMPTS))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery_id: str, most: int) -> None:
        for turn in range(most):
            if turn > 0 and self.pauses:
                await self.sleep(self.pauses[min(turn, len(self.pauses)) - 1])
            if await self._attempt(delivery_id, last=turn == most - 1):
                return

    async def _attempt(self, delivery_id: str, *, last: bool) -> bool:
        delivery = self.outbox.delivery(delivery_id)
        if delivery is None or self._client is None:
            return True
        number = len(delivery["attempts"]) + 1
        raw, headers = self.outbox.request(delivery, number)
        status, error = None, None
        try:
            answer = await self._client.post(delivery["url"], content=raw, headers=headers)
            status = answer.status_code
        except httpx.HTTPError as failure:
            error = f"{type(failure).__name__}: {failure}"
        done = status is not None and status < HTTPStatus.MULTIPLE_CHOICES
        state = "delivered" if done else ("failed" if last else "pending")
        self.outbox.note_attempt(
            delivery_id, {"number": number, "status": status, "error": error}, state
        )
        logger.debug("webhook attempted", extra={"delivery_id": delivery_id, "status": status})
        return done
