"""The orchestrator's stack: table with outbox, queue and worker, timers, sweep, invocation API."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_secretsmanager as secretsmanager

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

SERVICE = "orchestrator"
MEMBERS = ["services/orchestrator", "shared-events", "platform/runtime"]
WORKER_TIME_LIMIT = cdk.Duration.seconds(45)
"""The longest start (`wiring.START_TIMEOUTS`) and the writes around it; nobody waits for a run."""
API_TIME_LIMIT = cdk.Duration.seconds(29)
RECEIPT_KEY_LENGTH = 64
SWEEP_EVERY = cdk.Duration.minutes(5)
LOGGED = {"caller": "$context.identity.caller"}
"""What the access log holds beside what every API's does."""
ROUTES = (
    ("POST", "invoke"),
    ("GET", "invocation/{id}"),
    ("GET", "invocation/{id}/tree"),
    ("GET", "invocation/{id}/receipt"),
    ("POST", "invocation/{id}/cancel"),
    ("GET", "project/{id}/invocations"),
    ("GET", "project/{id}/cost-summary"),
)


class OrchestratorStack(ServiceStack):
    """Everything the orchestrator owns in AWS."""

    def __init__(self, app: cdk.App, environment: Environment) -> None:
        """Compose the parts."""
        super().__init__(app, service=SERVICE, environment=environment)
        bus = self.platform_bus()
        code = lambda_code(self, MEMBERS)
        self.bucket = self.platform_value("content/bucket")
        self.state = StateTable(
            self, "State", service=SERVICE, environment=environment, bus=bus, code=code
        )
        self._indexes()
        self.inbox = EventQueue(
            self,
            "Inbox",
            bus=bus,
            detail_types=consumed_by(SERVICE),
            function_timeout=WORKER_TIME_LIMIT,
        )
        self.timers = scheduler.CfnScheduleGroup(self, "Timers", name=f"{self.stack_name}-timers")
        self.timer_role = self._timer_role()
        self.limits = self._limits()
        self.receipt_key = self._receipt_key()
        self.worker = self._worker(code)
        self.sweep = self._sweep(code)
        self.door = self._door(code)
        self.api = self._api()
        ServiceAlarms(self)
        self._publish_values()

    def _indexes(self) -> None:
        text = dynamodb.AttributeType.STRING
        self.state.table.add_global_secondary_index(
            index_name="by_project",
            partition_key=dynamodb.Attribute(name="project_id", type=text),
            sort_key=dynamodb.Attribute(name="listed_at", type=text),
            projection_type=dynamodb.ProjectionType.INCLUDE,
            non_key_attributes=["listed"],
        )
        self.state.table.add_global_secondary_index(
            index_name="by_due",
            partition_key=dynamodb.Attribute(name="open_status", type=text),
            sort_key=dynamodb.Attribute(name="due_at", type=text),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )

    def _limits(self) -> dict[str, str]:
        """How long a run and a cancel may take: parameters, for stricter deployments."""
        run = cdk.CfnParameter(
            self,
            "RunLimitSeconds",
            type="Number",
            default=3600,
            min_value=1,
            max_value=8 * 3600,
            description="A run that takes longer is stopped and ends as AGENT_TIMEOUT",
        )
        grace = cdk.CfnParameter(
            self,
            "CancelGraceSeconds",
            type="Number",
            default=60,
            min_value=1,
            max_value=900,
            description="How long a cancelled agent may take to report before it is stopped",
        )
        return {
            "RUN_LIMIT_SECONDS": run.value_as_string,
            "CANCEL_GRACE_SECONDS": grace.value_as_string,
        }

    def _receipt_key(self) -> secretsmanager.Secret:
        """What receipts are signed with; nobody but this service's functions may read it."""
        key = secretsmanager.Secret(
            self,
            "ReceiptKey",
            description="Receipts are signed with it; a new version leaves old receipts provable",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                exclude_punctuation=True, password_length=RECEIPT_KEY_LENGTH
            ),
            removal_policy=cdk.RemovalPolicy.RETAIN
            if self.environment_data.keep_data
            else cdk.RemovalPolicy.DESTROY,
        )
        explain(
            key,
            "AwsSolutions-SMG4",
            reason="Only two versions are kept: rotated by itself it would orphan older receipts",
        )
        return key

    def _timer_role(self) -> iam.Role:
        """What a timer may do when it rings: send to our queue, for schedules of our group only."""
        role = iam.Role(
            self,
            "TimerRole",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": self.account,
                        "aws:SourceArn": self.timers.attr_arn,
                    }
                },
            ),
        )
        role.add_to_policy(
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.inbox.queue.queue_arn])
        )
        return role

    def _function(
        self, name: str, code: lambda_.Code, handler: str, timeout: cdk.Duration
    ) -> ServiceFunction:
        """A function over the same settings; what it may do differs."""
        function = ServiceFunction(
            self,
            name,
            service=SERVICE,
            code=code,
            handler=f"switchboard.orchestrator.handler.{handler}",
            timeout=timeout,
            environment={
                "TABLE_NAME": self.state.table.table_name,
                "CONTENT_BUCKET": self.bucket,
                "AGENT_PARAMETERS": self._agent_parameters(),
                "TIMER_GROUP": self.timers.ref,
                "TIMER_ROLE_ARN": self.timer_role.role_arn,
                "TIMER_QUEUE_ARN": self.inbox.queue.queue_arn,
                "RECEIPT_KEY_SECRET_ARN": self.receipt_key.secret_arn,
                **self.limits,
            },
        )
        # TransactWriteItems is allowed by the actions of its items.
        function.allow(
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            on=[self.state.table.table_arn],
        )
        function.allow("secretsmanager:GetSecretValue", on=[self.receipt_key.secret_arn])
        self._may_set_timers(function)
        return function

    def _agent_parameters(self) -> str:
        return f"/switchboard/{self.environment_data.name}/agents"

    def _may_set_timers(self, function: ServiceFunction) -> None:
        schedules = self.format_arn(
            service="scheduler", resource="schedule", resource_name=f"{self.timers.ref}/*"
        )
        function.allow("scheduler:CreateSchedule", on=[schedules])
        explain_wildcard(function.role, ":schedule/", reason="One timer per run, in our group only")
        function.role.add_to_policy(
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[self.timer_role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
            )
        )

    def _may_call_agents(self, function: ServiceFunction, *actions: str) -> None:
        """Runtimes are known by name only: which exist is read from SSM at run time."""
        runtimes = self.format_arn(
            service="bedrock-agentcore", resource="runtime", resource_name="switchboard_*"
        )
        function.allow(*[f"bedrock-agentcore:{action}" for action in actions], on=[runtimes])
        parameters = self.format_arn(
            service="ssm",
            resource="parameter",
            resource_name=f"{self._agent_parameters().lstrip('/')}/*",
        )
        function.allow("ssm:GetParameter", on=[parameters])
        explain_wildcard(
            function.role,
            "runtime/switchboard_*",
            "/agents/*",
            reason="Which agents there are is read at run time; a new one needs no deployment here",
        )

    def _may_start_agents(self, function: ServiceFunction) -> None:
        self._may_call_agents(
            function,
            "InvokeAgentRuntime",
            "InvokeAgentRuntimeForUser",  # the agent's identity acts for the requesting person
            "StopRuntimeSession",
        )
        function.allow("s3:GetObject", on=[f"arn:{self.partition}:s3:::{self.bucket}/snapshots/*"])
        explain_wildcard(function.role, "/snapshots/*", reason="One object per page")
        # What the page's earlier invocations made goes with the start.
        function.allow("dynamodb:Query", on=[self.state.table.table_arn])

    def _worker(self, code: lambda_.Code) -> ServiceFunction:
        worker = self._function("Worker", code, "worker", WORKER_TIME_LIMIT)
        self._may_start_agents(worker)
        # One message at a time: a start that is slow, or a crash, holds up no other invocation.
        self.inbox.deliver_to(worker.function, batch_size=1)
        worker.send_spans()
        return worker

    def _sweep(self, code: lambda_.Code) -> ServiceFunction:
        sweep = self._function("Sweep", code, "reconcile", cdk.Duration.minutes(4))
        self._may_start_agents(sweep)
        sweep.allow("dynamodb:Query", on=[f"{self.state.table.table_arn}/index/by_due"])
        rule = events.Rule(
            self,
            "SweepRule",
            description="Looks for invocations that no message and no timer moved on",
            schedule=events.Schedule.rate(SWEEP_EVERY),
            targets=[targets.LambdaFunction(sweep.function, retry_attempts=0)],
        )
        explain(rule, "Serverless-EventBusDLQ", reason="The next sweep looks at everything again")
        return sweep

    def _door(self, code: lambda_.Code) -> ServiceFunction:
        door = self._function("Door", code, "api", API_TIME_LIMIT)
        self._may_call_agents(door, "InvokeAgentRuntime")
        table = self.state.table.table_arn
        door.allow("dynamodb:Query", on=[table, f"{table}/index/by_project"])
        return door

    def _api(self) -> ServiceApi:
        api = ServiceApi(self, "Api", logged=LOGGED)
        for method, path in ROUTES:
            api.route(method, path, self.door)
        return api

    def _publish_values(self) -> None:
        self.publish_value("ApiUrl", "api/url", self.api.url)
        self.publish_value("TableName", "table/name", self.state.table.table_name)


def build(app: cdk.App, environment: Environment) -> cdk.Stack:
    """The stack of one environment."""
    return OrchestratorStack(app, environment)
