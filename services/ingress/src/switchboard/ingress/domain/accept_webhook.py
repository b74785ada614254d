"""The webhook door: is it true, is it new, and if so keep it.

Replay defence: a kept event is refused for as long as its receipt lives (14 days), and a signed
`timestamp` older than `MAX_EVENT_AGE` is refused at all. Notion's last delivery attempt comes
about 24 hours after the event; twice that leaves room for its clock and ours.

Errors::

    WebhookRefusedError
    ├── InvalidWebhookError       not proved to be true: 401
    └── WebhookTooLargeError      413
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from switchboard.events.content import ContentChangedV1
from switchboard.ingress.domain.authenticity import CredentialCache, same, shares, signed_by
from switchboard.ingress.domain.envelopes import Envelopes
from switchboard.ingress.domain.model import notion_id
from switchboard.ingress.domain.ports import Receipts
from switchboard.ingress.domain.webhook_bodies import (
    AutomationBody,
    handshake_token,
    read_body,
)

MAX_EVENT_AGE = timedelta(hours=48)
MAX_BODY_BYTES = 1_000_000


class WebhookRefusedError(ValueError):
    """The door stays shut; nothing was kept. `remediation` says what a person can do."""

    def __init__(self, message: str, remediation: str) -> None:
        """Say what is wrong and what to do, never with a secret or a body in it."""
        super().__init__(message)
        self.remediation = remediation


class InvalidWebhookError(WebhookRefusedError):
    """The delivery is not proved to come from Notion (F15 INVALID_WEBHOOK)."""


class WebhookTooLargeError(WebhookRefusedError):
    """The body is larger than any webhook of Notion."""


@dataclass(frozen=True)
class Delivery:
    """One HTTP request as it arrived: exact bytes and the two headers that may prove it."""

    raw: bytes
    signature: str | None = None
    shared_secret: str | None = None


@dataclass(frozen=True)
class Receipt:
    """How the door answers: accepted, duplicate, ignored or verified (the handshake)."""

    status: str
    correlation_id: str | None = None
    source_event_id: str | None = None


@dataclass(frozen=True)
class AcceptWebhook:
    """Check a delivery and keep what it reports, in one conditional write."""

    credentials: CredentialCache
    receipts: Receipts
    envelopes: Envelopes
    clock: Callable[[], datetime]
    workspace_id: str | None = None
    """The environment's Notion workspace (ENV-01); None takes webhooks of any."""

    def __call__(self, delivery: Delivery) -> Receipt:
        """Answer the delivery.

        Raises:
            InvalidWebhookError: signature, shared secret, handshake, age or workspace is not right.
            WebhookTooLargeError: more than `MAX_BODY_BYTES`.
            MalformedWebhookError: true, but no known shape.
        """
        if len(delivery.raw) > MAX_BODY_BYTES:
            raise WebhookTooLargeError(
                f"the body has {len(delivery.raw)} bytes, at most {MAX_BODY_BYTES} are read",
                "Send Notion's webhook body unchanged; page content is read from Notion itself",
            )
        token = handshake_token(delivery.raw)
        if token is not None:
            return self._handshake(token)
        change = self._proved(delivery)
        return Receipt("ignored") if change is None else self._keep(change)

    def _proved(self, delivery: Delivery) -> ContentChangedV1 | None:
        now = self.clock()
        if delivery.shared_secret is not None:
            self._demand_shared_secret(delivery.shared_secret)
            body = read_body(delivery.raw)
            if not isinstance(body, AutomationBody):
                raise InvalidWebhookError(
                    "the shared secret is for automation bodies only",
                    "Let Notion sign webhook deliveries, without the shared-secret header",
                )
            return body.change(delivery.raw, now)
        self._demand_signature(delivery)
        body = read_body(delivery.raw)
        if isinstance(body, AutomationBody):
            raise InvalidWebhookError(
                "an automation body must carry the shared-secret header",
                "Add the header X-Switchboard-Automation-Secret to the automation's webhook",
            )
        if body.timestamp is not None:
            self._demand_fresh(body.timestamp, now)
        self._demand_own_workspace(body.workspace_id)
        return body.change(delivery.raw, now)

    def _demand_shared_secret(self, given: str) -> None:
        if not self.credentials.passes(lambda known: shares(given, known.automation_secret)):
            raise InvalidWebhookError(
                "the shared secret of the automation is wrong",
                "Copy automation_secret from the webhook secret into the automation's header",
            )

    def _demand_signature(self, delivery: Delivery) -> None:
        if not self.credentials.passes(
            lambda known: signed_by(delivery.raw, delivery.signature, known.verification_token)
        ):
            raise InvalidWebhookError(
                "the signature is missing or does not fit the body",
                "Check that the stored verification_token is the one of Notion's subscription; "
                "arm the handshake and verify the subscription again if it is not",
            )

    def _demand_fresh(self, sent_at: datetime, now: datetime) -> None:
        if now - sent_at > MAX_EVENT_AGE:
            raise InvalidWebhookError(
                "the event is older than 48 hours",
                "Set the page's Status again; Notion then sends a new event",
            )

    def _demand_own_workspace(self, workspace_id: str) -> None:
        if self.workspace_id and notion_id(workspace_id) != self.workspace_id:
            raise InvalidWebhookError(
                "the event is from another Notion workspace than this environment's",
                "Subscribe this environment's own workspace; which one that is says its parameter "
                "platform/notion/workspace-id",
            )

    def _keep(self, change: ContentChangedV1) -> Receipt:
        event = self.envelopes.first(change)
        # Idempotent: the receipt is keyed by the source event, and is itself the outgoing event.
        new = self.receipts.keep(event)
        return Receipt(
            "accepted" if new else "duplicate",
            correlation_id=event.metadata.correlation_id if new else None,
            source_event_id=change.source_event_id,
        )

    def _handshake(self, token: str) -> Receipt:
        known = self.credentials.fresh()
        if known.verification_token:
            # Notion may repeat the handshake; whoever knows the stored token is told nothing new.
            if same(token, known.verification_token):
                return Receipt("verified")
            raise self._not_armed("a verification token is already stored")
        if known.armed_until is None or known.armed_until <= self.clock():
            raise self._not_armed("the handshake is not armed")
        if not self.receipts.claim_handshake(
            known.armed_until, hashlib.sha256(token.encode()).hexdigest()
        ):
            raise self._not_armed("another handshake won this arming")
        self.credentials.write(replace(known, verification_token=token, armed_until=None))
        return Receipt("verified")

    def _not_armed(self, message: str) -> InvalidWebhookError:
        return InvalidWebhookError(
            message,
            "Arm it (`python -m switchboard.ingress.handler`), then press Resend token in Notion",
        )
