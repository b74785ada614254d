"""Small flows, and a driver that plays a written day."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from switchboard.contact_flows.actions.action import Action
from switchboard.contact_flows.actions.routing import DisconnectParticipant
from switchboard.contact_flows.builder import Flow
from switchboard.contact_flows.interpreter.contact import Contact
from switchboard.contact_flows.interpreter.effects import Answer, Effect
from switchboard.contact_flows.interpreter.run import Ending, drive, interpret

INSTANCE = "arn:aws:connect:us-east-1:111122223333:instance/00000000-0000-4000-8000-000000000001"
FLOWS = sorted((Path(__file__).parent / "flows").glob("*.json"))


@pytest.fixture(params=FLOWS, ids=lambda path: path.stem)
def exported(request: pytest.FixtureRequest) -> Path:
    """One of the invented flows, as an export would look."""
    path: Path = request.param
    return path


@pytest.fixture
def contact() -> Contact:
    return Contact("contact-1", INSTANCE, "+15555550100", "+15555550100")


class Day:
    """Plays a flow; keeps every effect; `answers` by effect type, one or a list used in order."""

    def __init__(self, contact: Contact) -> None:
        self.contact = contact
        self.effects: list[Effect] = []

    def __call__(
        self,
        flow: Flow | str | Mapping[str, Any],
        answers: Mapping[type[Effect], Any] | None = None,
        **limits: int,
    ) -> Ending:
        queues = {
            kind: iter(answer) if isinstance(answer, list) else _always(answer)
            for kind, answer in (answers or {}).items()
        }

        def world(effect: Effect) -> Answer:
            self.effects.append(effect)
            answer: Answer = next(queues[type(effect)]) if type(effect) in queues else None
            return answer

        ids = count(1)
        content = flow.document() if isinstance(flow, Flow) else flow
        run = interpret(
            content,
            self.contact,
            now=lambda: datetime(2026, 1, 5, 9, tzinfo=UTC),
            new_id=lambda: f"event-{next(ids)}",
            **limits,
        )
        return drive(run, world)

    def of(self, kind: type[Effect]) -> list[Any]:
        """The effects of one type."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def said(self) -> list[str]:
        return [effect.text for effect in self.effects if getattr(effect, "text", "")]


def _always(answer: Any) -> Iterator[Any]:
    while True:
        yield answer


@pytest.fixture
def day(contact: Contact) -> Day:
    return Day(contact)


@pytest.fixture
def one_action() -> Callable[..., Flow]:
    """A flow of one action whose errors lead to `wrong`, everything else to `right`."""

    def build(action: Action, **ways: Any) -> Flow:
        flow = Flow("one")
        given = {"then": "right", "on_error": "wrong"} | ways
        flow.add("it", action, **given)
        flow.add("right", DisconnectParticipant())
        flow.add("wrong", DisconnectParticipant())
        return flow

    return build


@pytest.fixture
def raw() -> Callable[..., dict[str, Any]]:
    """A whole flow around actions written as in an export."""

    def build(*actions: dict[str, Any], **changes: Any) -> dict[str, Any]:
        document = {
            "Version": "2019-10-30",
            "StartAction": actions[0]["Identifier"] if actions else "",
            "Metadata": {},
            "Actions": [
                {"Parameters": {}, "Transitions": {}, "Type": "DisconnectParticipant"} | action
                for action in actions
            ],
        }
        return json.loads(json.dumps(document | changes))  # type: ignore[no-any-return]

    return build
