"""Functions in memory: Python callables in place of Lambdas."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from switchboard.local.gateway.functions import FunctionFailedError

Function = Callable[[Mapping[str, Any], Mapping[str, Any]], Any]
"""`(event, client_context.custom)` -> answer."""


class MemoryFunctions:
    """Calls what was registered; events and answers pass through JSON as on the wire."""

    def __init__(self) -> None:
        """Start without functions."""
        self.calls: list[tuple[str, Any, Any]] = []
        self._functions: dict[str, Function] = {}

    def register(self, arn: str, function: Function) -> None:
        """Make `function` answer for `arn`."""
        self._functions[arn] = function

    def invoke(self, arn: str, event: Mapping[str, Any], custom: Mapping[str, Any]) -> Any:
        """Call it."""
        if arn not in self._functions:
            raise FunctionFailedError(f"{arn}: ResourceNotFoundException: no such function")
        sent, context = json.loads(json.dumps(event)), json.loads(json.dumps(custom))
        self.calls.append((arn, sent, context))
        try:
            return json.loads(json.dumps(self._functions[arn](sent, context)))
        except Exception as error:
            raise FunctionFailedError(f"{arn}: {type(error).__name__}: {error}") from error
