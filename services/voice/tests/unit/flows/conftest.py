"""The desk's flow, and a small day at the desk: an agent of few words, functions that answer."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from switchboard.contact_flows.document import FlowDocument, read_flow
from switchboard.contact_flows.interpreter.contact import Contact
from switchboard.contact_flows.interpreter.effects import (
    BOT_SILENT,
    HANG_UP,
    BotEnded,
    ConnectBot,
    Effect,
    InvokeLambda,
    Reply,
)
from switchboard.contact_flows.interpreter.run import drive, interpret
from switchboard.contact_flows.test_cases.case_run import CaseRun
from switchboard.contact_flows.test_cases.model import read_case
from switchboard.contact_flows.test_cases.report import Report
from switchboard.contact_flows.test_cases.runner import Runner
from switchboard.contact_flows.test_cases.stub_world import BotTurn, StubWorld
from switchboard.voice.flows.desk import DeskAddresses, desk_flow
from switchboard.voice.flows.scenarios import Scenario, placeholders

INSTANCE = "arn:aws:connect:us-east-1:111122223333:instance/00000000-0000-4000-8000-000000000001"
LAMBDA = "arn:aws:lambda:us-east-1:111122223333:function"
CLOSED_HOURS = f"{INSTANCE}/operating-hours/never"
ADDRESSES = DeskAddresses(
    assistant="arn:aws:wisdom:us-east-1:111122223333:assistant/desk",
    bot_alias="arn:aws:lex:us-east-1:111122223333:bot-alias/DESK/LIVE",
    queue=f"{INSTANCE}/queue/people",
    hours=f"{INSTANCE}/operating-hours/desk",
    session=f"{LAMBDA}:session",
    status=f"{LAMBDA}:status",
    escalation=f"{LAMBDA}:escalation",
)
ONE_FUNCTION = DeskAddresses(
    **vars(ADDRESSES)
    | {"session": f"{LAMBDA}:desk", "status": f"{LAMBDA}:desk", "escalation": f"{LAMBDA}:desk"}
)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def function(event: Mapping[str, Any]) -> dict[str, str]:
    """The steps of the desk's function, all well."""
    return {
        "open_session": {"greeting": "Hello, this is the I T service desk."},
        "ticket_status": {"found": "true", "sentence": "Somebody is working on it."},
        "record_escalation": {
            "recorded": "true",
            "sentence": "I have noted it. A colleague will call you back.",
        },
        "end_call": {},
    }[event["Details"]["Parameters"]["step"]]


def agent(effect: ConnectBot, said: str | None) -> BotTurn:
    """Enough of the agent for the flow: the real one is tested with its playbook."""
    words = (said or "").lower()
    if not words:
        return BotTurn(ended=BOT_SILENT)
    if re.fullmatch(r"0|.*\b(agent|person)\b.*", words):
        wanted = {"Tool": "Escalate", "escalationReason": "asked_for_person"}
        return BotTurn(("Of course.",), BotEnded("AmazonQinConnect", wanted))
    if "goodbye" in words:
        return BotTurn(("Bye.",), BotEnded("AmazonQinConnect", {"Tool": "Complete"}))
    if "laptop" in words:
        return BotTurn(("Your laptop does not start. Shall I open a ticket?",))
    if "yes please" in words:
        return BotTurn(("Your ticket is open, I N C, 0 0 0 0, 0 1 3. Did you get that?",))
    return BotTurn(("I have done that with your ticket. Anything else?",))


@pytest.fixture(params=["three functions", "one function"])
def addresses(request: pytest.FixtureRequest) -> DeskAddresses:
    """The three functions may be one."""
    return ONE_FUNCTION if request.param == "one function" else ADDRESSES


@pytest.fixture(scope="session")
def content() -> str:
    return desk_flow(ADDRESSES).to_json()


@pytest.fixture(scope="session")
def flow(content: str) -> FlowDocument:
    return read_flow(content)


@pytest.fixture
def contact() -> Contact:
    return Contact("contact-1", INSTANCE, "+15555550100", "+15555550100")


@pytest.fixture
def world(addresses: DeskAddresses) -> StubWorld:
    arns = (addresses.session, addresses.status, addresses.escalation)
    return StubWorld(
        functions=dict.fromkeys(arns, function), bot=agent, closed=frozenset({CLOSED_HOURS})
    )


def runner(addresses: DeskAddresses, world: StubWorld) -> Runner:
    ids = count(1)
    flow = json.loads(desk_flow(addresses).to_json())
    return Runner(flow, world, lambda: NOON, lambda: f"event-{next(ids)}")


@pytest.fixture
def play(addresses: DeskAddresses, contact: Contact, world: StubWorld) -> Callable[..., Report]:
    """Run a scenario against the emitted flow."""

    def run(scenario: Scenario) -> Report:
        case = read_case(scenario.content, placeholders(addresses, CLOSED_HOURS))
        return runner(addresses, world)(scenario.name, case, contact)

    return run


@pytest.fixture
def leave(
    addresses: DeskAddresses, contact: Contact, world: StubWorld
) -> Callable[[Scenario, int], list[Effect]]:
    """Run a scenario whose caller hangs up at the effect of this number; returns the effects."""
    cases: dict[str, Any] = {}
    desk = runner(addresses, world)
    flow = read_flow(desk.flow)  # type: ignore[arg-type]

    def run(scenario: Scenario, position: int) -> list[Effect]:
        if scenario.name not in cases:
            bound = placeholders(addresses, CLOSED_HOURS)
            cases[scenario.name] = read_case(scenario.content, bound)
        seen: list[Effect] = []
        caller = Contact(contact.contact_id, INSTANCE, contact.customer, contact.system)
        case = CaseRun(scenario.name, cases[scenario.name], caller)
        case.start()

        def answer(effect: Effect) -> Any:
            seen.append(effect)
            return HANG_UP if len(seen) == position + 1 else desk.answer(case, effect)

        drive(interpret(flow, caller, now=desk.now, new_id=desk.new_id), answer)
        return seen

    return run


class Line:
    """A call played by hand: answers by effect type, or by the name of the action."""

    def __init__(self, content: str, contact: Contact) -> None:
        self.content = content
        self.contact = contact
        self.effects: list[Any] = []

    def ring(self, **answers: Any) -> Any:
        """Play the call; what is not answered goes well."""
        waiting = {
            name: iter(answer if isinstance(answer, list) else [answer] * 100)
            for name, answer in answers.items()
        }

        def answer(effect: Any) -> Any:
            self.effects.append(effect)
            for name in (type(effect).__name__, effect.action.replace("-", "_")):
                if name in waiting and type(effect).__name__ not in QUIET:
                    return next(waiting[name])
            return Reply(function(effect.event)) if isinstance(effect, InvokeLambda) else None

        run = interpret(
            self.content,
            self.contact,
            now=lambda: NOON,
            new_id=lambda: "event",
        )
        return drive(run, answer)

    def started(self) -> list[str]:
        return [e.action for e in self.effects if type(e).__name__ == "ActionStarted"]

    def said(self) -> list[str]:
        return [e.text for e in self.effects if getattr(e, "text", "")]

    def called(self, step: str) -> list[dict[str, str]]:
        calls = [e for e in self.effects if type(e).__name__ == "InvokeLambda"]
        given = [call.event["Details"]["Parameters"] for call in calls]
        return [parameters for parameters in given if parameters["step"] == step]


QUIET = ("ActionStarted", "ContactEvent", "Disconnect")


@pytest.fixture
def line(content: str, contact: Contact) -> Line:
    return Line(content, contact)
