"""What a flow wants done, and what may be answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from switchboard.contact_flows.language import NO_MATCHING_ERROR


@dataclass(frozen=True)
class Effect:
    """Something the outside must do or know; `action` is the identifier it comes from."""

    action: str


@dataclass(frozen=True)
class ActionStarted(Effect):
    """An action begins; `parameters` are resolved. Nothing is to be done."""

    type: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Say(Effect):
    """Say this to the caller; without text it is a recording (`prompt_id`)."""

    text: str
    prompt_id: str = ""
    ssml: str = ""


@dataclass(frozen=True)
class AskInput(Effect):
    """Say `text`, then collect at most `maximum` keys within `seconds`."""

    text: str
    seconds: float
    maximum: int = 1
    between_keys: float = 5
    store: bool = False
    prompt_id: str = ""


@dataclass(frozen=True)
class ConnectBot(Effect):
    """Say `text`, then let the bot talk with the caller until its intent is done."""

    alias_arn: str
    text: str
    session_attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class InvokeLambda(Effect):
    """Call the function with this event; the flow waits so many seconds."""

    function_arn: str
    event: Mapping[str, Any]
    seconds: float
    asynchronous: bool = False


@dataclass(frozen=True)
class CreateSession(Effect):
    """Open an AI session of this assistant."""

    assistant_arn: str


@dataclass(frozen=True)
class CheckHours(Effect):
    """Is it open? Without an id, by the hours of the queue."""

    hours_id: str
    queue_arn: str = ""


@dataclass(frozen=True)
class CheckMetric(Effect):
    """How busy is the queue?"""

    metric: str
    queue_arn: str = ""


@dataclass(frozen=True)
class TransferToQueue(Effect):
    """Put the contact into the queue."""

    queue_arn: str


@dataclass(frozen=True)
class WaitInQueue(Effect):
    """The contact waits; the flow is over."""

    queue_arn: str


@dataclass(frozen=True)
class TransferToNumber(Effect):
    """Dial this number and connect the caller."""

    number: str
    seconds: float = 0


@dataclass(frozen=True)
class TransferToFlow(Effect):
    """Go on in another flow."""

    flow_id: str


@dataclass(frozen=True)
class InvokeModule(Effect):
    """Run a module."""

    module_id: str


@dataclass(frozen=True)
class Wait(Effect):
    """Let time pass."""

    seconds: float


@dataclass(frozen=True)
class ContactEvent(Effect):
    """An EventBridge event about the contact, for the default bus."""

    event: Mapping[str, Any]


@dataclass(frozen=True)
class Disconnect(Effect):
    """Close the line."""

    reason: str


class Hangup(Enum):
    """The caller is gone."""

    HANG_UP = "HANG_UP"


HANG_UP = Hangup.HANG_UP


@dataclass(frozen=True)
class Failed:
    """The action failed: its error branch is taken, or the one for any error."""

    error_type: str = NO_MATCHING_ERROR
    reason: str = ""


@dataclass(frozen=True)
class Reply:
    """What a function returned, and how long it took."""

    payload: Any
    seconds: float = 0


@dataclass(frozen=True)
class BotEnded:
    """How a bot's conversation ended; values land in $.Lex."""

    intent: str
    session_attributes: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)


BOT_SILENT = BotEnded("FallbackIntent")
"""Nothing that could be understood: silence ends a bot in its fallback intent."""


@dataclass(frozen=True)
class AgentAnswered:
    """A person took the call out of the queue."""

    agent_arn: str = ""


@dataclass(frozen=True)
class Content:
    """The flow or module to go on in: its text or its parsed JSON."""

    document: str | Mapping[str, Any]


Answer = Hangup | Failed | Reply | BotEnded | AgentAnswered | Content | str | float | bool | None
