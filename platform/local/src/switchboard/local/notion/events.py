"""Webhook events of the workspace, written in the same transaction as the change they tell of.

Wire format: Notion API 2026-03-11, webhooks (event envelope, `X-Notion-Signature`).
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from switchboard.local.notion.ids import Clock, instant, now, stable
from switchboard.local.standin.documents import DocumentStore

API_VERSION = "2026-03-11"
WORKSPACE_ID = stable("workspace")
WORKSPACE_NAME = "Switchboard Local"
INTEGRATION_ID = stable("integration")
MAX_ATTEMPTS = 8


@dataclass(frozen=True)
class Actor:
    """Who changed something: our integration (`bot`) or a person."""

    user_id: str
    kind: str


@dataclass(frozen=True)
class Change:
    """One fact about the workspace, before it becomes an event for each subscription."""

    kind: str
    entity: dict[str, str]
    data: dict[str, Any]
    actor: Actor


def signature(raw: bytes, token: str) -> str:
    """The value of `X-Notion-Signature` for these bytes."""
    return "sha256=" + hmac.new(token.encode(), raw, hashlib.sha256).hexdigest()


@dataclass
class Outbox:
    """Subscriptions and deliveries; `wake` is told each new delivery's id after the commit."""

    store: DocumentStore
    clock: Clock = now
    wake: Callable[[str], None] = field(default=lambda _delivery_id: None)
    _fresh: list[str] = field(default_factory=list)

    def subscribe(self, url: str, token: str, types: list[str]) -> dict[str, Any]:
        """Send events to `url` (again: with the new token). No types means all of them."""
        key = stable(f"subscription/{url}")
        body = {"id": key, "url": url, "verification_token": token, "types": types}
        self.store.put("subscription", key, body)
        return body

    def unsubscribe(self, url: str) -> None:
        """Stop sending events to `url`."""
        self.store.delete("subscription", stable(f"subscription/{url}"))

    def record(self, change: Change) -> None:
        """Note one delivery for each subscription that wants this type."""
        for subscription in self.store.list("subscription"):
            if not subscription["types"] or change.kind in subscription["types"]:
                self._record(subscription, change)

    def _record(self, subscription: dict[str, Any], change: Change) -> None:
        event = {
            "id": str(uuid4()),
            "timestamp": instant(self.clock()),
            "workspace_id": WORKSPACE_ID,
            "workspace_name": WORKSPACE_NAME,
            "subscription_id": subscription["id"],
            "integration_id": INTEGRATION_ID,
            "type": change.kind,
            "authors": [{"id": change.actor.user_id, "type": change.actor.kind}],
            "attempt_number": 1,
            "api_version": API_VERSION,
            "entity": change.entity,
            "data": change.data,
        }
        delivery = {
            "id": str(uuid4()),
            "subscription_id": subscription["id"],
            "url": subscription["url"],
            "state": "pending",
            "event": event,
            "attempts": [],
        }
        self.store.put("delivery", delivery["id"], delivery)
        self._fresh.append(delivery["id"])

    def flush(self) -> None:
        """Wake the deliverer for what was recorded; call it after the commit."""
        fresh, self._fresh = self._fresh, []
        for delivery_id in fresh:
            self.wake(delivery_id)

    def discard(self) -> None:
        """Forget what was recorded in a transaction that was rolled back."""
        self._fresh = []

    def deliveries(self) -> list[dict[str, Any]]:
        """All deliveries, oldest first."""
        return self.store.list("delivery")

    def delivery(self, delivery_id: str) -> dict[str, Any] | None:
        return self.store.get("delivery", delivery_id)

    def note_attempt(self, delivery_id: str, outcome: dict[str, Any], state: str) -> None:
        """Append one attempt to the journal."""
        delivery = self.store.get("delivery", delivery_id)
        if delivery is not None:
            delivery["attempts"].append({"at": instant(self.clock()), **outcome})
            self.store.put("delivery", delivery_id, {**delivery, "state": state})

    def request(self, delivery: dict[str, Any], attempt: int) -> tuple[bytes, dict[str, str]]:
        """The signed bytes of one attempt and their headers."""
        event = {**delivery["event"], "attempt_number": min(attempt, MAX_ATTEMPTS)}
        raw = json.dumps(event, separators=(",", ":")).encode()
        subscription = self.store.get("subscription", delivery["subscription_id"]) or {}
        token = subscription.get("verification_token", "")
        headers = {"Content-Type": "application/json", "X-Notion-Signature": signature(raw, token)}
        return raw, headers
