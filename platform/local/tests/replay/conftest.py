"""Flows as the journal tells them, small enough to read."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

BEGAN = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
FLOW = "01K00000000000000000000000"
PAGE = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"
WORKSPACE = "39523847-0622-5973-a9ed-0bba850133dc"
Event = dict[str, Any]
Make = Callable[..., Event]
SNAPSHOT = {
    "title": "Discount codes",
    "properties": {"Name": "Discount codes", "Status": "Generate Code", "Ticket": ""},
    "content_markdown": "As a shopper I want to enter a code.",
}


def event(kind: str, name: str, cause: str | None, seconds: float, **data: Any) -> Event:
    """An event of the flow, `seconds` after its beginning."""
    metadata = {
        "id": name,
        "type": kind.partition(".")[0],
        "version": 1,
        "time": (BEGAN + timedelta(seconds=seconds)).isoformat(),
        "service": "ingress",
        "correlation_id": FLOW,
    }
    if cause:
        metadata["causation_id"] = cause
    return {"detail-type": kind, "detail": {"metadata": metadata, "data": data}}


@pytest.fixture
def make() -> Make:
    """Makes events."""
    return event


def changed() -> Event:
    """A person set the status."""
    return event(
        "ContentChanged.v1",
        "changed",
        None,
        0,
        source_event_id="s1",
        shape="notion",
        page_id=PAGE,
        workspace_id=WORKSPACE,
        occurred_at=BEGAN.isoformat(),
    )


def requested(cause: str = "changed") -> Event:
    """An agent's work was asked for."""
    return event(
        "InvocationRequested.v1",
        "requested",
        cause,
        1,
        invocation_id="inv",
        notion_page_id=PAGE,
        page_snapshot=SNAPSHOT,
    )


def completed(**other: Any) -> Event:
    """The work is done."""
    data = {
        "invocation_id": "inv",
        "agent_type": "code",
        "status": "completed",
        "cost_usd": "0.25",
        "output_artifacts": [
            {
                "type": "pull_request",
                "url": "http://127.0.0.1:8721/acme/storefront/pull/7",
                "title": "Discount codes",
                "metadata": {"repo": "acme/storefront", "pr_number": 7},
            }
        ],
        "receipt": {
            "lines": [
                {"item": "model input tokens", "quantity": "100", "unit": "token"},
                {"item": "runtime cpu", "quantity": "0.0001", "unit": "vCPU-hour"},
            ]
        },
    }
    return event("InvocationCompleted.v1", "completed", "requested", 5, **{**data, **other})


def delivered(following: str | None = None) -> Event:
    """The result stands in Notion."""
    data = {"invocation_id": "inv", "notion_page_id": PAGE, "comment_id": "c1"}
    if following:
        data["next_invocation_id"] = following
    return event("InvocationDelivered.v1", "delivered", "completed", 6, **data)


@pytest.fixture
def tale() -> SimpleNamespace:
    """The parts of a flow: names, and one function for each event of a story."""
    return SimpleNamespace(
        began=BEGAN,
        flow=FLOW,
        page=PAGE,
        changed=changed,
        requested=requested,
        completed=completed,
        delivered=delivered,
    )


@pytest.fixture
def story() -> list[Event]:
    """A story from its status to its pull request."""
    return [changed(), requested(), completed(), delivered()]


@pytest.fixture
def chain_in_between() -> list[Event]:
    """The same, with a next step that has not been asked for yet."""
    return [changed(), requested(), completed(), delivered(following="inv-2")]
