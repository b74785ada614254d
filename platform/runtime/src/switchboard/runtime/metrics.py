"""Metrics in CloudWatch's embedded metric format: a line on standard output, no API call.

Powertools adds the dimension `service` from POWERTOOLS_SERVICE_NAME, so every metric of a Lambda
says which component it speaks of; dashboards and alarms have to name that dimension too.
"""

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Switchboard"

Value = tuple[str, MetricUnit, float]
"""A metric's name, unit and value."""


def emit(*values: Value, **dimensions: str) -> None:
    """Write one line with all `values`, under `dimensions` and the component's name."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    for name, dimension in dimensions.items():
        metrics.add_dimension(name, dimension)
    for name, unit, value in values:
        metrics.add_metric(name, unit, value)
    metrics.flush_metrics()


class ComponentMetrics:
    """What each component says of its own work (OBS-07, OBS-08)."""

    def worked(self, *, failed: bool) -> None:
        """`ComponentErrors`, 0 or 1 for each piece of work: its average is the error rate."""
        emit(("ComponentErrors", MetricUnit.Count, int(failed)))

    def buried(self, depth: int) -> None:
        """`DlqDepth`: how many messages lie in the component's DLQ, now that one more does."""
        emit(("DlqDepth", MetricUnit.Count, depth))
