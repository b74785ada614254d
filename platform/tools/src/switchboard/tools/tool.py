"""What a tool and a target are, as data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from switchboard.tools.schema import Schema

SEPARATOR = "___"
"""Between target and tool in the name the model sees (AgentCore developer guide, gateway)."""


@dataclass(frozen=True)
class Tool:
    """One tool as an agent sees it."""

    name: str
    description: str
    input_schema: Schema
    once: bool = False
    """Made at most once per (invocation, tool, canonical arguments) by the effect ledger."""
    once_if: str | None = None
    """The ledger is asked only when this argument is given; without it the call has no effect."""
    once_by: tuple[str, ...] = ()
    """The arguments that make two calls the same effect; empty: all of them.

    For what must not be made twice even when a model that starts over chooses other words.
    """

    once_as: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """The same, computed: what of the arguments tells two effects apart."""
    once_each: str | None = None
    """This argument is a list, and each of its entries an effect of its own."""

    def is_once(self, arguments: dict[str, Any]) -> bool:
        """Whether this call goes through the effect ledger."""
        return self.once and (self.once_if is None or self.once_if in arguments)

    def identifying(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments that the ledger tells calls apart by."""
        if self.once_as:
            return self.once_as(arguments)
        if not self.once_by:
            return arguments
        return {name: arguments[name] for name in self.once_by if name in arguments}

    def effects(self, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        """The arguments of each effect of a call, so that one that is done is not done again."""
        entries = arguments[self.once_each] if self.once_each else []
        if len(entries) < 2:  # noqa: PLR2004 - nothing to take apart
            return [arguments]
        return [{**arguments, str(self.once_each): [entry]} for entry in entries]


@dataclass(frozen=True)
class Target:
    """A Lambda behind the gateway and the tools it offers."""

    name: str
    description: str
    tools: tuple[Tool, ...]

    def full_name(self, tool: Tool) -> str:
        """The tool's name at the gateway, `<target>___<tool>`."""
        return f"{self.name}{SEPARATOR}{tool.name}"

    def find(self, tool_name: str) -> Tool | None:
        """The tool called `tool_name`, or None."""
        return next((tool for tool in self.tools if tool.name == tool_name), None)
