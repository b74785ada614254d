"""One contact through one flow."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from switchboard.contact_flows.actions.table import TABLE
from switchboard.contact_flows.document import (
    FlowAction,
    FlowDocument,
    FlowFormatError,
    read_flow,
)
from switchboard.contact_flows.interpreter.choosing import matches
from switchboard.contact_flows.interpreter.contact import Contact
from switchboard.contact_flows.interpreter.contact_events import ContactEvents
from switchboard.contact_flows.interpreter.effects import (
    HANG_UP,
    ActionStarted,
    AgentAnswered,
    Answer,
    ContactEvent,
    Disconnect,
    Effect,
    Failed,
    WaitInQueue,
)
from switchboard.contact_flows.interpreter.step import (
    Ended,
    Enter,
    Onward,
    Result,
    Turn,
    ask,
)
from switchboard.contact_flows.interpreter.steps import STEPS
from switchboard.contact_flows.interpreter.values import resolve, text_of
from switchboard.contact_flows.language import NO_MATCHING_CONDITION, NO_MATCHING_ERROR

STEP_LIMIT = 1_000
DEEPEST_MODULE = 5
EndingKind = Literal["disconnected", "queued", "transferred", "ended", "hung_up", "dropped", "spun"]
Run = Generator[Effect, Answer, "Ending"]

BY_FLOW, BY_CALLER, BY_AGENT, BY_OTHER = (
    "CONTACT_FLOW_DISCONNECT",
    "CUSTOMER_DISCONNECT",
    "AGENT_DISCONNECT",
    "OTHER",
)
_REASONS: dict[str, str] = {"hung_up": BY_CALLER, "dropped": BY_OTHER, "spun": BY_OTHER}


@dataclass(frozen=True)
class Ending:
    """How the contact left the flow."""

    outcome: EndingKind
    reason: str
    action: str
    """Where it was."""
    steps: int
    uninterpreted: tuple[str, ...]
    """Types that were taken by NextAction, because nothing here plays them."""
    contact: Contact


@dataclass(frozen=True)
class _Stop:
    kind: EndingKind | Literal["returned"]
    reason: str = ""


_Left = Onward | Result | Failed | _Stop


@dataclass
class _Machine:
    """What a run remembers across its documents."""

    contact: Contact
    events: ContactEvents
    step_limit: int
    steps: int = 0
    at: str = ""
    uninterpreted: set[str] = field(default_factory=set)

    def play(self, flow: FlowDocument, depth: int = 0) -> Generator[Effect, Answer, _Stop]:
        """From the start action until the flow is over."""
        loops: dict[str, int] = {}
        action = flow.by_identifier.get(flow.start)
        while action is not None:
            self.steps, self.at = self.steps + 1, action.identifier
            if self.steps > self.step_limit:
                return _Stop("spun", f"more than {self.step_limit} actions: the flow goes round")
            outcome = yield from self._act(action, loops, depth)
            if isinstance(outcome, _Stop):
                return outcome
            target = _way(action, outcome, self.contact.view())
            action = flow.by_identifier.get(target or "")
            if action is None:
                return _Stop("dropped", _why_dropped(self.at, outcome, target))
        return _Stop("dropped", f"StartAction {flow.start!r} is not an action")

    def _act(
        self, action: FlowAction, loops: dict[str, int], depth: int
    ) -> Generator[Effect, Answer, _Left]:
        parameters = resolve(action.parameters, self.contact.view())
        turn = Turn(action, parameters, self.contact, loops)
        yield ActionStarted(action.identifier, action.type, self._shown(action.type, parameters))
        step = STEPS.get(action.type)
        if step is None:
            self.uninterpreted.add(action.type)
            return Onward()
        outcome = yield from step(turn)
        if action.type == "UpdateContactAttributes" and isinstance(outcome, Onward):
            yield ContactEvent(action.identifier, self.events.updated())
        if isinstance(outcome, Enter):
            return (yield from self._enter(outcome, depth))
        if isinstance(outcome, Ended):
            return _Stop(outcome.kind, outcome.reason)
        return outcome

    def _shown(self, kind: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """A transfer names no queue of its own; who watches wants to know which it was."""
        if kind == "TransferContactToQueue":
            return {"QueueId": self.contact.queue.get("ARN", ""), **parameters}
        return parameters

    def _enter(self, enter: Enter, depth: int) -> Generator[Effect, Answer, _Left]:
        if depth >= DEEPEST_MODULE:
            return Failed(reason=f"more than {DEEPEST_MODULE} flows within each other")
        try:
            document = read_flow(enter.document)
        except FlowFormatError as error:
            return Failed(reason=str(error))
        stop = yield from self.play(document, depth + 1)
        if stop.kind == "returned" and enter.comes_back:
            return Onward()
        return stop


def interpret(
    content: str | bytes | Mapping[str, Any] | FlowDocument,
    contact: Contact,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    step_limit: int = STEP_LIMIT,
) -> Run:
    """Run the flow for one contact: yields effects, is sent answers, returns the ending.

    Raises:
        FlowFormatError: this is no flow (raised at the first step).
        AnswerError: an effect was answered with something it cannot use.
    """
    flow = content if isinstance(content, FlowDocument) else read_flow(content)
    events = ContactEvents(contact, now, new_id)
    machine = _Machine(contact, events, step_limit)
    stop = yield from _until_hang_up(_talk(machine, flow))
    reason = _REASONS.get(stop.kind, BY_AGENT if stop.reason == BY_AGENT else BY_FLOW)
    yield Disconnect(machine.at, reason)
    yield ContactEvent(machine.at, events.disconnected(reason))
    yield ContactEvent(machine.at, events.completed())
    kind: EndingKind = "ended" if stop.kind == "returned" else stop.kind
    uninterpreted = tuple(sorted(machine.uninterpreted))
    return Ending(kind, stop.reason, machine.at, machine.steps, uninterpreted, contact)


def drive(run: Run, world: Callable[[Effect], Answer]) -> Ending:
    """Let `world` answer every effect until the contact is over."""
    try:
        effect = next(run)
        while True:
            effect = run.send(world(effect))
    except StopIteration as over:
        ending: Ending = over.value
        return ending


def _talk(machine: _Machine, flow: FlowDocument) -> Generator[Effect, Answer, _Stop]:
    yield ContactEvent(flow.start, machine.events.initiated())
    stop = yield from machine.play(flow)
    if stop.kind != "queued":
        return stop
    yield ContactEvent(machine.at, machine.events.queued())
    queue = machine.contact.queue.get("ARN", "")
    answer = yield from ask(WaitInQueue(machine.at, queue), AgentAnswered)
    if isinstance(answer, AgentAnswered):
        yield ContactEvent(machine.at, machine.events.connected_to_agent(answer.agent_arn))
        return _Stop("queued", BY_AGENT)
    return stop


def _until_hang_up(
    inner: Generator[Effect, Answer, _Stop],
) -> Generator[Effect, Answer, _Stop]:
    """A caller may be gone at any moment: whatever was going on is dropped where it stands."""
    answer: Answer = None
    while True:
        try:
            effect = inner.send(answer)
        except StopIteration as over:
            stop: _Stop = over.value
            return stop
        answer = yield effect
        if answer is HANG_UP:
            inner.close()
            return _Stop("hung_up", "the caller hung up")


def _way(
    action: FlowAction, outcome: Onward | Result | Failed, view: Mapping[str, Any]
) -> str | None:
    """Where this outcome leads; None where no branch is there for it."""
    if isinstance(outcome, Failed):
        named = action.target("error", outcome.error_type)
        other = action.target("error", NO_MATCHING_ERROR)
        # a branch that is optional and not there: Connect goes on
        optional = NO_MATCHING_ERROR in TABLE[action.type].spec.optional_errors
        return named or other or (action.next() if optional else None)
    if isinstance(outcome, Result):
        edges = [edge for edge in action.edges if edge.kind == "condition"]
        for edge, (operator, operands) in zip(edges, action.conditions, strict=True):
            values = (text_of(resolve(operand, view)) for operand in operands)
            if any(matches(outcome.value, operator, value) for value in values):
                return edge.target
        other = action.target("error", NO_MATCHING_CONDITION)
        return other or (action.next() if outcome.or_next or not edges else None)
    return action.next()


def _why_dropped(at: str, outcome: Onward | Result | Failed, target: str | None) -> str:
    if target:
        return f"{at} leads to {target!r}, which is not an action"
    if isinstance(outcome, Failed):
        detail = f" ({outcome.reason})" if outcome.reason else ""
        return f"{at} failed with {outcome.error_type}{detail} and has no branch for it"
    if isinstance(outcome, Result):
        return f"{at} has no branch for {outcome.value!r}"
    return f"{at} has no NextAction"
