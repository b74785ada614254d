"""The journal of flows: every event of the bus, found again by its correlation id (NEW-05)."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct
from platform_bus import EventBackbone

from switchboard.constructs.environments import Environment
from switchboard.constructs.event_queue import EventQueue
from switchboard.constructs.service_function import ServiceFunction

TIME_LIMIT = cdk.Duration.seconds(30)
BATCH = 10
BATCHING = cdk.Duration.seconds(1)
"""A story is some twenty events in bursts: few full batches keep a laptop free for the rest."""


class FlowJournal(Construct):
    """Rule for all of Switchboard's events -> queue (+ DLQ, alarm) -> function -> table."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        backbone: EventBackbone,
        code: lambda_.Code,
    ) -> None:
        """Build the journal of `backbone`."""
        super().__init__(scope, construct_id)
        self.table = self._table(environment)
        inbox = EventQueue(
            self, "Inbox", bus=backbone.bus, detail_types=None, function_timeout=TIME_LIMIT
        )
        function = ServiceFunction(
            self,
            "Function",
            service="flow-journal",
            code=code,
            handler="switchboard.runtime.flow_journal.handler",
            environment={"FLOW_TABLE": self.table.table_name},
            timeout=TIME_LIMIT,
            memory_mb=256,
        )
        function.allow("dynamodb:PutItem", on=[self.table.table_arn])
        inbox.deliver_to(function.function, batch_size=BATCH, batching=BATCHING)

    def _table(self, environment: Environment) -> dynamodb.Table:
        text = dynamodb.AttributeType.STRING
        return dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=text),
            sort_key=dynamodb.Attribute(name="sk", type=text),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="ttl",
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=(
                cdk.RemovalPolicy.RETAIN if environment.keep_data else cdk.RemovalPolicy.DESTROY
            ),
        )

    def values(self) -> Mapping[str, str]:
        """What `explain` looks up."""
        return {"flows/table-name": self.table.table_name}
