"""A test case at work beside a running contact: it watches, it plays the caller, it overrides.

Sans-IO: whoever drives the contact shows it every effect (`watch`), every sentence of a bot
(`heard`), and asks it what the caller does (`keys`, `words`).
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from switchboard.contact_flows.interpreter.choosing import matches
from switchboard.contact_flows.interpreter.contact import Contact
from switchboard.contact_flows.interpreter.effects import (
    HANG_UP,
    ActionStarted,
    AskInput,
    ConnectBot,
    Effect,
    Hangup,
    Say,
)
from switchboard.contact_flows.interpreter.values import look_up, text_of
from switchboard.contact_flows.test_cases.matching import says, similarity, starts
from switchboard.contact_flows.test_cases.model import (
    Assert,
    CaseAction,
    ConnectTestCase,
    Controlling,
    Event,
    FlowActionStarted,
    Initiated,
    MessageReceived,
    Observation,
    OverrideSystemBehavior,
    PressKeys,
    SendInstruction,
    Speak,
)
from switchboard.contact_flows.test_cases.overrides import Mocked, Overrides
from switchboard.contact_flows.test_cases.report import Line, Report, Seen


@dataclass
class CaseRun:
    """One execution of a test case."""

    name: str
    case: ConnectTestCase
    contact: Contact
    _waiting: list[Observation] = field(default_factory=list)
    _seen: dict[str, Seen] = field(default_factory=dict)
    _failures: list[str] = field(default_factory=list)
    _caller: deque[PressKeys | Speak] = field(default_factory=deque)
    _overrides: Overrides = field(default_factory=Overrides)
    _lines: list[Line] = field(default_factory=list)
    _actions: list[str] = field(default_factory=list)
    _left: Literal["", "hung up", "EndTest"] = ""

    def start(self) -> None:
        """The test is initiated."""
        self._waiting = self.case.first()
        self._match("TestInitiated", lambda event: isinstance(event, Initiated))

    def watch(self, effect: Effect) -> Effect | Mocked | Hangup:
        """Look at an effect: go on with it, answer it like this, or the caller is gone."""
        if isinstance(effect, ActionStarted):
            self._actions.append(effect.action)
            self._match(
                f"{effect.action} starts",
                lambda event: (
                    isinstance(event, FlowActionStarted)
                    and starts(event.properties, effect.type, effect.parameters)
                ),
            )
        elif isinstance(effect, Say | AskInput | ConnectBot) and effect.text:
            self.heard(effect.text)
        return HANG_UP if self._left else self._overrides.apply(effect)

    def heard(self, text: str) -> None:
        """The caller hears something, from the flow or from a bot."""
        self._lines.append(Line("desk", text))
        self._match(
            text,
            lambda event: isinstance(event, MessageReceived) and says(event.properties, text),
        )

    def keys(self) -> str | Hangup | None:
        """What the caller presses at a keypad question; words are not heard there."""
        action = self._next()
        return action.properties.value if isinstance(action, PressKeys) else self._gone()

    def words(self) -> str | Hangup | None:
        """What the caller says to a bot; keys reach it as text."""
        action = self._next()
        return action.properties.value if action is not None else self._gone()

    def report(self, outcome: str) -> Report:
        """What was seen and what was not."""
        unseen = [self._unseen(o) for o in self.case.observations if o.identifier not in self._seen]
        return Report(
            name=self.name,
            failures=(*self._failures, *unseen),
            seen=tuple(self._seen.values()),
            lines=tuple(self._lines),
            actions=tuple(self._actions),
            outcome="ended by the test" if self._left == "EndTest" else outcome,
        )

    def _next(self) -> PressKeys | Speak | None:
        action = self._caller.popleft() if self._caller else None
        if action is not None:
            self._lines.append(Line("caller", action.properties.value))
        return action

    def _gone(self) -> Hangup | None:
        return HANG_UP if self._left else None

    def _match(self, what: str, is_it: Callable[[Event], bool]) -> None:
        for seen in [waiting for waiting in self._waiting if is_it(waiting.event)]:
            self._waiting.remove(seen)
            self._seen[seen.identifier] = Seen(seen.identifier, what)
            self._waiting += [self.case.called(n) for n in seen.transitions.next_observations]
            for action in seen.actions:
                self._do(seen, action)

    def _do(self, seen: Observation, action: CaseAction) -> None:
        match action:
            case OverrideSystemBehavior():
                self._overrides.add(action.parameters.behavior.properties)
            case Assert():
                self._check(seen, action)
            case Controlling():
                self._left = "EndTest"
            case SendInstruction():
                instruction = action.parameters.instruction
                if isinstance(instruction, PressKeys | Speak):
                    self._caller.append(instruction)
                else:
                    self._left = "hung up"

    def _check(self, seen: Observation, action: Assert) -> None:
        wanted = action.parameters
        found = text_of(look_up(wanted.namespace, self.contact.view()))
        if not matches(found, wanted.operator, wanted.operand):
            self._failures.append(
                f"{seen.identifier}: {wanted.namespace} is {found!r}; "
                f"it should be {wanted.operator} {wanted.operand!r}"
            )

    def _unseen(self, observation: Observation) -> str:
        name, event = observation.identifier, observation.event
        if observation not in self._waiting:
            before = [
                other.identifier
                for other in self.case.observations
                if name in other.transitions.next_observations
            ]
            return f"{name}: never waited for, because {' or '.join(before)} was not seen"
        if isinstance(event, MessageReceived):
            return f"{name}: never heard {event.properties.text!r}; {self._closest(event)}"
        if isinstance(event, FlowActionStarted):
            wanted = event.properties
            return f"{name}: {wanted.action_type} never started with {wanted.action_parameters}"
        return f"{name}: the test did not begin"

    def _closest(self, event: MessageReceived) -> str:
        heard = [line.text for line in self._lines if line.who == "desk"]
        if not heard:
            return "nothing was said at all"
        wanted = event.properties.text
        best = max(heard, key=lambda text: similarity(wanted, text))
        return f"closest was {best!r} ({similarity(wanted, best):.2f})"
