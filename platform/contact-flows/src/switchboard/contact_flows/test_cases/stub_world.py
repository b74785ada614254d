"""A world for test cases: functions, bots, hours and queues that do as they are told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from switchboard.contact_flows.interpreter.effects import (
    BOT_SILENT,
    Answer,
    BotEnded,
    CheckHours,
    ConnectBot,
    Effect,
    Failed,
    InvokeLambda,
    Reply,
    TransferToQueue,
)
from switchboard.contact_flows.language import QUEUE_AT_CAPACITY
from switchboard.contact_flows.test_cases.matching import same_resource


@dataclass(frozen=True)
class BotTurn:
    """What a bot says, and whether its conversation is over."""

    says: tuple[str, ...] = ()
    ended: BotEnded | None = None


class Bot(Protocol):
    """A conversation; `said` is None when the caller is silent."""

    def __call__(self, effect: ConnectBot, said: str | None) -> BotTurn:
        """Answer one turn."""
        ...


class World(Protocol):
    """What a test case runs against."""

    def __call__(self, effect: Effect) -> Answer:
        """Answer an effect other than a question to the caller."""
        ...

    def talk(self, effect: ConnectBot, said: str | None) -> BotTurn:
        """One turn of a bot."""
        ...


def deaf_bot(effect: ConnectBot, said: str | None) -> BotTurn:  # noqa: ARG001 - it hears nothing
    """A bot that understands nothing."""
    return BotTurn(ended=BOT_SILENT)


Function = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class StubWorld:
    """Open, roomy and silent, unless said otherwise."""

    functions: Mapping[str, Function] = field(default_factory=dict)
    bot: Bot = deaf_bot
    closed: frozenset[str] = frozenset()
    """Ids of hours that are closed now."""
    full: frozenset[str] = frozenset()
    """Queues without room."""

    def __call__(self, effect: Effect) -> Answer:
        """Answer an effect."""
        match effect:
            case InvokeLambda(function_arn=arn, event=event):
                function = self.functions.get(arn)
                return Reply(function(event)) if function else Failed(reason=f"no function {arn}")
            case CheckHours(hours_id=hours):
                return not any(same_resource(hours, closed) for closed in self.closed)
            case TransferToQueue(queue_arn=queue):
                is_full = any(same_resource(queue, full) for full in self.full)
                return Failed(QUEUE_AT_CAPACITY) if is_full else None
        return None

    def talk(self, effect: ConnectBot, said: str | None) -> BotTurn:
        """One turn of the bot."""
        return self.bot(effect, said)
