"""A service's inbox: rule on the bus -> queue (+ DLQ, redrive, alarm) -> function."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs

from constructs import Construct

MAX_RECEIVES = 5
"""One more than the consumer's own 4: it buries a message itself, with the reason (F16)."""


class EventQueue(Construct):
    """Subscribes a function to events by detail-type, with a DLQ and an alarm on its depth."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus: events.IEventBus,
        detail_types: list[str],
        function_timeout: cdk.Duration,
    ) -> None:
        """Build queue, DLQ, rule and alarm; call `deliver_to` with the function."""
        super().__init__(scope, construct_id)
        self.dlq = sqs.Queue(
            self,
            "Dlq",
            enforce_ssl=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            retention_period=cdk.Duration.days(14),
        )
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
                source=events.Match.prefix("switchboard."), detail_type=detail_types
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
        cloudwatch.Alarm(
            self,
            "DlqDepth",
            metric=self.dlq.metric_approximate_number_of_messages_visible(),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def deliver_to(self, function: lambda_.Function, *, batch_size: int = 5) -> None:
        """Feed the function with batches that may fail partly; it may bury messages in the DLQ."""
        function.add_event_source(
            sources.SqsEventSource(
                self.queue, batch_size=batch_size, report_batch_item_failures=True
            )
        )
        self.dlq.grant_send_messages(function)
        function.add_environment("QUEUE_URL", self.queue.queue_url)
        function.add_environment("DLQ_URL", self.dlq.queue_url)
