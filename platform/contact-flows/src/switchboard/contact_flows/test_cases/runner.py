"""Run a test case: one contact through a flow, in a world."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.contact_flows.document import FlowDocument
from switchboard.contact_flows.interpreter.contact import Contact
from switchboard.contact_flows.interpreter.effects import (
    HANG_UP,
    Answer,
    AskInput,
    ConnectBot,
    Effect,
    Hangup,
)
from switchboard.contact_flows.interpreter.run import drive, interpret
from switchboard.contact_flows.test_cases.case_run import CaseRun
from switchboard.contact_flows.test_cases.model import ConnectTestCase
from switchboard.contact_flows.test_cases.overrides import Mocked
from switchboard.contact_flows.test_cases.report import Report
from switchboard.contact_flows.test_cases.stub_world import World

MOST_TURNS = 50
"""A conversation with a bot that never ends is ended."""


@dataclass(frozen=True)
class Runner:
    """Runs test cases against one flow; the clock and the ids come from outside."""

    flow: str | Mapping[str, Any] | FlowDocument
    world: World
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def __call__(self, name: str, case: ConnectTestCase, contact: Contact) -> Report:
        """Play the case and say what came of it."""
        run = CaseRun(name, case, contact)
        run.start()
        contact_run = interpret(self.flow, contact, now=self.now, new_id=self.new_id)
        ending = drive(contact_run, lambda effect: self.answer(run, effect))
        reason = f" ({ending.reason})" if ending.reason else ""
        return run.report(f"{ending.outcome}{reason}")

    def answer(self, run: CaseRun, effect: Effect) -> Answer:
        """What the case or the world answers; for drivers that look over its shoulder."""
        watched = run.watch(effect)
        match watched:
            case Hangup():
                return HANG_UP
            case Mocked(answer=answer):
                return answer
            case AskInput():
                return run.keys()
            case ConnectBot():
                return self._converse(run, watched)
            case _:
                return self.world(watched)

    def _converse(self, run: CaseRun, effect: ConnectBot) -> Answer:
        refused = self.world(effect)
        if refused is not None:
            return refused
        for _ in range(MOST_TURNS):
            said = run.words()
            if said is HANG_UP:
                return HANG_UP
            turn = self.world.talk(effect, None if said is None else str(said))
            for text in turn.says:
                run.heard(text)
            if turn.ended is not None:
                return turn.ended
        return None
