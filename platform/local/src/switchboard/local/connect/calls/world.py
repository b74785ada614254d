"""What a flow reaches outside of itself: functions, hours, queues, sessions, the AI agent."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from switchboard.contact_flows.interpreter.effects import Failed, Reply
from switchboard.local.connect.agent.deployed import agent_of
from switchboard.local.connect.agent.ports import Model, Pass, ToolServer
from switchboard.local.connect.agent.talk import Talk
from switchboard.local.connect.desk import (
    ASSISTANT,
    HOURS,
    QUEUE,
    Desk,
    Instance,
    NotDeployedError,
    last,
)
from switchboard.local.connect.hours import is_open
from switchboard.local.connect.sessions import Session, Sessions

NO_MATCHING_ERROR = "NoMatchingError"
AT_CAPACITY = "QueueAtCapacity"
AGENT_ARN = "x-amz-lex:q-in-connect:ai-agent-arn"
"""Lex session attribute that picks another agent than the assistant's default."""
PASS_AGE = timedelta(minutes=3)
"""A token lives five minutes; it shall not end between two hops."""


class Functions(Protocol):
    """Where a flow's Lambda functions run."""

    def invoke(self, arn: str, event: Mapping[str, Any], seconds: float, /) -> Reply | Failed:
        """Invoke one; no answer within `seconds`, or a failed function, is `Failed`."""
        ...


class Queues:
    """Who waits in which queue."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._waiting: Counter[str] = Counter()
        self._lock = threading.Lock()

    def enter(self, queue_arn: str, limit: int | None) -> bool:
        """Take a place, if there is one."""
        with self._lock:
            if limit is not None and self._waiting[last(queue_arn)] >= limit:
                return False
            self._waiting[last(queue_arn)] += 1
            return True

    def leave(self, queue_arn: str) -> None:
        """Give the place back."""
        with self._lock:
            self._waiting[last(queue_arn)] -= 1

    def waiting(self, queue_arn: str) -> int:
        """How many wait."""
        with self._lock:
            return self._waiting[last(queue_arn)]


@dataclass(frozen=True)
class World:
    """Everything that calls share; safe for any number of them at once."""

    desk: Desk
    functions: Functions
    model: Model
    server: ToolServer
    sessions: Sessions
    token: Callable[[Instance, str, str], str]
    """Connect's token for a gateway (id) and a contact."""
    publish: Callable[[Mapping[str, Any]], None]
    now: Callable[[], datetime]
    queues: Queues = field(default_factory=Queues)

    def open_session(self, assistant_arn: str, contact_id: str) -> Session:
        """A session of a deployed assistant.

        Raises:
            NotDeployedError: there is no such assistant.
        """
        self.desk.need(ASSISTANT, assistant_arn)
        return self.sessions.open(assistant_arn, contact_id)

    def talk(self, assistant_id: str, chosen: str | None, session: Session) -> Talk:
        """A conversation with an assistant's AI agent.

        Raises:
            NotDeployedError: the agent is not.
        """
        passes = _Passes(self, self.desk.instance(), session.contact_id)
        agent = agent_of(self.desk, assistant_id, chosen)
        return Talk(agent, self.model, self.server, passes, session.data)

    def is_open(self, hours_id: str | None, queue_arn: str | None) -> bool | Failed:
        """Whether these hours, or else those of the queue, say open."""
        try:
            wanted = hours_id or self._queue_hours(queue_arn)
            if not wanted:
                return True
            return is_open(self.desk.need(HOURS, wanted).properties, self.now())
        except NotDeployedError as error:
            return Failed(NO_MATCHING_ERROR, str(error))

    def enter_queue(self, queue_arn: str) -> Failed | None:
        """Take a place in a queue, if it is not full."""
        try:
            limit = self.desk.need(QUEUE, queue_arn).property("MaxContacts")
        except NotDeployedError as error:
            return Failed(NO_MATCHING_ERROR, str(error))
        if self.queues.enter(queue_arn, None if limit is None else int(limit)):
            return None
        return Failed(AT_CAPACITY, f"{limit} contacts wait already")

    def _queue_hours(self, queue_arn: str | None) -> str:
        if not queue_arn:
            return ""
        return str(self.desk.need(QUEUE, queue_arn).property("HoursOfOperationArn", default=""))


@dataclass
class _Passes:
    """The tokens of one contact: signed anew only when the last one has aged."""

    world: World
    instance: Instance
    contact_id: str
    _known: dict[str, tuple[datetime, Pass]] = field(default_factory=dict)

    def __call__(self, gateway_id: str) -> Pass:
        now = self.world.now()
        known = self._known.get(gateway_id)
        if known is None or now - known[0] > PASS_AGE:
            token = self.world.token(self.instance, gateway_id, self.contact_id)
            known = (now, Pass(gateway_id, token))
            self._known[gateway_id] = known
        return known[1]
