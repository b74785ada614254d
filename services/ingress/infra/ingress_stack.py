"""Ingress's stack: API, table with outbox, queue of its own events, webhook secret, syncs."""

import json

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from ingress_sync import KnowledgeSync

from switchboard.constructs.bundling import lambda_code
from switchboard.constructs.environments import Environment
from switchboard.constructs.event_queue import EventQueue
from switchboard.constructs.explained import explain, explain_wildcard
from switchboard.constructs.service_alarms import ServiceAlarms
from switchboard.constructs.service_api import ServiceApi
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.state_table import StateTable
from switchboard.events.catalogue import consumed_by

SERVICE = "ingress"
MEMBERS = ["services/ingress", "shared-events", "platform/runtime"]
WORKER_TIME_LIMIT = cdk.Duration.seconds(120)
"""Above three Notion calls that each use up their patience (`adapters.notion.PATIENCE_SECONDS`)."""
DOOR_TIME_LIMIT = cdk.Duration.seconds(10)
LOGGED = {"bytes": "$context.responseLength", "ip": "$context.identity.sourceIp"}
"""What the access log holds beside what every API's does."""


class IngressStack(ServiceStack):
    """Everything ingress owns in AWS."""

    def __init__(self, app: cdk.App, environment: Environment) -> None:
        """Compose the parts."""
        super().__init__(app, service=SERVICE, environment=environment)
        self.keep = cdk.RemovalPolicy.RETAIN if environment.keep_data else cdk.RemovalPolicy.DESTROY
        bus = self.platform_bus()
        code = lambda_code(self, MEMBERS)
        self.state = StateTable(
            self, "State", service=SERVICE, environment=environment, bus=bus, code=code
        )
        self.inbox = EventQueue(
            self,
            "Inbox",
            bus=bus,
            detail_types=consumed_by(SERVICE),
            function_timeout=WORKER_TIME_LIMIT,
        )
        self.secret = self._webhook_secret()
        self.door = self._door(code)
        self.worker = self._worker(code)
        self.outcomes = self._outcomes(code)
        self.sync = KnowledgeSync(self, "Sync", code=code, state=self.state)
        self.sync.feed_from(self.worker)
        self.api = self._api()
        ServiceAlarms(self)
        self._publish_values()

    def _webhook_secret(self) -> secretsmanager.Secret:
        """The automation secret is generated; the verification token arrives by the handshake."""
        secret = secretsmanager.Secret(
            self,
            "WebhookSecret",
            description="Proves webhooks: Notion's verification token, the automation secret",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps(
                    {"verification_token": None, "armed_until": None}
                ),
                generate_string_key="automation_secret",
                exclude_punctuation=True,
                password_length=48,
            ),
            removal_policy=self.keep,
        )
        explain(
            secret,
            "AwsSolutions-SMG4",
            reason="Both parts stand at Notion too, where only a person can change them",
        )
        return secret

    def _door(self, code: lambda_.Code) -> ServiceFunction:
        door = ServiceFunction(
            self,
            "Door",
            service=SERVICE,
            code=code,
            handler="switchboard.ingress.handler.webhook",
            timeout=DOOR_TIME_LIMIT,
            environment={
                "TABLE_NAME": self.state.table.table_name,
                "WEBHOOK_SECRET_ARN": self.secret.secret_arn,
                "NOTION_WORKSPACE_ID": self.platform_value("notion/workspace-id"),
            },
        )
        door.allow("dynamodb:PutItem", on=[self.state.table.table_arn])
        door.allow(
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            on=[self.secret.secret_arn],
        )
        door.send_spans()
        return door

    def _worker(self, code: lambda_.Code) -> ServiceFunction:
        bucket = self.platform_value("content/bucket")
        token_arn = self.platform_value("notion/token-arn")
        projects = cdk.CfnParameter(
            self,
            "ProjectsDataSourceId",
            default="unset",
            description="Notion data source whose pages are project configurations",
        )
        worker = ServiceFunction(
            self,
            "Worker",
            service=SERVICE,
            code=code,
            handler="switchboard.ingress.handler.worker",
            timeout=WORKER_TIME_LIMIT,
            environment={
                "TABLE_NAME": self.state.table.table_name,
                "CONTENT_BUCKET": bucket,
                "NOTION_API_URL": self.platform_value("notion/url"),
                "NOTION_TOKEN_SECRET_ARN": token_arn,
                "PROJECTS_DATA_SOURCE_ID": projects.value_as_string,
            },
        )
        # TransactWriteItems is allowed by the actions of its items.
        worker.allow(
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:DeleteItem",
            on=[self.state.table.table_arn],
        )
        worker.allow("secretsmanager:GetSecretValue", on=[token_arn])
        worker.allow("s3:PutObject", on=[f"arn:{self.partition}:s3:::{bucket}/snapshots/*"])
        explain_wildcard(worker.role, "/snapshots/*", reason="One object per page")
        # One message at a time: Notion may ask to wait, and a batch would wait for its slowest.
        self.inbox.deliver_to(worker.function, batch_size=1)
        worker.send_spans()
        return worker

    def _outcomes(self, code: lambda_.Code) -> ServiceFunction:
        """A function of its own: the unauthenticated door may not read what this one may."""
        outcomes = ServiceFunction(
            self,
            "Outcomes",
            service=SERVICE,
            code=code,
            handler="switchboard.ingress.handler.outcomes",
            timeout=DOOR_TIME_LIMIT,
            environment={"TABLE_NAME": self.state.table.table_name},
        )
        outcomes.allow("dynamodb:Query", on=[self.state.table.table_arn])
        return outcomes

    def _api(self) -> ServiceApi:
        api = ServiceApi(self, "Api", logged=LOGGED)
        # The webhook's HMAC is checked in the handler: an authorizer never sees the body (K-45).
        api.route(
            "POST", "webhook/notion", self.door, authorization=apigateway.AuthorizationType.NONE
        )
        api.route("GET", "pages/{page_id}/outcomes", self.outcomes)
        self.sync.add_routes(api)
        return api

    def _publish_values(self) -> None:
        self.publish_value("ApiUrl", "api/url", self.api.url)
        self.publish_value("WebhookSecretArn", "webhook/secret-arn", self.secret.secret_arn)
        self.publish_value("TableName", "table/name", self.state.table.table_name)


def build(app: cdk.App, environment: Environment) -> cdk.Stack:
    """The stack of one environment."""
    return IngressStack(app, environment)
