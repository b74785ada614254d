"""The alarms that every stack has, and whom they tell (OBS-13, OBS-14, ERR-08).

A stack's queues bring an alarm on the depth of their DLQ with them. Added here is an error rate
above 10 % in five minutes: of each API (5xx); of the work a component did with messages, where a
failure is no error of the function because it is only tried again; and, in environments that pay
for it, of each function (it raised or ran out of time).
"""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from constructs import Construct
from switchboard.constructs.event_queue import EventQueue
from switchboard.constructs.service_api import ServiceApi
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack

NAMESPACE = "Switchboard"
FIVE_MINUTES = cdk.Duration.minutes(5)
ERROR_PERCENT = 10


def alarm_on(
    scope: Construct, construct_id: str, metric: cloudwatch.IMetric, threshold: float
) -> cloudwatch.Alarm:
    """An alarm that rings as soon as `metric` is above `threshold`; silence is no alarm."""
    return cloudwatch.Alarm(
        scope,
        construct_id,
        metric=metric,
        threshold=threshold,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )


class ServiceAlarms(Construct):
    """Add it when the stack is complete: it looks at what is there, and tells the team of all."""

    def __init__(self, scope: ServiceStack, *, topic: sns.ITopic | None = None) -> None:
        """Alarm about everything in `scope`; `topic`: the platform's, unless it is given."""
        super().__init__(scope, "TeamAlarms")
        parts = scope.node.find_all()
        each_function = scope.environment_data.alarm_on_functions
        for part in parts:
            if isinstance(part, ServiceFunction) and each_function:
                self._percent(f"{_place(scope, part)}ErrorRate", _function_rate(part))
            elif isinstance(part, ServiceApi):
                self._percent(f"{_place(scope, part)}ErrorRate", _api_rate(part))
        consumers = [part.consumer for part in parts if isinstance(part, EventQueue)]
        functions = [part for part in parts if isinstance(part, ServiceFunction)]
        for service in sorted({one.service for one in functions if one.function in consumers}):
            name = service.title().replace("-", "")
            self._percent(f"{name}WorkErrorRate", _work_rate(service))
        self._tell(scope, topic)

    def _percent(self, construct_id: str, metric: cloudwatch.IMetric) -> None:
        alarm_on(self, construct_id, metric, ERROR_PERCENT)

    def _tell(self, scope: ServiceStack, topic: sns.ITopic | None) -> None:
        team = topic or sns.Topic.from_topic_arn(
            self, "Topic", scope.platform_value("alarms/topic-arn")
        )
        for construct in scope.node.find_all():
            if isinstance(construct, cloudwatch.Alarm):
                construct.add_alarm_action(actions.SnsAction(team))


def _place(scope: Construct, part: Construct) -> str:
    """What distinguishes the part in its stack: `StateRelay`, `Worker`."""
    return part.node.path.removeprefix(f"{scope.node.path}/").replace("/", "")


def _function_rate(part: ServiceFunction) -> cloudwatch.IMetric:
    return cloudwatch.MathExpression(
        expression="100 * errors / MAX([errors, invocations])",
        using_metrics={
            "errors": part.function.metric_errors(period=FIVE_MINUTES),
            "invocations": part.function.metric_invocations(period=FIVE_MINUTES),
        },
        period=FIVE_MINUTES,
        label=f"{part.node.id} errors in percent",
    )


def _api_rate(part: ServiceApi) -> cloudwatch.IMetric:
    share = part.rest.metric_server_error(period=FIVE_MINUTES, statistic="Average")
    return cloudwatch.MathExpression(
        expression="100 * share",
        using_metrics={"share": share},
        period=FIVE_MINUTES,
        label="API 5xx answers in percent",
    )


def _work_rate(service: str) -> cloudwatch.IMetric:
    """`ComponentErrors` is 0 or 1 for each piece of work, so its average is the rate."""
    share = cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name="ComponentErrors",
        dimensions_map={"service": service},
        statistic="Average",
        period=FIVE_MINUTES,
    )
    return cloudwatch.MathExpression(
        expression="100 * share",
        using_metrics={"share": share},
        period=FIVE_MINUTES,
        label=f"{service}: failed work in percent",
    )
