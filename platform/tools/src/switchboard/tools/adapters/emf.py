"""Metrics in CloudWatch's embedded metric format: a line on standard output, no API call."""

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "Switchboard"


class EmfMetrics:
    """Tool metrics as EMF lines; names of tools only, never their arguments."""

    def tool_called(self, tool: str, milliseconds: float, *, failed: bool) -> None:
        """`ToolLatency` and `ToolErrors`, each with dimension `tool`."""
        self._put("ToolLatency", MetricUnit.Milliseconds, milliseconds, tool)
        self._put("ToolErrors", MetricUnit.Count, 1 if failed else 0, tool)

    def prototype_deployed(self) -> None:
        """`PrototypesDeployed`."""
        self._put("PrototypesDeployed", MetricUnit.Count, 1, "prototype___s3_upload_prototype")

    def _put(self, name: str, unit: MetricUnit, value: float, tool: str) -> None:
        with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE) as metric:
            metric.add_dimension(name="tool", value=tool)
