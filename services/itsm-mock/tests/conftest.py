"""Doubles of this service's tests: a clock, counted ids, events of other services, a small desk."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from switchboard.events.call import CallEndedV1, CallEscalatedV1
from switchboard.events.envelope import Event, EventData, new_event
from switchboard.events.invocation import (
    DeliveryFailedV1,
    InvocationCancelledV1,
    InvocationCompletedV1,
    InvocationFailedV1,
    InvocationStartedV1,
)
from switchboard.events.ticket import StoryCreatedV1
from switchboard.events.values import Artifact, ErrorInfo, TokenUsage
from switchboard.itsm_mock import wiring
from switchboard.itsm_mock.adapters.memory import MemoryNumbers, MemoryTickets
from switchboard.itsm_mock.domain.add_comment import AddComment, Added, Comment
from switchboard.itsm_mock.domain.change_ticket import ChangeTicket
from switchboard.itsm_mock.domain.create_ticket import CreateTicket, Opened
from switchboard.itsm_mock.domain.model import Ticket
from switchboard.itsm_mock.domain.read_tickets import ReadTickets
from switchboard.itsm_mock.domain.requests import NewComment, NewTicket, TicketChange
from switchboard.itsm_mock.wiring import Ports

START = datetime(2026, 2, 4, 10, 0, tzinfo=UTC)
CALLER = "+15555550100"
CALL = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"
PAGE = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"
PULL_REQUEST = Artifact(
    type="pull_request", url="https://github.example/acme/shop/pull/12", title="Apply discounts"
)
PROTOTYPE = Artifact(type="prototype", url="https://proto.example/1/", title="A clickable page")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


class Make:
    """Events as other services publish them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def event(
        self, data: EventData, service: str, flow: str = CALL, at: datetime | None = None
    ) -> Event[Any]:
        moment = at or self._clock()
        return new_event(
            data,
            service=service,
            correlation_id=flow,
            project_id=getattr(data, "project_id", None),
            clock=lambda: moment,
        )

    def story(self, ticket_id: str, flow: str = CALL, page: str = PAGE) -> Event[StoryCreatedV1]:
        data = StoryCreatedV1(
            ticket_id=ticket_id,
            notion_page_id=page,
            url="https://notion.example/story",
            title="Discount code is ignored",
            project_id="proj-demo",
        )
        return self.event(data, "ingress", flow)

    def started(self, at: datetime | None = None, **changes: Any) -> Event[InvocationStartedV1]:
        flow = changes.pop("flow", CALL)
        values: dict[str, Any] = {
            "invocation_id": "01INVOCATION",
            "workspace_id": "ws-1",
            "notion_page_id": PAGE,
            "project_id": "proj-demo",
            "agent_type": "code",
            "trigger_value": "Generate Code",
            "title": "Discount code is ignored",
            "session_id": "session",
            "started_at": at or self._clock(),
        }
        data = InvocationStartedV1.model_validate(values | changes)
        return self.event(data, "orchestrator", flow, at)

    def completed(self, at: datetime | None = None, **changes: Any) -> Event[InvocationCompletedV1]:
        given = {"status": "completed", "output_artifacts": [PULL_REQUEST]} | changes
        return self._ended(InvocationCompletedV1, at, given)

    def failed(self, at: datetime | None = None, **changes: Any) -> Event[InvocationFailedV1]:
        error = ErrorInfo(code="AGENT_ERROR", message="it broke", remediation="Look at the log")
        return self._ended(InvocationFailedV1, at, {"status": "failed", "error": error} | changes)

    def cancelled(self, at: datetime | None = None, **changes: Any) -> Event[InvocationCancelledV1]:
        return self._ended(InvocationCancelledV1, at, {"status": "cancelled"} | changes)

    def _ended(self, kind: Any, at: datetime | None, changes: dict[str, Any]) -> Event[Any]:
        flow = changes.pop("flow", CALL)
        values: dict[str, Any] = {
            "invocation_id": "01INVOCATION",
            "notion_page_id": PAGE,
            "workspace_id": "ws-1",
            "agent_type": "code",
            "output_summary": "Did it.",
            "cost_usd": Decimal(0),
            "token_usage": TokenUsage(),
            "session_id": "session",
            "created_at": START,
            "project_id": "proj-demo",
            "trigger_value": "Generate Code",
            "title": "Discount code is ignored",
            "origin": "webhook",
        }
        return self.event(kind.model_validate(values | changes), "orchestrator", flow, at)

    def not_delivered(self) -> Event[DeliveryFailedV1]:
        error = ErrorInfo(code="DELIVERY_FAILED", message="404", remediation="Restore the page")
        data = DeliveryFailedV1(invocation_id="01INVOCATION", notion_page_id=PAGE, error=error)
        return self.event(data, "completion")

    def escalated(self, **changes: Any) -> Event[CallEscalatedV1]:
        values: dict[str, Any] = {
            "contact_id": CALL,
            "caller_id": CALLER,
            "reason": "asked_for_person",
            "summary": "Laptop does not start since this morning.",
            "intent": "hardware",
            "sentiment": "neutral",
            "escalated_at": self._clock(),
        }
        data = CallEscalatedV1.model_validate(values | changes)
        return self.event(data, "voice", data.contact_id)

    def ended(self, **changes: Any) -> Event[CallEndedV1]:
        values: dict[str, Any] = {
            "contact_id": CALL,
            "caller_id": CALLER,
            "outcome": "abandoned",
            "talked": True,
            "started_at": START,
            "ended_at": self._clock(),
            "seconds": 42.0,
        }
        data = CallEndedV1.model_validate(values | changes)
        return self.event(data, "voice", data.contact_id)


