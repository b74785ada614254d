"""Scores as CloudWatch metrics; the agent-quality dashboard of the agents' stack reads them.

One code path: the platform on this machine and a stage on AWS take the same PutMetricData call.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from switchboard.local.evals.judgement import AgentResult

NAMESPACE = "Switchboard"
DIMENSION = "agent_type"
METRICS = {
    "accuracy": "EvaluationAccuracy",
    "tool_selection": "EvaluationToolSelection",
    "helpfulness": "EvaluationHelpfulness",
}
VIOLATIONS = "EvaluationViolations"


class CloudWatch(Protocol):
    """The one call that is made."""

    def put_metric_data(self, *, Namespace: str, MetricData: list[Any]) -> Any:  # noqa: N803 - AWS's names
        """Store values."""
        ...


def publish(results: Sequence[AgentResult], at: datetime, cloudwatch: CloudWatch) -> list[str]:
    """Publish the scores of agents whose whole dataset was run; returns their names.

    A part of a dataset is a look at one case, no measurement of the agent.
    """
    whole = [result for result in results if result.whole]
    for result in whole:
        values = {METRICS[name]: value for name, value in result.scores.items()}
        values[VIOLATIONS] = float(len(result.violations))
        data = [
            {
                "MetricName": name,
                "Dimensions": [{"Name": DIMENSION, "Value": result.agent}],
                "Timestamp": at,
                "Value": value,
                "Unit": "Count" if name == VIOLATIONS else "None",
            }
            for name, value in values.items()
        ]
        cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data)
    return [result.agent for result in whole]
