"""One call: drives the interpreter of the deployed flow, pausing where the caller's turn is."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from switchboard.contact_flows.interpreter import effects as fx
from switchboard.contact_flows.interpreter.contact import Contact
from switchboard.contact_flows.interpreter.run import Ending, Run
from switchboard.contact_flows.test_cases.overrides import Mocked
from switchboard.local.connect import lines
from switchboard.local.connect.agent.ports import AgentDownError
from switchboard.local.connect.agent.prompt import PromptError
from switchboard.local.connect.agent.talk import Returned, Talk
from switchboard.local.connect.calls.caller_input import CallerInput, Kind
from switchboard.local.connect.calls.deeds import Deeds, failed, say
from switchboard.local.connect.calls.transcript import Transcript
from switchboard.local.connect.calls.world import AGENT_ARN, NO_MATCHING_ERROR, World
from switchboard.local.connect.desk import NotDeployedError, last
from switchboard.local.connect.lines import Tell

LISTENS_FOR: Mapping[type, str] = {
    fx.AskInput: "keys",
    fx.ConnectBot: "speech",
    fx.WaitInQueue: "person",
}
"""Where a flow pauses for its caller, and what it waits for."""
QUEUED, HUNG_UP = "queued", "hung_up"
PASSIVE = (fx.ContactEvent, fx.Disconnect, fx.ActionStarted)
"""Effects at which it makes no difference whether the caller is still there."""


Watch = Callable[[fx.Effect], "fx.Effect | Mocked | fx.Hangup"]
"""Sees each effect first: lets it pass, changed or not, answers it, or is gone (a test case)."""


class _Pause:
    """It is the caller's turn."""


PAUSE = _Pause()


