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

import hashlib
import importlib
import json
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PLAYBOOK_MODULE = "switchboard.local.playbooks"
"""Imported at the first model call; its import registers the playbooks."""

_KIND = re.compile(r"Switchboard's (\w+) agent")


class PlaybookError(Exception):
    """The offline model cannot answer.

    - UnknownPlaybookError: there is no playbook for the agent.
    - PlaybookFailedError: the playbook itself is wrong.
    """


class UnknownPlaybookError(PlaybookError):
    """The system prompt names no agent that has a playbook."""


class PlaybookFailedError(PlaybookError):
    """The playbook raised, or ended without a `Final`."""


@dataclass(frozen=True)
class Call:
    """One tool call; `tool` is matched after the target's `___` prefix."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    say: str = ""


@dataclass(frozen=True)
class Result:
    """What the tool answered."""

    ok: bool
    text: str

    @property
    def json(self) -> Any:
        """The answer as JSON (ValueError when it is none)."""
        return json.loads(self.text)


@dataclass(frozen=True)
class Final:
    """The last words, and the value for a structured answer if the agent asks for one."""

    text: str
    structured: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Context:
    """What a playbook may look at: the first user text, the system prompt, the tools' names."""

    prompt: str
    system: str
    tools: tuple[str, ...]

    def has(self, tool: str) -> bool:
        """Tell whether the agent sees this tool (named without its target)."""
        return resolve(tool, self.tools) in self.tools

    @property
    def seed(self) -> str:
        """A digest of the prompt, for choices that shall differ between stories but not runs."""
        return hashlib.sha256(self.prompt.encode()).hexdigest()


Step = Call | Sequence[Call]
Script = Generator[Step, Any, Final]
Playbook = Callable[[Context], Script]

_PLAYBOOKS: dict[str, Playbook] = {}


def playbook(kind: str) -> Callable[[Playbook], Playbook]:
    """Register the decorated generator as what the agent `kind` thinks."""

    def register(function: Playbook) -> Playbook:
        _PLAYBOOKS[kind] = function
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


def resolve(tool: str, names: Sequence[str]) -> str:
    """The full name `<target>___<tool>` among `names`, or the name itself when there is none."""
    return next((name for name in names if name == tool or name.endswith(f"___{tool}")), tool)


Messages = Sequence[Mapping[str, Any]]


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
        prompts = _prompts(messages)
        return self._from(prompts[-1] if prompts else 0, messages, system, tools)

    def structured(self, messages: Messages, system: str) -> Mapping[str, Any]:
        """The structured value of the conversation: of its newest answered prompt that has one.

        The prompt that asks for the structured form is itself unanswered, and is no task.
        """
        for start in reversed(_prompts(messages)):
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
        prompt = _text(messages[start]["content"]) if messages else ""
        rounds = _rounds(messages[start + 1 :])
        try:
            return _run(script(Context(prompt, system, tuple(tools))), rounds)
        except PlaybookFailedError:
            raise
        except Exception as error:
            raise PlaybookFailedError(
                f"the playbook of agent {kind!r} raised {type(error).__name__}: {error}"
            ) from error


def _run(script: Script, rounds: Sequence[Sequence[Result]]) -> tuple[Call, ...] | Final:
    """Feed the known results; the first step without results is the next one."""
    send: Any = None
    for results in (*rounds, None):
        try:
            step = script.send(send)
        except StopIteration as stop:
            if not isinstance(stop.value, Final):
                raise PlaybookFailedError("the playbook ended without a Final") from stop
            return stop.value
        calls = (step,) if isinstance(step, Call) else tuple(step)
        if results is None:
            return calls
        send = results[0] if isinstance(step, Call) else list(results)
    raise PlaybookFailedError("unreachable: the loop ends with a step or a Final")


def _prompts(messages: Messages) -> list[int]:
    """Indexes of the user messages that are prompts, not tool results."""
    return [
        index
        for index, message in enumerate(messages)
        if message["role"] == "user"
        and any("text" in block for block in message["content"])
        and not any("toolResult" in block for block in message["content"])
    ]


def _rounds(messages: Messages) -> list[list[Result]]:
    """The results of each round of tool calls, in the order they were asked for."""
    rounds: list[list[Result]] = []
    asked: dict[str, int] = {}
    for message in messages:
        blocks = message["content"]
        if message["role"] == "assistant":
            uses = [block["toolUse"]["toolUseId"] for block in blocks if "toolUse" in block]
            asked = {use: index for index, use in enumerate(uses)}
            continue
        results = [block["toolResult"] for block in blocks if "toolResult" in block]
        if results:
            results.sort(key=lambda result: asked.get(result["toolUseId"], 0))
            rounds.append([_result(result) for result in results])
    return rounds


def _result(block: Mapping[str, Any]) -> Result:
    parts = [
        part["text"] if "text" in part else json.dumps(part["json"])
        for part in block.get("content", [])
        if "text" in part or "json" in part
    ]
    return Result(block.get("status") != "error", "\n".join(parts))


def _text(blocks: Sequence[Mapping[str, Any]]) -> str:
    return "".join(block.get("text", "") for block in blocks)
