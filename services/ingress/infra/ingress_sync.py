"""Knowledge syncs: their doors, their own queue, the worker behind it, and the schedule."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from switchboard.constructs.event_queue import MAX_RECEIVES
from switchboard.constructs.explained import explain
from switchboard.constructs.queue_source import SEND, allow, feed
from switchboard.constructs.service_api import ServiceApi
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.state_table import StateTable

WORKER_TIME_LIMIT = cdk.Duration.seconds(300)
"""A page takes some calls of Notion, each with its turn and its patience."""
DOOR_TIME_LIMIT = cdk.Duration.seconds(10)
MOST_WORKERS = 2
"""The least that an SQS source can be told; they share Notion's turns by a row of the table."""


class KnowledgeSync(Construct):
    """Everything of a sync but the use of it by others."""

    def __init__(
        self, scope: ServiceStack, construct_id: str, *, code: lambda_.Code, state: StateTable
    ) -> None:
        """Build queue, door, worker and schedule."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._code = code
        self._state = state
        self.base_id = scope.platform_value("knowledge/base-id")
        self.dlq = self._queue("Dlq", retention_period=cdk.Duration.days(14))
        self.queue = self._queue(
            "Queue",
            visibility_timeout=cdk.Duration.seconds(WORKER_TIME_LIMIT.to_seconds() * 6),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dlq, max_receive_count=MAX_RECEIVES),
        )
        explain(self.dlq, "Serverless-SQSRedrivePolicy", reason="It is the dead-letter queue")
        self._alarm()
        self.door = self._door()
        self.worker = self._worker()
        self._schedule()

    def add_routes(self, api: ServiceApi) -> None:
        """The doors of F5, for callers with IAM signatures."""
        api.route("POST", "sync/page", self.door)
        api.route("POST", "sync/database", self.door)
        api.route("GET", "sync/status/{job_id}", self.door)

    def feed_from(self, function: ServiceFunction) -> None:
        """Let another function of the service begin syncs (of pages that have changed)."""
        allow(function.function, self.queue, SEND)
        function.function.add_environment("SYNC_QUEUE_URL", self.queue.queue_url)
        function.function.add_environment("KNOWLEDGE_BASE_ID", self.base_id)

    def _queue(self, construct_id: str, **options: object) -> sqs.Queue:
        return sqs.Queue(
            self,
            construct_id,
            enforce_ssl=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            **options,  # type: ignore[arg-type]  # two queues, two sets of options
        )

    def _door(self) -> ServiceFunction:
        door = ServiceFunction(
            self,
            "Door",
            service=self._stack.service,
            code=self._code,
            handler="switchboard.ingress.handler.sync",
            timeout=DOOR_TIME_LIMIT,
            environment={"TABLE_NAME": self._state.table.table_name},
        )
        door.allow(
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            on=[self._state.table.table_arn],
        )
        self.feed_from(door)
        return door

    def _worker(self) -> ServiceFunction:
        token_arn = self._stack.platform_value("notion/token-arn")
        worker = ServiceFunction(
            self,
            "Worker",
            service=self._stack.service,
            code=self._code,
            handler="switchboard.ingress.handler.sync_worker",
            timeout=WORKER_TIME_LIMIT,
            environment={
                "TABLE_NAME": self._state.table.table_name,
                "NOTION_API_URL": self._stack.platform_value("notion/url"),
                "NOTION_TOKEN_SECRET_ARN": token_arn,
                "KNOWLEDGE_DATA_SOURCE_ID": self._stack.platform_value("knowledge/data-source-id"),
                "SYNC_DLQ_URL": self.dlq.queue_url,
            },
        )
        worker.allow(
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            on=[self._state.table.table_arn],
        )
        worker.allow("secretsmanager:GetSecretValue", on=[token_arn])
        # Direct ingestion asks for StartIngestionJob too (Bedrock user guide, direct ingestion).
        worker.allow(
            "bedrock:StartIngestionJob",
            "bedrock:IngestKnowledgeBaseDocuments",
            "bedrock:GetKnowledgeBaseDocuments",
            "bedrock:DeleteKnowledgeBaseDocuments",
            on=[self._base_arn],
        )
        self.feed_from(worker)
        allow(worker.function, self.queue, "sqs:ChangeMessageVisibility")
        allow(worker.function, self.dlq, SEND, "sqs:GetQueueAttributes")
        explain(
            worker,
            "Serverless-LambdaEventSourceMappingDestination",
            reason="A queue has no failure destination: its redrive policy names the DLQ",
        )
        # One message at a time: Notion may ask to wait, and a batch would wait for its slowest.
        feed(worker.function, self.queue, batch_size=1, max_concurrency=MOST_WORKERS)
        return worker

    @property
    def _base_arn(self) -> str:
        where = f"{self._stack.region}:{self._stack.account}"
        return f"arn:{self._stack.partition}:bedrock:{where}:knowledge-base/{self.base_id}"

    def _schedule(self) -> None:
        """Off where the environment says so; the message names its moment, so it counts once."""
        knowledge = self._stack.environment_data.knowledge
        events.Rule(
            self,
            "Schedule",
            description="Syncs what is kept in the knowledge base",
            enabled=knowledge.scheduled,
            schedule=events.Schedule.rate(cdk.Duration.hours(knowledge.hours)),
            targets=[
                targets.SqsQueue(
                    self.queue,
                    message=events.RuleTargetInput.from_object(
                        {"scheduled": events.EventField.time}
                    ),
                    dead_letter_queue=self.dlq,
                )
            ],
        )

    def _alarm(self) -> None:
        cloudwatch.Alarm(
            self,
            "DlqDepth",
            metric=self.dlq.metric_approximate_number_of_messages_visible(),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
