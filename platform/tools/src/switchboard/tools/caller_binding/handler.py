"""Lambda entry point of the desk gateway's request interceptor."""

from functools import cache
from typing import Any

from switchboard.tools.caller_binding import wiring
from switchboard.tools.caller_binding.bind_caller import BindCaller
from switchboard.tools.caller_binding.settings import Settings


@cache
def _warm() -> BindCaller:
    return wiring.bind_caller(Settings.from_env())


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Bind one request of the gateway."""
    return _warm()(event)
