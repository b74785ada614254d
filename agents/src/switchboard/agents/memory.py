"""Model, tool box, bus and memory of projects in memory, for tests: scripted, without network."""

import json
import re
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from strands.models.model import Model
from strands.tools.tools import PythonAgentTool
from strands.types.content import Messages
from strands.types.streaming import StreamEvent

from switchboard.agents.event_bus import PublishError
from switchboard.agents.payload import RunRequest
from switchboard.agents.remembering import Turn
from switchboard.events.envelope import Event

Step = Callable[[Messages], Any]
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Call:
    """One tool call the scripted model makes."""

    tool: str
    arguments: dict[str, Any]


@dataclass
class ScriptedModel(Model):
    """Plays `turns` one after the other; the last one again and again.

    A turn is a Call, a text, or a function of the messages that returns one of them or raises.
    """

    turns: list[Any]
    tokens_in: int = 100
    tokens_out: int = 20
    asked: list[int] = field(default_factory=list)
    max_tokens: int = 4_096

    def update_config(self, **model_config: Any) -> None:
        self.max_tokens = model_config.get("max_tokens", self.max_tokens)

    def get_config(self) -> dict[str, Any]:
        return {"model_id": "scripted", "max_tokens": self.max_tokens}

    async def stream(
        self, messages: Messages, *_args: Any, **_options: Any
    ) -> AsyncIterable[StreamEvent]:
        """Stream the next turn in Bedrock's event order."""
        self.asked.append(self.max_tokens)
        turn = self.turns[min(len(self.asked), len(self.turns)) - 1]
        if callable(turn):
            turn = turn(messages)
        yield {"messageStart": {"role": "assistant"}}
        for event in _block(turn, len(self.asked)):
            yield event
        yield {"messageStop": {"stopReason": "tool_use" if isinstance(turn, Call) else "end_turn"}}
        out = min(self.tokens_out, self.max_tokens)
        yield {
            "metadata": {
                "usage": {
                    "inputTokens": self.tokens_in,
                    "outputTokens": out,
                    "totalTokens": self.tokens_in + out,
                },
                "metrics": {"latencyMs": 0},
            }
        }

    async def structured_output(
        self, *_args: Any, **_options: Any
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Unused, as in the metered model."""
        raise NotImplementedError
        yield {}


def _block(turn: Any, number: int) -> Iterator[Any]:
    if isinstance(turn, Call):
        yield {
            "contentBlockStart": {
                "start": {"toolUse": {"name": turn.tool, "toolUseId": f"call{number}"}}
            }
        }
        delta: Any = {"toolUse": {"input": json.dumps(turn.arguments)}}
    else:
        yield {"contentBlockStart": {"start": {}}}
        delta = {"text": str(turn)}
    yield {"contentBlockDelta": {"delta": delta}}
    yield {"contentBlockStop": {}}


class MemoryToolBox:
    """Tools that are plain functions from arguments to a JSON object."""

    def __init__(self, tools: dict[str, Callable[[dict[str, Any]], dict[str, Any]]]) -> None:
        """Offer `tools` by their full names, e.g. `github___create_branch`."""
        self._tools = tools
        self.opened_for: list[RunRequest] = []

    @contextmanager
    def open(self, request: RunRequest) -> Iterator[list[Any]]:
        """Give the tools as Strands tools."""
        self.opened_for.append(request)
        yield [_tool(name, function) for name, function in self._tools.items()]


def _tool(name: str, function: Callable[[dict[str, Any]], dict[str, Any]]) -> PythonAgentTool:
    def call(tool_use: Any, **_state: Any) -> Any:
        result = function(dict(tool_use["input"]))
        return {
            "toolUseId": tool_use["toolUseId"],
            "status": "error" if "error" in result else "success",
            "content": [{"text": json.dumps(result)}],
        }

    spec: Any = {"name": name, "description": name, "inputSchema": {"json": {"type": "object"}}}
    return PythonAgentTool(name, spec, call)


class MemoryBus:
    """Keeps what was published; can refuse, as the real one may."""

    def __init__(self, *, refuses: bool = False) -> None:
        """Start empty."""
        self._refuses = refuses
        self.events: list[Event[Any]] = []

    def publish(self, event: Event[Any]) -> None:
        """Keep the event; the size limit of the real bus applies."""
        if self._refuses:
            raise PublishError("refused")
        event.detail()
        self.events.append(event)


class MemoryOfProjects:
    """Keeps turns and facts; can refuse, as the real one may. A fact fits when it shares a word."""

    def __init__(self, *, refuses: bool = False) -> None:
        """Start empty."""
        self._refuses = refuses
        self._turns: dict[tuple[str, str], dict[int, Turn]] = {}
        self._facts: dict[str, dict[str, str]] = {}

    def keep(self, project_id: str, session_id: str, number: int, turn: Turn) -> None:
        """Keep a turn."""
        self._check()
        self._turns.setdefault((project_id, session_id), {})[number] = turn

    def turns(self, project_id: str, session_id: str) -> list[Turn]:
        """The turns of a session."""
        self._check()
        return [turn for _, turn in sorted(self._turns.get((project_id, session_id), {}).items())]

    def learn(self, project_id: str, session_id: str, lessons: Sequence[str]) -> None:
        """Each lesson is a fact, once, of the newest session that told it."""
        self._check()
        self._facts.setdefault(project_id, {}).update(dict.fromkeys(lessons, session_id))

    def facts(self, project_id: str, question: str, most: int) -> list[str]:
        """Those that share most words with the question."""
        self._check()
        asked = set(_WORD.findall(question.lower()))
        shared = {
            fact: len(asked & set(_WORD.findall(fact.lower())))
            for fact in self._facts.get(project_id, {})
        }
        return sorted((fact for fact in shared if shared[fact]), key=lambda f: -shared[f])[:most]

    def _check(self) -> None:
        if self._refuses:
            raise ConnectionError("no memory")
