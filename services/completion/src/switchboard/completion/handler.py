"""Lambda entry point: completion's queue of bus events."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from switchboard.completion import wiring
from switchboard.completion.adapters.inbox import Inbox
from switchboard.completion.settings import Settings
from switchboard.runtime.log import service_logger

logger = service_logger("completion")


@cache
def _warm() -> Inbox:
    return wiring.inbox(Settings.from_env(), logger)


@logger.inject_lambda_context
def worker(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Build once per cold start, then serve."""
    return _warm()(event, context.get_remaining_time_in_millis() / 1000)
