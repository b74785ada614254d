"""What the orchestrator needs from outside: a model, and a server of MCP tools.

Errors: `AgentDownError` ends the bot's block by its error branch:
- ModelDownError: the model does not answer.
- ToolsDownError: the tool gateway does not answer or lets the agent not in.
- TalkLimitError: the agent turns in circles.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class AgentDownError(Exception):
    """The AI agent cannot go on; the flow takes over."""


class ModelDownError(AgentDownError):
    """The model does not answer."""


class ToolsDownError(AgentDownError):
    """The tool gateway does not answer, or lets the agent not in."""


class TalkLimitError(AgentDownError):
    """The agent called too many tools in a turn, or talked for too many turns."""


@dataclass(frozen=True)
class Words:
    """A piece of the model's text, as it streams."""

    text: str


@dataclass(frozen=True)
class ToolUse:
    """A complete tool call of the model."""

    id: str
    name: str
    input: Mapping[str, Any]


@dataclass(frozen=True)
class ToolSpec:
    """A tool as the model sees it."""

    name: str
    description: str
    input_schema: Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """One question to the model."""

    model_id: str
    system: str
    messages: Sequence[Mapping[str, Any]]
    tools: Sequence[ToolSpec] = ()


@dataclass(frozen=True)
class ToolAnswer:
    """What a tool answered."""

    text: str
    ok: bool = True


@dataclass(frozen=True)
class Pass:
    """On whose behalf a tool is called: the gateway and the token that Connect made for it."""

    gateway_id: str
    token: str = field(repr=False)


class Model(Protocol):
    """A model that streams its answer."""

    def answer(self, request: Request) -> Iterator[Words | ToolUse]:
        """Yield text as it comes and each tool call when it is complete.

        Raises:
            ModelDownError: also in the middle of an answer.
        """
        ...


class ToolServer(Protocol):
    """A server of MCP tools."""

    def tools(self, entry: Pass) -> Mapping[str, ToolSpec]:
        """The tools it lists, by name; ToolsDownError when it does not answer."""
        ...

    def call(self, entry: Pass, tool: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        """Call a tool; a tool that fails is an answer, ToolsDownError a server that does."""
        ...
