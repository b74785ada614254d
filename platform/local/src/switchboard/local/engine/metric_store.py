"""The engine's metrics, read as an alarm reads them: exactly these dimensions, one period."""

from collections.abc import Iterator, Mapping
from typing import Any

from switchboard.local.engine.alarm_math import Selection, Value
from switchboard.local.engine.alarm_states import Point, statistic
from switchboard.local.engine.vendor import Vendor

QUEUES, WAITING = "AWS/SQS", "ApproximateNumberOfMessagesVisible"
LATE_SECONDS = 300
"""So much later than newer ones a point may be put; older ones are not looked at every second."""

Period = tuple[float, float]


class MetricStore:
    """Reads within the account and region of the request that is being served."""

    def __init__(self, engine: Vendor) -> None:
        """Read the metrics and queues of `engine`."""
        self._engine = engine

    def value(self, stat: Mapping[str, Any], period: Period) -> Value:
        """The statistic of one metric (a `MetricStat`) in a period; None without points."""
        metric = stat["Metric"]
        dimensions = {item["Name"]: item["Value"] for item in metric.get("Dimensions") or ()}
        if (metric["Namespace"], metric["MetricName"]) == (QUEUES, WAITING):
            return self._waiting(dimensions.get("QueueName", ""))
        key = (
            metric["Namespace"],
            metric["MetricName"],
            self._engine.cloudwatch._dims_key(dimensions),  # noqa: SLF001
        )
        points = self._engine.cloudwatch._metrics.get(key) or []  # noqa: SLF001
        return statistic(list(_within(points, period)), stat["Stat"])

    def selected(self, wanted: Selection, period: Period) -> Value:
        """One figure over every metric of that name that has exactly the dimensions wanted."""
        found = [
            point
            for (namespace, name, _key), points in self._engine.cloudwatch._metrics.items()  # noqa: SLF001
            if (namespace, name) == (wanted.namespace, wanted.metric)
            and points
            and wanted.dimensions in (None, frozenset(points[0]["Dimensions"]))
            for point in _within(points, period)
        ]
        return statistic(found, wanted.statistic)

    def _waiting(self, queue: str) -> Value:
        """Messages that wait now: a queue is asked, not measured once a minute as on AWS."""
        sqs = self._engine.sqs
        found = sqs._queues.get(sqs._queue_name_to_url.get(queue))  # noqa: SLF001
        if found is None:
            return None
        now = self._engine.lambda_svc.time.time()
        return float(sum(message["visible_at"] <= now for message in list(found["messages"])))


def _within(points: list[Any], period: Period) -> Iterator[Point]:
    begin, end = period
    for point in reversed(list(points)):
        if point["Timestamp"] <= begin - LATE_SECONDS:
            return
        if begin < point["Timestamp"] <= end:
            yield point
