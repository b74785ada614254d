"""Monitoring of an environment: dashboards, alarms over all services, audit trail (OBS-10..16).

Alarms about one stack's functions, APIs and dead letters stand in that stack (`ServiceAlarms`);
here is what none of them can see alone. Not run on AWS.
"""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct
from platform_dashboards import AGENTCORE, NAMESPACE, cost_dashboard, operations_dashboard
from platform_traces import TransactionSearch
from platform_trail import AgentCoreTrail

from switchboard.constructs.environments import Environment
from switchboard.constructs.explained import explain
from switchboard.constructs.service_alarms import ERROR_PERCENT, FIVE_MINUTES, alarm_on
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.tracing import posts_to_x_ray

WARNING_PERCENT, FULL_PERCENT = 80, 100
"""When owners are told in Notion: the orchestrator's thresholds, whose events say the same."""
BY_AGENT = ("agent_type", "service")
BY_PROJECT = ("project_id", "service")
BY_TOOL = ("tool", "service")


class MonitoringStack(ServiceStack):
    """What people look at, and what wakes them."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Build everything; the topic is the platform's."""
        super().__init__(scope, service="monitoring", environment=environment)
        self._topic = sns.Topic.from_topic_arn(
            self, "Topic", self.platform_value("alarms/topic-arn")
        )
        self._subscription()
        operations_dashboard(self, environment.name)
        cost_dashboard(self, environment.name)
        self._alarms()
        AgentCoreTrail(self, "Trail", environment=environment)
        if posts_to_x_ray(self):
            TransactionSearch(self, "Traces")

    def _subscription(self) -> None:
        """Who hears the alarms: a person's address is a parameter, never a file."""
        address = cdk.CfnParameter(
            self,
            "AlarmEmail",
            type="String",
            default="",
            description="Gets every alarm by mail, once confirmed; empty for nobody",
        ).value_as_string
        given = cdk.CfnCondition(
            self,
            "AlarmEmailGiven",
            expression=cdk.Fn.condition_not(cdk.Fn.condition_equals(address, "")),
        )
        mail = sns.CfnSubscription(
            self, "Mail", topic_arn=self._topic.topic_arn, protocol="email", endpoint=address
        )
        mail.cfn_options.condition = given
        explain(mail, "Serverless-SNSRedrivePolicy", reason="The alarm itself says it as well")

    def _alarms(self) -> None:
        """Runs, runtimes, tools and budgets, each over all of them: no name has to be known."""
        percent = (
            ("AgentErrorRate", insight("AVG", "InvocationErrors", BY_AGENT)),
            ("ToolErrorRate", insight("AVG", "ToolErrors", BY_TOOL)),
        )
        for name, share in percent:
            self._alarm(name, share, ERROR_PERCENT / 100)
        self._alarm("RuntimeFailures", runtime_failures(), 0)
        reached = insight("MAX", "BudgetThreshold", BY_PROJECT)
        # Above 79.9: a notice of exactly 80 percent rings.
        self._alarm("MonthAbove80Percent", reached, WARNING_PERCENT - 0.1)
        self._alarm("MonthFull", reached, FULL_PERCENT - 0.1)

    def _alarm(self, construct_id: str, metric: cloudwatch.IMetric, threshold: float) -> None:
        alarm = alarm_on(self, construct_id, metric, threshold)
        alarm.add_alarm_action(actions.SnsAction(self._topic))


def insight(function: str, metric: str, dimensions: tuple[str, ...]) -> cloudwatch.MathExpression:
    """One figure over every metric of that name (Metrics Insights; an alarm may not SEARCH)."""
    schema = ", ".join((f'"{NAMESPACE}"', *dimensions))
    return cloudwatch.MathExpression(
        expression=f"SELECT {function}({metric}) FROM SCHEMA({schema})",  # noqa: S608 - no database: constants of this module in CloudWatch's language
        using_metrics={},
        period=FIVE_MINUTES,
        label=metric,
    )


def runtime_failures() -> cloudwatch.MathExpression:
    """Errors of AgentCore itself (HTTP 5xx of a runtime), which no component of ours reports."""
    return cloudwatch.MathExpression(
        expression=f'SELECT SUM(SystemErrors) FROM "{AGENTCORE}"',  # noqa: S608 - as above
        using_metrics={},
        period=FIVE_MINUTES,
        label="AgentCore system errors",
    )
