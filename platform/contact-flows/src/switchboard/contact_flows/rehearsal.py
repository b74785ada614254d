"""Many random callers through one flow: it must never crash, always end, and reach its actions.

The callers know the flow's own words (keys, intents, values it compares), so that they get far;
they also stay silent, hang up, and find everything down. The same seed gives the same callers.
"""

import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from switchboard.contact_flows.document import FlowDocument, read_flow, references
from switchboard.contact_flows.interpreter.contact import Contact
from switchboard.contact_flows.interpreter.effects import (
    HANG_UP,
    ActionStarted,
    AgentAnswered,
    Answer,
    AskInput,
    BotEnded,
    CheckHours,
    CheckMetric,
    ConnectBot,
    ContactEvent,
    Disconnect,
    Effect,
    Failed,
    InvokeLambda,
    Reply,
    Wait,
    WaitInQueue,
)
from switchboard.contact_flows.interpreter.run import STEP_LIMIT, Ending, drive, interpret
from switchboard.contact_flows.language import MOST_REPLY_BYTES

INSTANCE = "arn:aws:connect:us-east-1:111122223333:instance/00000000-0000-4000-8000-000000000001"
NUMBER = "+15555550100"
_NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
_SESSION_ATTRIBUTE = re.compile(r"\$\.Lex\.SessionAttributes\.([\w-]+)")
_EXTERNAL = re.compile(r"\$\.External\.([\w-]+)")


@dataclass(frozen=True)
class Rehearsal:
    """What came of it."""

    runs: int
    steps: int
    actions: tuple[str, ...]
    reached: frozenset[str]
    outcomes: Counter[str] = field(default_factory=Counter)
    uninterpreted: frozenset[str] = frozenset()

    @property
    def missed(self) -> tuple[str, ...]:
        """Actions that no caller came to."""
        return tuple(name for name in self.actions if name not in self.reached)

    def __str__(self) -> str:
        reached = len(self.actions) - len(self.missed)
        ends = ", ".join(f"{count} {name}" for name, count in self.outcomes.most_common())
        missed = f"; missed: {', '.join(self.missed)}" if self.missed else ""
        return (
            f"{self.runs} calls, {reached} of {len(self.actions)} actions reached ({ends}){missed}"
        )


def rehearse(
    content: str | bytes | Mapping[str, Any] | FlowDocument,
    runs: int = 100,
    seed: int = 0,
    step_limit: int = STEP_LIMIT,
) -> Rehearsal:
    """Let so many callers ring."""
    flow = content if isinstance(content, FlowDocument) else read_flow(content)
    words = _Words.of(flow)
    reached: set[str] = set()
    endings: list[Ending] = []
    for number in range(runs):
        caller = _Caller(random.Random(f"{seed}:{number}"), words, reached)  # noqa: S311 - a caller, no secret
        contact = Contact(f"rehearsal-{seed}-{number}", INSTANCE, NUMBER, NUMBER)
        run = interpret(
            flow, contact, now=lambda: _NOW, new_id=lambda: "event", step_limit=step_limit
        )
        endings.append(drive(run, caller.answer))
    return Rehearsal(
        runs,
        sum(ending.steps for ending in endings),
        tuple(action.identifier for action in flow.actions),
        frozenset(reached),
        Counter(ending.outcome for ending in endings),
        frozenset(kind for ending in endings for kind in ending.uninterpreted),
    )


@dataclass(frozen=True)
class _Words:
    """What the flow knows to ask and to compare."""

    operands: tuple[str, ...]
    session_attributes: tuple[str, ...]
    external: tuple[str, ...]

    @classmethod
    def of(cls, flow: FlowDocument) -> "_Words":
        operands = {
            operand
            for action in flow.actions
            for _, given in action.conditions
            for operand in given
        }
        paths = {path for action in flow.actions for path in references(action.parameters)}
        return cls(
            (*sorted(operands), "", "FallbackIntent", "7"),
            _names(_SESSION_ATTRIBUTE, paths),
            _names(_EXTERNAL, paths),
        )


def _names(pattern: re.Pattern[str], paths: set[str]) -> tuple[str, ...]:
    return tuple(sorted({match[1] for path in paths if (match := pattern.match(path))}))


@dataclass
class _Caller:
    """One caller, and the world that day."""

    dice: random.Random
    words: _Words
    reached: set[str]

    def answer(self, effect: Effect) -> Answer:
        """Whatever comes to mind."""
        if isinstance(effect, ActionStarted):
            self.reached.add(effect.action)
        quiet = isinstance(effect, ActionStarted | ContactEvent | Disconnect)
        if self._happens(0.005 if quiet else 0.03):
            return HANG_UP
        if quiet:
            return None
        return Failed(self._failure()) if self._happens(0.12) else self._reply(effect)

    def _reply(self, effect: Effect) -> Answer:
        match effect:
            case AskInput(maximum=maximum):
                answer: Answer = None if self._happens(0.35) else self._keys(maximum)
            case ConnectBot():
                answer = self._bot()
            case InvokeLambda(seconds=seconds):
                answer = self._function(seconds)
            case CheckHours():
                answer = self._happens(0.6)
            case CheckMetric():
                answer = float(self.dice.choice([0, 1, 5, 1_000]))
            case Wait():
                answer = self._word()
            case WaitInQueue():
                answer = AgentAnswered("agent") if self._happens(0.5) else None
            case _:
                answer = None
        return answer

    def _keys(self, maximum: int) -> str:
        if maximum > 1 and self._happens(0.7):
            return "".join(self.dice.choice("0123456789") for _ in range(maximum + 2))
        return self._word() or "*"

    def _bot(self) -> Answer:
        if self._happens(0.2):
            return None
        return BotEnded(
            self._word(), {name: self._word() for name in self.words.session_attributes}
        )

    def _function(self, seconds: float) -> Answer:
        if self._happens(0.05):
            return Reply({"sentence": "x" * MOST_REPLY_BYTES})
        if self._happens(0.05):
            return Reply({"nested": {"a": 1}})
        taken = seconds * self.dice.choice([0.1, 0.5, 0.9, 1.2])
        return Reply({name: self._word() for name in self.words.external}, taken)

    def _failure(self) -> str:
        return self.dice.choice(["NoMatchingError", "QueueAtCapacity", "TimeLimitExceeded"])

    def _word(self) -> str:
        return self.dice.choice(self.words.operands)

    def _happens(self, chance: float) -> bool:
        return self.dice.random() < chance
