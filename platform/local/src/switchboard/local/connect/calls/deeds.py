"""What the effects of a flow do, apart from waiting for the caller."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from switchboard.contact_flows.interpreter import effects as fx
from switchboard.contact_flows.interpreter.contact import Contact
from switchboard.local.connect import lines
from switchboard.local.connect.calls.world import NO_MATCHING_ERROR, World
from switchboard.local.connect.desk import FLOW, FLOW_MODULE, NotDeployedError, content
from switchboard.local.connect.lines import Tell

CONTACTS_IN_QUEUE = "NumberOfContactsInQueue"


class Deeds:
    """Says, invokes, looks up and reports for one contact."""

    def __init__(
        self, world: World, contact: Contact, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """Act in `world` for `contact`."""
        self._world = world
        self._contact = contact
        self._clock = clock
        self.queue = ""
        """Where the contact holds a place."""
        self.disconnect_reason: str | None = None
        self._doers: Mapping[type, Callable[[Any, Tell], Any]] = {
            fx.Say: say,
            fx.InvokeLambda: self._invoke,
            fx.CreateSession: self._create_session,
            fx.CheckHours: self._check_hours,
            fx.CheckMetric: self._check_metric,
            fx.TransferToQueue: self._transfer,
            fx.TransferToFlow: self._flow,
            fx.InvokeModule: self._module,
            fx.ContactEvent: self._publish,
            fx.Disconnect: self._disconnect,
        }

    def leave_queue(self) -> None:
        """Give the place in the queue back, if there is one."""
        if self.queue:
            self._world.queues.leave(self.queue)
            self.queue = ""

    def do(self, effect: fx.Effect, tell: Tell) -> Any:
        """The answer to an effect; what is not known here is answered with its default."""
        doer = self._doers.get(type(effect))
        return doer(effect, tell) if doer else None

    def _invoke(self, effect: fx.InvokeLambda, tell: Tell) -> Any:
        start = self._clock()
        answer = self._world.functions.invoke(effect.function_arn, effect.event, effect.seconds)
        reason = answer.reason if isinstance(answer, fx.Failed) else ""
        tell(lines.step(effect.action, self._clock() - start, reason))
        return answer

    def _create_session(self, effect: fx.CreateSession, tell: Tell) -> Any:
        try:
            session = self._world.open_session(effect.assistant_arn, self._contact.contact_id)
        except NotDeployedError as error:
            return failed(effect, error, tell)
        return session.arn

    def _check_hours(self, effect: fx.CheckHours, _tell: Tell) -> Any:
        return self._world.is_open(effect.hours_id, effect.queue_arn)

    def _check_metric(self, effect: fx.CheckMetric, _tell: Tell) -> float | None:
        if effect.metric == CONTACTS_IN_QUEUE and effect.queue_arn:
            return float(self._world.queues.waiting(effect.queue_arn))
        return None  # one person is there, nobody has waited for long

    def _transfer(self, effect: fx.TransferToQueue, _tell: Tell) -> Any:
        refused = self._world.enter_queue(effect.queue_arn)
        if refused is None:
            self.queue = effect.queue_arn
        return refused

    def _flow(self, effect: fx.TransferToFlow, tell: Tell) -> Any:
        return self._content(effect, FLOW, effect.flow_id, tell)

    def _module(self, effect: fx.InvokeModule, tell: Tell) -> Any:
        return self._content(effect, FLOW_MODULE, effect.module_id, tell)

    def _content(self, effect: fx.Effect, type_name: str, identifier: str, tell: Tell) -> Any:
        try:
            return fx.Content(content(self._world.desk.need(type_name, identifier)))
        except NotDeployedError as error:
            return failed(effect, error, tell)

    def _publish(self, effect: fx.ContactEvent, _tell: Tell) -> None:
        self._world.publish(effect.event)

    def _disconnect(self, effect: fx.Disconnect, _tell: Tell) -> None:
        self.disconnect_reason = effect.reason
        self.leave_queue()


def say(effect: Any, tell: Tell) -> None:
    """What a prompt says; a recording has no words here."""
    text = getattr(effect, "text", "")
    if text or getattr(effect, "prompt_id", ""):
        tell(lines.said(text or "(a recording is played)", by="flow"))


def failed(effect: fx.Effect, error: Exception, tell: Tell) -> fx.Failed:
    """The error branch of an action, and why, for whoever watches the call."""
    tell(lines.step(effect.action, 0, str(error)))
    return fx.Failed(NO_MATCHING_ERROR, str(error))
