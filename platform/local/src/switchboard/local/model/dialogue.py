"""Dialogues: playbooks that talk, as generators replayed against the whole conversation.

A dialogue yields `Say` to end its turn and gets the next words of the other side back; it yields
tool calls and gets their results back. Its local variables are its memory: at each model call the
generator runs again over everything that was said and answered so far, so nothing is kept between
calls and a restart of the model loses nothing.

    @dialogue("l1_support")
    def desk(ctx: Context) -> Talk:
        heard = ctx.prompt
        while "bye" not in heard:
            found = yield Call("lookup", {"word": heard}, "One moment.")
            heard = yield Say(found.text)
        return Final("Goodbye.")
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from switchboard.local.model.conversation import Messages, Result, events
from switchboard.local.model.steps import (
    Call,
    Context,
    Final,
    PlaybookFailedError,
    Say,
    Step,
    calls_of,
)

Talk = Generator[Step | Say, Any, Final]

UNANSWERED = Result(ok=False, text="no answer")
"""Of a call whose result never came: the other side spoke instead."""


@dataclass(frozen=True)
class Dialogue:
    """A talking playbook."""

    talk: Callable[[Context], Talk]

    def next(
        self, messages: Messages, system: str, tools: tuple[str, ...]
    ) -> tuple[Call, ...] | Final:
        """What the model does after `messages`: call tools, speak, or end.

        Raises:
            PlaybookFailedError: the dialogue ended without a `Final`.
        """
        heard = list(events(messages))
        while heard and not isinstance(heard[0], str):
            heard.pop(0)  # results whose question was cut off at the beginning
        prompt = str(heard.pop(0)) if heard else ""
        talk = self.talk(Context(prompt, system, tools))
        send: Any = None
        while True:
            try:
                step = talk.send(send)
            except StopIteration as stop:
                if not isinstance(stop.value, Final):
                    raise PlaybookFailedError("the dialogue ended without a Final") from stop
                return stop.value
            if isinstance(step, Say):
                while heard and not isinstance(heard[0], str):
                    heard.pop(0)  # results nobody waits for
            if not heard:
                return Final(step.text) if isinstance(step, Say) else calls_of(step)
            send = heard.pop(0) if isinstance(step, Say) else _results(step, heard)


def _results(step: Step, heard: list[str | list[Result]]) -> Any:
    """The results of the next round; none were given when words come first."""
    calls = calls_of(step)
    found: list[Result] = []
    if isinstance(heard[0], list):
        found = heard[0]
        heard.pop(0)
    results = [*found, *[UNANSWERED] * len(calls)][: len(calls)]
    return results[0] if isinstance(step, Call) else results
