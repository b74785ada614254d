"""Lambda entry point of the gateway's request interceptor; it has no settings and calls nobody."""

from typing import Any

from switchboard.runtime.log import service_logger
from switchboard.tools.interceptor.headers import intercept

logger = service_logger("tools-interceptor")
NO_INVOCATION = "-"
"""Nobody knows whose request it is: what would say so is missing."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Set the `x-switchboard-` headers of one gateway request."""
    answer = intercept(event)
    if "transformedGatewayResponse" in answer["mcp"]:
        logger.warning("request without a token refused", invocation_id=NO_INVOCATION)
    return answer
