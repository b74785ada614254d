"""Playbooks: what the offline model says, as generators replayed against the conversation.

A playbook yields the tool calls it wants and gets their real results back; it ends with a `Final`.
Nothing is kept between model calls: at each call the generator runs again over the results that
are already in the messages, so a run is deterministic and survives a restart of the model.

    @playbook("code")
    def code(ctx: Context) -> Script:
        story = yield Call("notion-fetch", {"id": ...}, "I read the story first.")
        if not story.ok:
            return Final(f"I cannot read the story: {story.text}")
        a, b = yield [Call("create_branch", {...}), Call("get_file_contents", {...})]
        return Final("Done.", {"summary": "...", "artifacts": [...]})
"""

import importlib
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from switchboard.local.model.conversation import Messages, Result, prompts, rounds, text_of
from switchboard.local.model.dialogue import Dialogue, Talk
from switchboard.local.model.steps import (
    Call,
    Context,
    Final,
    PlaybookError,
    PlaybookFailedError,
    Say,
    Step,
    UnknownPlaybookError,
    calls_of,
    resolve,
)

__all__ = [
    "PLAYBOOK_MODULE",
    "Call",
    "Context",
    "Final",
    "Playbook",
    "PlaybookError",
    "PlaybookFailedError",
    "Replay",
    "Result",
    "Say",
    "Script",
    "Step",
    "Talk",
    "UnknownPlaybookError",
    "agent_kind",
    "dialogue",
    "load_playbooks",
    "playbook",
    "resolve",
]

PLAYBOOK_MODULE = "switchboard.local.playbooks"
"""Imported at the first model call; its import registers the playbooks."""

_KIND = re.compile(r"Switchboard's (\w+) agent")


Script = Generator[Step, Any, Final]
Playbook = Callable[[Context], Script] | Dialogue

_PLAYBOOKS: dict[str, Playbook] = {}


def playbook(kind: str) -> Callable[[Callable[[Context], Script]], Callable[[Context], Script]]:
    """Register the decorated generator as what the agent `kind` thinks."""

    def register(function: Callable[[Context], Script]) -> Callable[[Context], Script]:
        _PLAYBOOKS[kind] = function
        return function

    return register


def dialogue(kind: str) -> Callable[[Callable[[Context], Talk]], Callable[[Context], Talk]]:
    """Register the decorated generator as how the agent `kind` talks."""

    def register(function: Callable[[Context], Talk]) -> Callable[[Context], Talk]:
        _PLAYBOOKS[kind] = Dialogue(function)
        return function

    return register


def load_playbooks(module: str = PLAYBOOK_MODULE) -> Mapping[str, Playbook]:
    """Import the module that registers the playbooks (once) and return all of them.

    Raises:
        PlaybookFailedError: the module is there and cannot be imported.
    """
    try:
        importlib.import_module(module)
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name == module:
            return _PLAYBOOKS
        raise PlaybookFailedError(
            f"{module} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    return _PLAYBOOKS


def agent_kind(system: str) -> str | None:
    """The agent that speaks: its system prompt begins `You are Switchboard's <kind> agent.`."""
    found = _KIND.search(system)
    return found[1] if found else None


@dataclass(frozen=True)
class Replay:
    """Runs a playbook against a conversation."""

    playbooks: Mapping[str, Playbook]

    def next(
        self, messages: Messages, system: str, tools: Sequence[str]
    ) -> tuple[Call, ...] | Final:
        """What the model does after `messages`: call tools, or end.

        Raises:
            UnknownPlaybookError: no playbook for the agent of this system prompt.
            PlaybookFailedError: the playbook is wrong.
        """
        found = prompts(messages)
        return self._from(found[-1] if found else 0, messages, system, tools)

    def structured(self, messages: Messages, system: str) -> Mapping[str, Any]:
        """The structured value of the conversation: of its newest answered prompt that has one.

        The prompt that asks for the structured form is itself unanswered, and is no task.
        """
        for start in reversed(prompts(messages)):
            if not any(message["role"] == "assistant" for message in messages[start:]):
                continue
            step = self._from(start, messages, system, ())
            if isinstance(step, Final) and step.structured is not None:
                return step.structured
        return {}

    def _from(
        self, start: int, messages: Messages, system: str, tools: Sequence[str]
    ) -> tuple[Call, ...] | Final:
        kind = agent_kind(system)
        script = self.playbooks.get(kind or "")
        if script is None:
            raise UnknownPlaybookError(
                f"the offline model has no playbook for agent {kind!r} "
                f"(known: {', '.join(sorted(self.playbooks)) or 'none'}). Begin the system prompt "
                'with "You are Switchboard\'s <agent_type> agent." and register that agent type '
                f"in {PLAYBOOK_MODULE}, or set MODEL_ID and the provider to a real model."
            )
        try:
            if isinstance(script, Dialogue):
                return script.next(messages, system, tuple(tools))
            prompt = text_of(messages[start]["content"]) if messages else ""
            context = Context(prompt, system, tuple(tools))
            return _run(script(context), rounds(messages[start + 1 :]))
        except PlaybookFailedError:
            raise
        except Exception as error:
            raise PlaybookFailedError(
                f"the playbook of agent {kind!r} raised {type(error).__name__}: {error}"
            ) from error


def _run(script: Script, answered: Sequence[Sequence[Result]]) -> tuple[Call, ...] | Final:
    """Feed the known results; the first step without results is the next one."""
    send: Any = None
    for results in (*answered, None):
        try:
            step = script.send(send)
        except StopIteration as stop:
            if not isinstance(stop.value, Final):
                raise PlaybookFailedError("the playbook ended without a Final") from stop
            return stop.value
        if results is None:
            return calls_of(step)
        send = results[0] if isinstance(step, Call) else list(results)
    raise PlaybookFailedError("unreachable: the loop ends with a step or a Final")
