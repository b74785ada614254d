"""Lambda entry point of the `prototype` target."""

from functools import cache
from typing import Any

from switchboard.tools.prototype import wiring
from switchboard.tools.prototype.settings import Settings
from switchboard.tools.tool_target import ToolTarget


@cache
def _warm() -> ToolTarget:
    return wiring.target(Settings.from_env())


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Serve one tool call of the gateway."""
    return _warm()(event, context)
