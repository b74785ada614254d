"""A service's table (`pk`, `sk`, TTL) whose stream is its outbox, and the relay that empties it."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs

from constructs import Construct
from switchboard.constructs.environments import Environment
from switchboard.constructs.explained import explain
from switchboard.constructs.queue_source import SendOnlyDlq
from switchboard.constructs.service_function import ServiceFunction


class StateTable(Construct):
    """On-demand table with point-in-time recovery; new `OUTBOX` rows reach the bus by the relay."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        environment: Environment,
        bus: events.IEventBus,
        code: lambda_.Code,
    ) -> None:
        """Build table, relay function, its DLQ and alarm."""
        super().__init__(scope, construct_id)
        text = dynamodb.AttributeType.STRING
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=text),
            sort_key=dynamodb.Attribute(name="sk", type=text),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            time_to_live_attribute="ttl",
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=(
                cdk.RemovalPolicy.RETAIN if environment.keep_data else cdk.RemovalPolicy.DESTROY
            ),
        )
        self.relay = ServiceFunction(
            self,
            "Relay",
            service=service,
            code=code,
            handler="switchboard.runtime.relay_handler.handler",
            environment={"EVENT_BUS_NAME": bus.event_bus_name},
            memory_mb=256,
        )
        bus.grant_put_events_to(self.relay.function)
        self._feed_relay()
        self.relay.send_spans()

    def _feed_relay(self) -> None:
        dlq = sqs.Queue(
            self,
            "RelayDlq",
            enforce_ssl=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            retention_period=cdk.Duration.days(14),
        )
        explain(
            dlq,
            "AwsSolutions-SQS3",
            "Serverless-SQSRedrivePolicy",
            reason="It is the dead-letter queue, of a stream",
        )
        self.relay.function.add_event_source(
            sources.DynamoEventSource(
                self.table,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=10,
                retry_attempts=100,
                bisect_batch_on_error=True,
                report_batch_item_failures=True,
                on_failure=SendOnlyDlq(dlq),
                filters=[
                    lambda_.FilterCriteria.filter(
                        {
                            "eventName": lambda_.FilterRule.is_equal("INSERT"),
                            "dynamodb": {
                                "Keys": {"sk": {"S": lambda_.FilterRule.is_equal("OUTBOX")}}
                            },
                        }
                    )
                ],
            )
        )
        cloudwatch.Alarm(
            self,
            "RelayDlqDepth",
            metric=dlq.metric_approximate_number_of_messages_visible(),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
