"""The desk's ticket stack: API, two tables, queue of bus events, OpenAPI file, gateway target.

Everything is named as seed 000 names it, `poc-...`; environments other than dev add theirs.
"""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from itsm_mock_door import TicketDoor
from itsm_mock_names import name_all, rename
from itsm_mock_spec import StoredSpec
from itsm_mock_target import DeskTarget

from switchboard.constructs.bundling import lambda_code
from switchboard.constructs.environments import Environment
from switchboard.constructs.event_queue import EventQueue
from switchboard.constructs.service_alarms import ServiceAlarms
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.state_table import StateTable
from switchboard.events.catalogue import consumed_by

SERVICE = "itsm-mock"
MEMBERS = ["services/itsm-mock", "shared-events", "platform/runtime"]
DESK_TAG = "PoC"
"""Environment tag of every stack of the desk (K-53)."""
API_TIME_LIMIT = cdk.Duration.seconds(10)
WORKER_TIME_LIMIT = cdk.Duration.seconds(60)
"""An event may take several calls to the tables, and each of them four tries of two seconds."""
WRITES = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
"""TransactWriteItems is allowed by the actions of its items."""


class ItsmMockStack(ServiceStack):
    """Everything the ticket service owns in AWS."""

    def __init__(self, app: cdk.App, environment: Environment) -> None:
        """Compose the parts."""
        super().__init__(app, service=SERVICE, environment=environment, environment_tag=DESK_TAG)
        self.suffix = "" if environment.name == "dev" else f"-{environment.name}"
        self.keep = cdk.RemovalPolicy.RETAIN if environment.keep_data else cdk.RemovalPolicy.DESTROY
        bus = self.platform_bus()
        code = lambda_code(self, MEMBERS)
        self.tickets = self._tickets()
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
        self.handler = self._handler(code)
        self.worker = self._worker(code)
        self.door = TicketDoor(
            self, "Door", suffix=self.suffix, function=self.handler, removal_policy=self.keep
        )
        self.spec = StoredSpec(self, "Spec", suffix=self.suffix)
        DeskTarget(self, "Desk", suffix=self.suffix, door=self.door)
        ServiceAlarms(self)
        name_all(self, self.named)
        self._publish_values()

    def named(self, name: str) -> str:
        """`poc-itsm-<name>`, with the environment at its end unless that is dev."""
        return f"poc-itsm-{name}{self.suffix}"

    def _tickets(self) -> dynamodb.Table:
        text = dynamodb.AttributeType.STRING
        table = dynamodb.Table(
            self,
            "Tickets",
            table_name=self.named("tickets"),
            partition_key=dynamodb.Attribute(name="ticket_id", type=text),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=self.keep,
        )
        table.add_global_secondary_index(
            index_name="CallerIdIndex",
            partition_key=dynamodb.Attribute(name="caller_id", type=text),
            sort_key=dynamodb.Attribute(name="created_at", type=text),
        )
        return table

    def _function(
        self, name: str, code: lambda_.Code, entry: str, timeout: cdk.Duration, **options: bool
    ) -> ServiceFunction:
        return ServiceFunction(
            self,
            name,
            service=SERVICE,
            code=code,
            handler=f"switchboard.itsm_mock.handler.{entry}",
            timeout=timeout,
            memory_mb=256,
            environment={
                "TABLE_NAME": self.tickets.table_name,
                "REGION": self.region,
                "STATE_TABLE_NAME": self.state.table.table_name,
            },
            **options,
        )

    def _handler(self, code: lambda_.Code) -> ServiceFunction:
        """The function of seed 000; its role has no wildcard, so it is not traced (ITS-13)."""
        handler = self._function("Handler", code, "api", API_TIME_LIMIT, traced=False)
        handler.allow(*WRITES, on=[self.tickets.table_arn])
        handler.allow("dynamodb:Query", on=[f"{self.tickets.table_arn}/index/CallerIdIndex"])
        handler.allow(*WRITES, "dynamodb:Query", on=[self.state.table.table_arn])
        rename(handler.function, "function_name", self.named("api-handler"))
        rename(handler.role, "role_name", self.named("lambda-role"))
        policy = handler.role.node.find_child("DefaultPolicy")
        rename(policy, "policy_name", self.named("lambda-policy"))
        return handler

    def _worker(self, code: lambda_.Code) -> ServiceFunction:
        worker = self._function("Worker", code, "worker", WORKER_TIME_LIMIT)
        worker.allow("dynamodb:GetItem", "dynamodb:PutItem", on=[self.tickets.table_arn])
        worker.allow(*WRITES, "dynamodb:Query", on=[self.state.table.table_arn])
        # One message at a time: what waits for its story holds up no other event.
        self.inbox.deliver_to(worker.function, batch_size=1)
        worker.send_spans()
        return worker

    def _publish_values(self) -> None:
        self.publish_value("ApiUrl", "api/url", self.door.api.url)
        self.publish_value("ApiKeySecret", "api/key-secret-arn", self.door.secret.secret_arn)
        self.publish_value("OpenApiBucket", "openapi/bucket", self.spec.bucket.bucket_name)
        self.publish_value("OpenApiHash", "openapi/sha256", self.spec.sha256)
        self.publish_value("TableName", "table/name", self.tickets.table_name)


def build(app: cdk.App, environment: Environment) -> cdk.Stack:
    """The stack of one environment."""
    return ItsmMockStack(app, environment)