class Call:
    """A caller on the line; one turn at a time, by one thread at a time."""

    def __init__(
        self,
        contact: Contact,
        run: Run,
        world: World,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Drive `run`, the interpreter at the start of its flow."""
        self.contact = contact
        self.transcript = Transcript()
        self.ending: lines.Line | None = None
        self.watch: Watch | None = None
        self._run = run
        self._world = world
        self._clock = clock
        self._deeds = Deeds(world, contact, clock)
        self._tell: Tell = lambda _line: None
        self._talk: Talk | None = None
        self._waiting: fx.Effect | None = None
        self._queued = False
        self._gone = threading.Event()

    @property
    def waits_for(self) -> str | None:
        """`speech`, `keys`, `person`; None while the desk is at work or the call is over."""
        return LISTENS_FOR.get(type(self._waiting))

    @property
    def action(self) -> str:
        """The action of the flow that waits."""
        return self._waiting.action if self._waiting else ""

    @property
    def session_arn(self) -> str:
        """The session that UpdateContactData gave to the contact."""
        return self.contact.data.get("WisdomSessionArn", "")

    @property
    def disconnect_reason(self) -> str | None:
        """Why the line was closed."""
        return self._deeds.disconnect_reason

    def leave(self) -> None:
        """Hang up while the desk is at work: heard at its next step."""
        self._gone.set()

    def drop(self, reason: str) -> None:
        """The call cannot go on."""
        self._deeds.leave_queue()
        self.ending = {"outcome": "dropped", "reason": reason}

    def begin(self, tell: Tell) -> None:
        """From the first action to the caller's first turn."""
        self._timed(tell, lambda: self._go_on(None))

    def turn(self, given: CallerInput, tell: Tell) -> None:
        """The caller does something; runs until it is the caller's turn again, or the end."""

        def act() -> None:
            waiting, self._waiting = self._waiting, None
            self.transcript.heard(given.shown)
            answer = self._answered(waiting, given)
            if isinstance(answer, _Pause):
                self._waiting = waiting
            else:
                self._go_on(answer)

        self._timed(tell, act)

    def _timed(self, tell: Tell, act: Callable[[], None]) -> None:
        def noting(line: lines.Line) -> None:
            self.transcript.note(line)
            tell(line)

        start, before = self._clock(), self._model_seconds()
        self._tell = noting
        act()
        times = (self._clock() - start, self._model_seconds() - before)
        if self.ending is not None:
            noting(lines.ended(self.ending, list(self.transcript.tickets), *times))
        else:
            noting(lines.waiting(self.waits_for or "", *times))

    def _model_seconds(self) -> float:
        return self._talk.model_seconds if self._talk else 0.0

    def _go_on(self, answer: Any) -> None:
        """Let the flow run until it waits for the caller or is over."""
        while True:
            try:
                effect = self._run.send(answer)
            except StopIteration as stop:
                self.ending = self._ended(stop.value)
                return
            effect, answer = self._watched(effect)
            if self._gone.is_set() and not isinstance(effect, PASSIVE):
                self._gone.clear()
                answer = fx.HANG_UP
            if isinstance(answer, _Pause):
                self._waiting = effect
                return

    def _ended(self, ending: Ending) -> lines.Line:
        """Who waits for a person and hangs up has been put through as far as a desk can do."""
        outcome = QUEUED if self._queued and ending.outcome == HUNG_UP else ending.outcome
        return {"outcome": outcome, "reason": ending.reason}

    def _watched(self, effect: fx.Effect) -> tuple[fx.Effect, Any]:
        if self.watch is None:
            return effect, self._done(effect)
        match self.watch(effect):
            case Mocked(answer=answer):
                say(effect, self._tell)
                return effect, answer
            case fx.Hangup():
                passive = isinstance(effect, PASSIVE)
                return effect, self._done(effect) if passive else fx.HANG_UP
            case changed:
                return changed, self._done(changed)

    def _done(self, effect: fx.Effect) -> Any:
        match effect:
            case fx.AskInput():
                say(effect, self._tell)
                return PAUSE
            case fx.ConnectBot():
                say(effect, self._tell)
                return self._connected(effect)
            case fx.WaitInQueue():
                self._queued = True
                return PAUSE
            case _:
                return self._deeds.do(effect, self._tell)

    def _connected(self, effect: fx.ConnectBot) -> Any:
        try:
            if self._talk is None:
                self._talk = self._new_talk(effect)
        except NotDeployedError as error:
            return failed(effect, error, self._tell)
        return PAUSE

    def _new_talk(self, effect: fx.ConnectBot) -> Talk:
        bot = self._world.desk.bot(effect.alias_arn)
        session = self._world.sessions.find(last(self.session_arn))
        if session is None or session.assistant_id != bot.assistant_id:
            # As on AWS: "Amazon Lex needs active session for Q In Connect".
            raise NotDeployedError(
                "no session of the bot's assistant: CreateWisdomSession and UpdateContactData "
                "(WisdomSessionArn) come before the bot"
            )
        chosen = effect.session_attributes.get(AGENT_ARN)
        return self._world.talk(bot.assistant_id, chosen, session)

    def _answered(self, waiting: fx.Effect | None, given: CallerInput) -> Any:
        """What the caller's turn answers to the effect that waits for it."""
        if given.kind is Kind.HANG_UP:
            return fx.HANG_UP
        match waiting:
            case fx.AskInput():
                # Nothing listens for words here: they are as good as silence.
                return keys_of(waiting, given.text) if given.kind is Kind.KEYS else None
            case fx.ConnectBot():
                return None if given.kind is Kind.SILENCE else self._talked(waiting, given.text)
            case _:
                return PAUSE  # in a queue only hanging up, or a person, ends the waiting

    def _talked(self, waiting: fx.ConnectBot, text: str) -> Any:
        if self._talk is None:
            return fx.Failed(NO_MATCHING_ERROR, "the bot has no conversation")
        try:
            returned = self._talk.hear(text, self._tell)
            return PAUSE if returned is None else self._returned(waiting, returned)
        except (AgentDownError, NotDeployedError, PromptError) as error:
            return failed(waiting, error, self._tell)

    def _returned(self, waiting: fx.ConnectBot, returned: Returned) -> fx.BotEnded:
        intent = self._world.desk.bot(waiting.alias_arn).intent
        return fx.BotEnded(intent, {**returned.inputs, "Tool": returned.tool})


def keys_of(waiting: fx.AskInput, keys: str) -> str | None:
    """What a menu or a question for digits takes of the keys: up to `#`, at most its maximum."""
    if not waiting.store:
        return keys[: max(1, waiting.maximum)]
    return keys.split("#", maxsplit=1)[0][: waiting.maximum] or None
