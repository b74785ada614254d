"""Completion's stack: table with outbox, queue of bus events, worker."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from switchboard.constructs.bundling import lambda_code
from switchboard.constructs.environments import Environment
from switchboard.constructs.event_queue import EventQueue
from switchboard.constructs.explained import explain_wildcard
from switchboard.constructs.service_alarms import ServiceAlarms
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.state_table import StateTable
from switchboard.events.catalogue import consumed_by

SERVICE = "completion"
TIME_LIMIT = cdk.Duration.seconds(120)
"""Shorter than the claim on a delivery (`wiring.LEASE`)."""


class CompletionStack(ServiceStack):
    """Everything completion owns in AWS."""

    def __init__(self, app: cdk.App, environment: Environment) -> None:
        """Compose the parts."""
        super().__init__(app, service=SERVICE, environment=environment)
        bus = self.platform_bus()
        code = lambda_code(self, ["services/completion", "shared-events", "platform/runtime"])
        self.state = StateTable(
            self, "State", service=SERVICE, environment=environment, bus=bus, code=code
        )
        self.inbox = EventQueue(
            self,
            "Inbox",
            bus=bus,
            detail_types=consumed_by(SERVICE),
            function_timeout=TIME_LIMIT,
        )
        self.worker = self._worker(code)
        ServiceAlarms(self)
        self.publish_value("TableName", "table/name", self.state.table.table_name)

    def _worker(self, code: lambda_.Code) -> ServiceFunction:
        bucket = self.platform_value("content/bucket")
        token_arn = self.platform_value("notion/token-arn")
        worker = ServiceFunction(
            self,
            "Worker",
            service=SERVICE,
            code=code,
            handler="switchboard.completion.handler.worker",
            timeout=TIME_LIMIT,
            environment={
                "TABLE_NAME": self.state.table.table_name,
                "CONTENT_BUCKET": bucket,
                "NOTION_API_URL": self.platform_value("notion/url"),
                "NOTION_TOKEN_SECRET_ARN": token_arn,
            },
        )
        # TransactWriteItems is allowed by the actions of its items.
        worker.allow(
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            on=[self.state.table.table_arn],
        )
        worker.allow("secretsmanager:GetSecretValue", on=[token_arn])
        worker.allow("s3:PutObject", on=[f"arn:{self.partition}:s3:::{bucket}/snapshots/*"])
        explain_wildcard(worker.role, "/snapshots/*", reason="One object per page")
        # One message at a time: a delivery makes many calls and may wait for Notion.
        self.inbox.deliver_to(worker.function, batch_size=1)
        worker.send_spans()
        return worker


def build(app: cdk.App, environment: Environment) -> cdk.Stack:
    """The stack of one environment."""
    return CompletionStack(app, environment)
