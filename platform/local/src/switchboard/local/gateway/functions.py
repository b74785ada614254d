"""The port through which the gateway calls functions."""

from collections.abc import Mapping
from typing import Any, Protocol


class FunctionFailedError(RuntimeError):
    """The function raised, or could not be reached; the message is its error."""


class Functions(Protocol):
    """Where targets and interceptors run."""

    def invoke(self, arn: str, event: Mapping[str, Any], custom: Mapping[str, Any]) -> Any:
        """Call a function and wait for its answer.

        Args:
            arn: the function's ARN.
            event: its event.
            custom: `client_context.custom` as the function sees it; empty for none.

        Raises:
            FunctionFailedError: no answer.
        """
        ...

    def close(self) -> None:
        """Let the connections go."""
        ...
