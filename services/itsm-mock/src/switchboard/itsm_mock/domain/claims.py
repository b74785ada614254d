"""What must not be done twice: same key, same words in the same call, same event, same contact."""

import hashlib
from datetime import datetime, timedelta

from switchboard.itsm_mock.domain.model import InvalidRequestError
from switchboard.itsm_mock.domain.ports import Claim
from switchboard.itsm_mock.domain.texts import words

KEPT_KEY = timedelta(hours=24)
"""How long an Idempotency-Key stands for its request."""
SAME_WORDS = timedelta(minutes=10)
"""How long the same words in the same call are the same request (a model that tries again)."""
KEPT_EVENT = timedelta(days=90)
"""Longer than the bus archive: nothing that can still come back finds its claim gone."""


def digest(*parts: str) -> str:
    """A fixed-length name for parts that may hold anything."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def key_claim(operation: tuple[str, ...], key: str, body: str, result: str, now: datetime) -> Claim:
    """The claim of an Idempotency-Key: it stands for one operation with one body."""
    return Claim(f"KEY#{digest(*operation, key)}", result, now + KEPT_KEY, digest(body))


def words_claim(
    operation: tuple[str, ...], contact_id: str, text: str, result: str, now: datetime
) -> Claim:
    """The claim of the same words within one call."""
    key = f"WORDS#{digest(*operation, contact_id, words(text))}"
    return Claim(key, result, now + SAME_WORDS)


def event_claim(event_id: str, result: str, now: datetime) -> Claim:
    """The claim that makes a consumer idempotent: an event id has one effect."""
    return Claim(f"EVENT#{event_id}", result, now + KEPT_EVENT)


def contact_claim(contact_id: str, result: str, now: datetime) -> Claim:
    """The claim of the one ticket that the desk itself opens for a call."""
    return Claim(f"CONTACT#{contact_id}", result, now + KEPT_EVENT)


def demand_same(claim: Claim, found: Claim) -> None:
    """Refuse a key that stood for something else.

    Raises:
        InvalidRequestError: the bodies differ.
    """
    if claim.fingerprint != found.fingerprint:
        raise InvalidRequestError(
            "IDEMPOTENCY_CONFLICT",
            "The Idempotency-Key was used for another request within the last 24 hours",
            "Use a new key for a new request",
        )
