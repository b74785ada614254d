"""Metrics in CloudWatch's embedded metric format: a line on standard output, no API call."""

from aws_lambda_powertools.metrics import MetricUnit

from switchboard.runtime.metrics import emit


class EmfMetrics:
    """Tool metrics as EMF lines; names of tools only, never their arguments."""

    def tool_called(self, tool: str, milliseconds: float, *, failed: bool) -> None:
        """`ToolLatency` and `ToolErrors` (its average is the error rate), by `tool`."""
        emit(
            ("ToolLatency", MetricUnit.Milliseconds, milliseconds),
            ("ToolErrors", MetricUnit.Count, int(failed)),
            tool=tool,
        )

    def prototype_deployed(self) -> None:
        """`PrototypesDeployed`."""
        emit(
            ("PrototypesDeployed", MetricUnit.Count, 1),
            tool="prototype___s3_upload_prototype",
        )
