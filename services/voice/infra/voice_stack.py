"""Voice's stack: functions with their state, the AI agent, the bot, the flow with its tests."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from voice_agent import DeskAgent
from voice_bot import DeskBot
from voice_flow import DeskFlow
from voice_functions import VoiceFunctions
from voice_names import DESK_TAG, named

from switchboard.constructs.bundling import lambda_code
from switchboard.constructs.environments import Environment
from switchboard.constructs.service_alarms import ServiceAlarms
from switchboard.constructs.service_stack import ServiceStack

SERVICE = "voice"
MEMBERS = ["services/voice", "shared-events", "platform/runtime"]


class VoiceStack(ServiceStack):
    """Everything voice owns in AWS; instance, number, queue and gateway are the platform's."""

    def __init__(self, app: cdk.App, environment: Environment) -> None:
        """Compose the parts."""
        super().__init__(app, service=SERVICE, environment=environment, environment_tag=DESK_TAG)
        self.functions = VoiceFunctions(self, "Functions", code=lambda_code(self, MEMBERS))
        self.agent = DeskAgent(self, "Agent")
        self.bot = DeskBot(self, "Bot")
        self.flow = DeskFlow(
            self,
            "Flow",
            function_arn=self.functions.desk.function.function_arn,
            bot_alias_arn=self.bot.alias.attr_arn,
            after=[self.bot.association],
        )
        self._alarms()
        ServiceAlarms(self)
        self.publish_value("TableName", "table/name", self.functions.state.table.table_name)
        self.publish_value("FlowArn", "flow/arn", self.flow.flow.attr_contact_flow_arn)
        self.publish_value("AgentArn", "agent/arn", self.agent.arn)

    def _alarms(self) -> None:
        """Dead letters, and steps of the flow that failed or took longer than a caller waits."""
        function = self.functions.desk.function
        minutes = cdk.Duration.minutes(5)
        for name, metric, threshold in (
            ("DeskErrors", function.metric_errors(period=minutes), 0),
            ("DeskSlow", function.metric_duration(period=minutes, statistic="p95"), 3_000),
        ):
            cloudwatch.Alarm(
                self,
                name,
                alarm_name=named(f"voice-{name.lower()}", self.environment_data),
                metric=metric,
                threshold=threshold,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                evaluation_periods=1,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )


def build(app: cdk.App, environment: Environment) -> cdk.Stack:
    """The stack of one environment."""
    return VoiceStack(app, environment)
