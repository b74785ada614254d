"""The desk over ports in memory, with a clock that tests turn."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from aws_lambda_powertools import Logger

from switchboard.events.envelope import Event
from switchboard.voice import wiring
from switchboard.voice.adapters.contact_events import parse_contact_event
from switchboard.voice.adapters.contact_flow import Desk
from switchboard.voice.adapters.memory import MemoryCalls, MemorySessions, MemoryTickets
from switchboard.voice.adapters.patience import TimeLeft
from switchboard.voice.domain.end_call import CloseCall
from switchboard.voice.domain.follow_contact import FollowContact
from switchboard.voice.domain.open_session import OpenSession
from switchboard.voice.domain.record_escalation import RecordEscalation

CONTACT = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"
SESSION = (
    "arn:aws:wisdom:us-east-1:111122223333:session/"
    "bbbbbbbb-0000-4000-8000-000000000002/cccccccc-0000-4000-8000-000000000003"
)


@dataclass
class House:
    """Everything voice has, in memory."""

    tickets: MemoryTickets = field(default_factory=MemoryTickets)
    calls: MemoryCalls = field(default_factory=MemoryCalls)
    sessions: MemorySessions = field(default_factory=lambda: MemorySessions({CONTACT: SESSION}))
    log: StringIO = field(default_factory=StringIO)
    now: datetime = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)

    def desk(self) -> Desk:
        """The flow's function."""
        use_cases = wiring.desk_use_cases(self.tickets, self.calls, self.sessions)
        timed = type(use_cases)(
            open_session=OpenSession(self.tickets, self.calls, self.sessions, lambda: self.now),
            tell_status=use_cases.tell_status,
            record_escalation=RecordEscalation(self.calls, lambda: self.now),
            note_outcome=use_cases.note_outcome,
        )
        # Loggers live for the whole process under their name: an id of Python's comes back, and
        # with it the log of another test.
        logger = Logger(service=f"voice-{uuid4()}", stream=self.log)
        return Desk(timed, TimeLeft(lambda: 0.0), TimeLeft(lambda: 0.0), logger)

    def ask(self, event: dict[str, Any]) -> dict[str, str]:
        """One step of the flow."""
        return self.desk()(event)

    def learn(self, *events: Event[Any]) -> None:
        """Events of itsm-mock arrive in this order."""
        handlers = wiring.ticket_handlers(self.tickets, self.calls)
        for event in events:
            handlers[event.detail_type](event)

    def follow(self, *bodies: str) -> list[str]:
        """Contact events arrive in this order."""
        follow = FollowContact(self.calls, CloseCall(self.calls, lambda: self.now))
        return [follow(parse_contact_event(body)) for body in bodies]

    def published(self, detail_type: str) -> list[dict[str, Any]]:
        """What left for the bus."""
        found = [event for event in self.calls.published if event.detail_type == detail_type]
        return [json.loads(event.detail()) for event in found]


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def turn(house: House) -> Callable[[float], None]:
    """Let time pass."""

    def seconds(number: float) -> None:
        house.now = datetime.fromtimestamp(house.now.timestamp() + number, UTC)

    return seconds
