"""Lambda entry point of the gateway's request interceptor; it has no settings and calls nobody."""

from typing import Any

from switchboard.tools.interceptor.headers import intercept


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Set the `x-switchboard-` headers of one gateway request."""
    return intercept(event)
