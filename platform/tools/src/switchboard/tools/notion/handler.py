"""Lambda entry point of the `notion` target."""

from functools import cache
from typing import Any

from switchboard.tools.notion import wiring
from switchboard.tools.notion.settings import Settings
from switchboard.tools.tool_target import ToolTarget


@cache
def _warm() -> ToolTarget:
    return wiring.target(Settings.from_env())


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Serve one tool call of the gateway."""
    return _warm()(event, context)
