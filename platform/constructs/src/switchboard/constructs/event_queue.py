"""A service's inbox: rule on the bus -> queue (+ DLQ, redrive, alarm) -> function."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from constructs import Construct
from switchboard.constructs.explained import explain
from switchboard.constructs.queue_source import SEND, allow, feed

MAX_RECEIVES = 5
"""One more than the consumer's own 4: it buries a message itself, with the reason (F16)."""


class EventQueue(Construct):
    """Subscribes a function to events, with a DLQ and an alarm on its depth."""

    def __init__(  # noqa: PLR0913 - a subscription has this many parts
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus: events.IEventBus | None,
        detail_types: list[str] | None,
        function_timeout: cdk.Duration,
        source: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Build queue, DLQ, rule and alarm; call `deliver_to` with the function.

        `detail_types`: the facts the service consumes; None for every event of Switchboard.
        AWS's own events have another `source` and come on the default bus: `bus` None; `detail`
        narrows them.
        """
        super().__init__(scope, construct_id)
        self.consumer: lambda_.Function | None = None
        self.dlq = sqs.Queue(
            self,
            "Dlq",
            enforce_ssl=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            retention_period=cdk.Duration.days(14),
        )
        explain(self.dlq, "Serverless-SQSRedrivePolicy", reason="It is the dead-letter queue")
        self.queue = sqs.Queue(
            self,
            "Queue",
            enforce_ssl=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            visibility_timeout=cdk.Duration.seconds(function_timeout.to_seconds() * 6),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dlq, max_receive_count=MAX_RECEIVES),
        )
        self.rule = events.Rule(
            self,
            "Rule",
            event_bus=bus,
            event_pattern=events.EventPattern(
                source=[source] if source else events.Match.prefix("switchboard."),
                detail_type=detail_types,
                detail=detail,
            ),
            targets=[
                targets.SqsQueue(
                    self.queue,
                    dead_letter_queue=self.dlq,
                    retry_attempts=185,
                    max_event_age=cdk.Duration.hours(24),
                )
            ],
        )
        self.alarm = cloudwatch.Alarm(
            self,
            "DlqDepth",
            metric=self.dlq.metric_approximate_number_of_messages_visible(),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def deliver_to(
        self,
        function: lambda_.Function,
        *,
        batch_size: int = 5,
        batching: cdk.Duration | None = None,
    ) -> None:
        """Feed the function with batches that may fail partly; it may bury messages in the DLQ.

        `batching`: how long a batch may wait for more, where nobody waits for the outcome.
        """
        self.consumer = function
        feed(function, self.queue, batch_size=batch_size, max_batching_window=batching)
        # The consumer hides a message that failed, and buries one that cannot succeed.
        allow(function, self.queue, "sqs:ChangeMessageVisibility")
        allow(function, self.dlq, SEND, "sqs:GetQueueAttributes")
        explain(
            function,
            "Serverless-LambdaEventSourceMappingDestination",
            reason="A queue has no failure destination: its redrive policy names the DLQ",
        )
        function.add_environment("QUEUE_URL", self.queue.queue_url)
        function.add_environment("DLQ_URL", self.dlq.queue_url)
