"""Model and tools in memory, for tests: what they shall say is given beforehand."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from switchboard.local.connect.agent.ports import (
    Pass,
    Request,
    ToolAnswer,
    ToolSpec,
    ToolUse,
    Words,
)

Say = str | tuple[str, Mapping[str, Any]]
"""A text of the model, or a call: the tool's name and its input."""
Think = Callable[[Request], Sequence[Say]]


class MemoryModel:
    """Answers what `think` says about the request; text streams in pieces of a few letters."""

    def __init__(self, think: Think, piece: int = 7) -> None:
        """Think with `think`; cut texts into pieces of `piece` letters."""
        self.think = think
        self._piece = piece
        self._numbers = itertools.count(1)
        self.requests: list[Request] = []

    def answer(self, request: Request) -> Iterator[Words | ToolUse]:
        """What was thought."""
        self.requests.append(request)
        for item in self.think(request):
            if isinstance(item, str):
                for start in range(0, len(item), self._piece):
                    yield Words(item[start : start + self._piece])
            else:
                name, arguments = item
                yield ToolUse(f"tooluse_{next(self._numbers)}", name, arguments)


class MemoryTools:
    """Tools that are Python functions."""

    def __init__(self, functions: Mapping[str, Callable[[Mapping[str, Any]], ToolAnswer]]) -> None:
        """Call `functions` by their names."""
        self._functions = functions
        self.calls: list[tuple[Pass, str, Mapping[str, Any]]] = []

    def tools(self, entry: Pass) -> Mapping[str, ToolSpec]:  # noqa: ARG002 - the port's signature
        """One for each function."""
        return {name: ToolSpec(name, name, {"type": "object"}) for name in self._functions}

    def call(self, entry: Pass, tool: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        """Call it."""
        self.calls.append((entry, tool, arguments))
        if tool not in self._functions:
            return ToolAnswer(f"Unknown tool: {tool}", ok=False)
        return self._functions[tool](arguments)
