"""The operations and the cost dashboard (OBS-10, OBS-11, T044, BUD-06).

Widgets search by metric name and dimensions, so a new agent, tool, project or queue appears by
itself. A test joins every name here with what the code emits.
"""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

NAMESPACE = "Switchboard"
AGENTCORE = "AWS/Bedrock-AgentCore"
FIVE_MINUTES, HOUR, DAY = 300, 3600, 86_400


def operations_dashboard(scope: Construct, stage: str) -> cloudwatch.Dashboard:
    """Throughput, errors, latency and dead letters, of agents, components, tools, runtimes."""
    return cloudwatch.Dashboard(
        scope,
        "Operations",
        dashboard_name=f"switchboard-{stage}-operations",
        default_interval=cdk.Duration.hours(12),
        widgets=[
            [_title("Agents: runs that ended")],
            [
                _graph("Throughput by agent type", by_agent("Invocations", "Sum")),
                _graph("Error rate by agent type (1 = all)", by_agent("InvocationErrors")),
                _graph("Duration by agent type, s", by_agent("InvocationDuration", "p95")),
            ],
            [_title("Components and tools")],
            [
                _graph(
                    "Work and its error rate by component",
                    ours("ComponentErrors", "service", "SampleCount"),
                    right=ours("ComponentErrors", "service"),
                ),
                _graph("Latency per tool, ms", ours("ToolLatency", "tool,service", "p95")),
                _graph("Error rate per tool", ours("ToolErrors", "tool,service")),
            ],
            [
                _graph("Messages in DLQs", dead_letters()),
                _graph("DLQ depth as a message came", ours("DlqDepth", "service", "Maximum")),
                _graph(
                    "Prototypes deployed", ours("PrototypesDeployed", "tool,service", "Sum", DAY)
                ),
            ],
            [_title("AgentCore: runtimes and gateway as AWS sees them")],
            [
                _graph("Requests", agentcore("Invocations", "Sum")),
                _graph("Errors", agentcore("SystemErrors", "Sum"), right=agentcore("UserErrors")),
                _graph("Latency, ms", agentcore("Latency", "p95")),
            ],
        ],
    )


def cost_dashboard(scope: Construct, stage: str) -> cloudwatch.Dashboard:
    """Cost by project and by agent type, use of budgets, and the tokens behind it."""
    return cloudwatch.Dashboard(
        scope,
        "Cost",
        dashboard_name=f"switchboard-{stage}-cost",
        default_interval=cdk.Duration.days(28),
        widgets=[
            [_title("What agents cost, in USD: see GET /project/{id}/cost-summary for receipts")],
            [
                _graph("Month to date by project", by_project("MonthCost"), size=12),
                _graph(
                    "Budget use by project, % (spent and reserved)",
                    by_project("BudgetUse"),
                    size=12,
                ),
            ],
            [
                _graph(
                    "Cost per day by agent type",
                    by_agent("InvocationCost", "Sum", DAY),
                    size=12,
                ),
                _graph(
                    "Cost per invocation by agent type",
                    by_agent("InvocationCost", "Average", DAY),
                    size=12,
                ),
            ],
            [
                _graph("Input tokens", by_agent("InputTokens", "Sum", DAY)),
                _graph("Output tokens", by_agent("OutputTokens", "Sum", DAY)),
                _graph("Thresholds reached, %", by_project("BudgetThreshold")),
            ],
        ],
    )


def ours(
    metric: str, dimensions: str, statistic: str = "Average", period: int = FIVE_MINUTES
) -> str:
    """A search over one metric of ours, whatever the values of its dimensions."""
    schema = f'{{{NAMESPACE},{dimensions}}} MetricName="{metric}"'
    return f"SEARCH('{schema}', '{statistic}', {period})"


def by_agent(metric: str, statistic: str = "Average", period: int = FIVE_MINUTES) -> str:
    """One line per agent type."""
    return ours(metric, "agent_type,service", statistic, period)


def by_project(metric: str) -> str:
    """One line per project; the newest value of an hour is the highest."""
    return ours(metric, "project_id,service", "Maximum", HOUR)


def dead_letters() -> str:
    """SQS's own depth of every queue with `Dlq` or `DeadLetters` as a word in its name."""
    words = "QueueName=Dlq OR QueueName=Letters"
    schema = f'{{AWS/SQS,QueueName}} MetricName="ApproximateNumberOfMessagesVisible" ({words})'
    return f"SEARCH('{schema}', 'Maximum', {FIVE_MINUTES})"


def agentcore(metric: str, statistic: str = "Sum") -> str:
    """AgentCore chooses its dimensions, so the search is by namespace and name only."""
    return (
        f"SEARCH('Namespace=\"{AGENTCORE}\" MetricName=\"{metric}\"', '{statistic}', "
        f"{FIVE_MINUTES})"
    )


def _title(text: str) -> cloudwatch.IWidget:
    return cloudwatch.TextWidget(markdown=f"## {text}", width=24, height=1)


def _graph(
    title: str, search: str, *, right: str | None = None, size: int = 8
) -> cloudwatch.IWidget:
    return cloudwatch.GraphWidget(
        title=title,
        width=size,
        height=6,
        left=[_searched(search)],
        right=[_searched(right)] if right else [],
        left_y_axis=cloudwatch.YAxisProps(min=0, show_units=False),
    )


def _searched(search: str) -> cloudwatch.IMetric:
    return cloudwatch.MathExpression(expression=search, label="", using_metrics={})
