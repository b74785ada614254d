"""Where functions and agents send the spans of a flow (K-50): X-Ray, a collector, or nowhere.

They post them themselves, signed by their own role (`switchboard.events.xray`): no layer and no
collector beside them. X-Ray takes spans once Transaction Search is on, which the stack `monitoring`
sees to. Not run on AWS.
"""

import re

import aws_cdk as cdk

from constructs import Construct
from switchboard.constructs.environments import Environment, region

CONTEXT = "switchboard:otlp-endpoint"
"""CDK context: `x-ray`, `off`, or the address of a collector; without it the environment's data."""
X_RAY, OFF = "x-ray", "off"
VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT"
PUT = ("xray:PutSpans", "xray:PutTraceSegments")
"""What AWS names for its OTLP endpoint; neither knows a resource but `*`."""


class TracesRefusedError(ValueError):
    """A place for spans that is none."""


def spans_variable(scope: Construct) -> dict[str, str]:
    """The variable that tells a process where its spans go; nothing where they go nowhere.

    Raises:
        TracesRefusedError: the context names no place.
    """
    place = _place(scope)
    if place == OFF:
        return {}
    return {VARIABLE: f"https://xray.{region(scope)}.amazonaws.com" if place == X_RAY else place}


def posts_to_x_ray(scope: Construct) -> bool:
    """Whether roles need `PUT`, a closed network its door, and the account Transaction Search.

    Raises:
        TracesRefusedError: the context names no place.
    """
    return _place(scope) == X_RAY


def _place(scope: Construct) -> str:
    given = scope.node.try_get_context(CONTEXT)
    if not given:
        data = getattr(cdk.Stack.of(scope), "environment_data", None)
        return X_RAY if isinstance(data, Environment) and data.traces else OFF
    place = str(given)
    if place not in (X_RAY, OFF) and not re.match(r"https?://[\w.-]+(:\d+)?/?$", place):
        raise TracesRefusedError(
            f"{place!r} is no place for spans; -c {CONTEXT}={X_RAY}, {OFF} or http://<collector>"
        )
    return place
