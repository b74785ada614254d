"""Metrics the engine does not make: of every invocation, of APIs, and of what is logged.

ministack measures only functions that are invoked directly, no API, and reads no metric in a log
line. As in CloudWatch a metric keeps no more of a minute than each value and how often it was seen.
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from switchboard.local.engine.vendor import Vendor

MINUTE = 60
SERVER_ERROR, CLIENT_ERROR = 500, 400
FUNCTIONS, APIS = "AWS/Lambda", "AWS/ApiGateway"
EMBEDDED = '"_aws"'
MOST_VALUES = 100
"""Values of one metric in one line (embedded metric format specification)."""

Dimensions = dict[str, str]


class Measures:
    """Writes points in the engine's form, within the account and region of the request."""

    def __init__(self, engine: Vendor, now: Callable[[], float]) -> None:
        """Write to the metrics of `engine`."""
        self._cloudwatch = engine.cloudwatch
        self._now = now
        self._lock = threading.Lock()

    def add(
        self,
        namespace: str,
        name: str,
        values: Iterable[float],
        dimensions: Dimensions,
        unit: str = "Count",
    ) -> None:
        """Add values that were seen now."""
        minute = float(self._now() // MINUTE * MINUTE)
        key = (namespace, name, self._cloudwatch._dims_key(dimensions))  # noqa: SLF001
        with self._lock:
            points = self._cloudwatch._metric_bucket(key)  # noqa: SLF001
            for value in values:
                seen = _seen(points, minute, value)
                if seen is None:
                    points.append(
                        {
                            "Timestamp": minute,
                            "Value": value,
                            "Count": 1.0,
                            "Unit": unit,
                            "Dimensions": dimensions,
                        }
                    )
                else:
                    seen["Count"] += 1


def apply(engine: Vendor, now: Callable[[], float]) -> None:
    """Measure from here on."""
    measures = Measures(engine, now)
    _measure_functions(engine.lambda_svc, measures)
    _measure_apis(engine.apigateway_v1, measures)
    _read_log_lines(engine.cloudwatch_logs, measures)


def embedded(line: str) -> Iterator[tuple[str, str, str, list[float], Dimensions]]:
    """Namespace, name, unit, values and dimensions of every metric that a log line carries.

    A line that is no such line, or not a whole one, carries none: CloudWatch says nothing either.
    """
    if EMBEDDED not in line:
        return
    try:
        document = json.loads(line)
        for directive in document["_aws"]["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                dimensions = {name: str(document[name]) for name in names}
                for metric in directive["Metrics"]:
                    values = _numbers(document[metric["Name"]])
                    unit = metric.get("Unit", "None")
                    yield directive["Namespace"], metric["Name"], unit, values, dimensions
    except (ValueError, KeyError, TypeError):
        return


def _measure_functions(lambda_svc: Any, measures: Measures) -> None:
    shipped: Callable[..., None] = lambda_svc._emit_lambda_logs  # noqa: SLF001

    def ended(function: Any, request_id: str, log: str, *outcome: Any, **more: Any) -> None:
        shipped(function, request_id, log, *outcome, **more)
        failed, milliseconds = outcome
        config = function.get("config") or function
        of = {"FunctionName": str(config.get("FunctionName", "unknown"))}
        measures.add(FUNCTIONS, "Invocations", [1.0], of)
        measures.add(FUNCTIONS, "Errors", [float(failed)], of)
        # Three digits: what is seen often is one value with a count.
        rounded = float(f"{max(milliseconds, 1):.3g}")
        measures.add(FUNCTIONS, "Duration", [rounded], of, "Milliseconds")

    def directly_invoked(name: str, *, throttle: bool, **_counted: Any) -> None:
        # Everything else is measured where every invocation ends, however it began.
        if throttle:
            measures.add(FUNCTIONS, "Throttles", [1.0], {"FunctionName": name})

    lambda_svc._emit_lambda_logs = ended  # noqa: SLF001
    lambda_svc._emit_lambda_metrics = directly_invoked  # noqa: SLF001


def _measure_apis(apigateway: Any, measures: Measures) -> None:
    shipped = apigateway.handle_execute

    async def answered(api_id: str, stage: str, *request: Any) -> Any:
        answer = await shipped(api_id, stage, *request)
        scope = apigateway.find_api_scope(api_id)
        if scope is not None:
            status = int(answer[0])
            api = apigateway._rest_apis.get_scoped(*scope, api_id)  # noqa: SLF001
            of = {"ApiName": str(api["name"])}
            server, client = status >= SERVER_ERROR, CLIENT_ERROR <= status < SERVER_ERROR
            measures.add(APIS, "Count", [1.0], of)
            measures.add(APIS, "5XXError", [float(server)], of)
            measures.add(APIS, "4XXError", [float(client)], of)
        return answer

    apigateway.handle_execute = answered


def _read_log_lines(logs: Any, measures: Measures) -> None:
    shipped: Callable[[Any, list[dict[str, Any]]], None] = logs._append_log_events  # noqa: SLF001

    def appended(stream: Any, events: list[dict[str, Any]]) -> None:
        shipped(stream, events)
        for event in events:
            for namespace, name, unit, values, dimensions in embedded(event["message"]):
                measures.add(namespace, name, values, dimensions, unit)

    logs._append_log_events = appended  # noqa: SLF001


def _numbers(given: Any) -> list[float]:
    many = given if isinstance(given, list) else [given]
    return [float(value) for value in many[:MOST_VALUES]]


def _seen(points: list[Any], minute: float, value: float) -> Any:
    """The point of this minute that has the value; None when it is the first such."""
    for point in reversed(points):
        if point["Timestamp"] < minute:
            return None
        if point["Timestamp"] == minute and point["Value"] == value and "_stat" not in point:
            return point
    return None