@dataclass
class Desk:
    """The service over ports in memory, with its queue."""

    clock: Clock
    tickets: MemoryTickets = field(default_factory=MemoryTickets)
    numbers: MemoryNumbers = field(default_factory=MemoryNumbers)

    def __post_init__(self) -> None:
        counter = itertools.count(1)
        self.new_id: Callable[[], str] = lambda: f"id-{next(counter):04d}"
        self.buried: list[tuple[str, str]] = []
        self.hidden: list[int] = []
        self.create_ticket = CreateTicket(self.tickets, self.numbers, self.clock, self.new_id)
        self.add_comment = AddComment(self.tickets, self.clock, self.new_id)
        self.change_ticket = ChangeTicket(self.tickets, self.clock, self.new_id)
        self.read = ReadTickets(self.tickets)

    def create(self, key: str | None = None, **fields: Any) -> Opened:
        values = {"caller_id": CALLER, "issue_description": "My discount code is ignored."}
        return self.create_ticket(NewTicket.model_validate(values | fields), key)

    def ticket(self, **fields: Any) -> Ticket:
        return self.create(**fields).ticket

    def say(
        self,
        ticket_id: str,
        text: str = "It happens again.",
        caller: str | None = CALLER,
        key: str | None = None,
        **fields: Any,
    ) -> Added:
        body = NewComment.model_validate({"comment": text} | fields)
        return self.add_comment(Comment(ticket_id, caller, body, key))

    def change(self, ticket_id: str, **fields: Any) -> Ticket:
        wanted = TicketChange.model_validate(fields)
        return self.change_ticket(ticket_id, self.now(ticket_id).version, wanted)

    def solve(self, ticket_id: str) -> Ticket:
        self.change(ticket_id, state="in_progress")
        return self.change(
            ticket_id, state="resolved", close_code="solved", close_notes="Switched it on."
        )

    def now(self, ticket_id: str) -> Ticket:
        return self.read.one(ticket_id, None)

    def texts(self, ticket_id: str, kind: str) -> list[str]:
        return [item.text for item in self.tickets.entries(ticket_id) if item.kind == kind]

    def told(self, detail_type: str) -> list[Event[Any]]:
        return [event for event in self.tickets.outbox if event.detail_type == detail_type]

    def receive(self, *events: Event[Any]) -> bool:
        """Deliver events one by one; tell whether all of them were handled."""
        inbox = wiring.inbox(Ports(self.tickets, self.numbers, self.clock, self.new_id), self)
        records = [_record(event) for event in events]
        answers = [inbox({"Records": [record]}) for record in records]
        return not any(answer["batchItemFailures"] for answer in answers)

    def hide(self, receipt_handle: str, seconds: int) -> None:
        self.hidden.append(seconds)

    def bury(self, body: str, reason: str) -> None:
        self.buried.append((body, reason))


def _record(event: Event[Any]) -> dict[str, Any]:
    detail = json.loads(event.detail())
    return {
        "messageId": event.metadata.id,
        "receiptHandle": event.metadata.id,
        "body": json.dumps({"detail-type": event.detail_type, "detail": detail}),
        "attributes": {"ApproximateReceiveCount": "1"},
    }


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(clock: Clock) -> Make:
    return Make(clock)


@pytest.fixture
def new_desk(clock: Clock) -> Callable[[], Desk]:
    return lambda: Desk(clock)


@pytest.fixture
def desk(new_desk: Callable[[], Desk]) -> Desk:
    return new_desk()


@pytest.fixture
def record_of() -> Callable[[Event[Any]], dict[str, Any]]:
    return _record
