"""One action's turn: what it sees, how it asks, and how it may leave."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from switchboard.contact_flows.document import FlowAction
from switchboard.contact_flows.interpreter.contact import Contact
from switchboard.contact_flows.interpreter.effects import Answer, Effect, Failed

EndKind = Literal["disconnected", "queued", "transferred", "ended", "returned"]
Wanted = TypeVar("Wanted")


class AnswerError(TypeError):
    """The driver answered an effect with something that effect cannot use."""


@dataclass(frozen=True)
class Onward:
    """Leave by NextAction."""


@dataclass(frozen=True)
class Result:
    """Leave by the condition that matches; without any, by NoMatchingCondition."""

    value: str
    or_next: bool = False
    """Take NextAction instead when nothing matches and no branch is there for it."""


@dataclass(frozen=True)
class Ended:
    """The flow is over."""

    kind: EndKind
    reason: str = ""


@dataclass(frozen=True)
class Enter:
    """Go on in another document; a module comes back."""

    document: str | Mapping[str, Any]
    comes_back: bool


Outcome = Onward | Result | Failed | Ended | Enter
Step = Generator[Effect, Answer, Outcome]


@dataclass(frozen=True)
class Turn:
    """What an action works with."""

    action: FlowAction
    parameters: Mapping[str, Any]
    """Resolved."""
    contact: Contact
    loops: dict[str, int]

    @property
    def name(self) -> str:
        """The identifier of the action."""
        return self.action.identifier

    def text(self, name: str) -> str:
        """A parameter as text, empty when it is not there."""
        value = self.parameters.get(name)
        return "" if value is None else str(value)

    def seconds(self, name: str, default: float = 0) -> float:
        """A parameter as a number of seconds."""
        try:
            return float(self.text(name) or default)
        except ValueError:
            return default


def ask(effect: Effect, *wanted: type[Wanted]) -> Generator[Effect, Answer, Wanted | Failed | None]:
    """Yield the effect; refuse an answer of another type.

    Raises:
        AnswerError: the driver answered with something else.
    """
    answer = yield effect
    if answer is None or isinstance(answer, Failed):
        return answer
    if isinstance(answer, wanted):
        return answer
    names = " or ".join(kind.__name__ for kind in wanted) or "None"
    raise AnswerError(f"{type(effect).__name__} wants {names}, Failed, HANG_UP or None: {answer!r}")
