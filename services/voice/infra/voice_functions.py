"""Voice's table, its two inboxes and its three functions."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct
from voice_names import named

from switchboard.constructs.event_queue import EventQueue
from switchboard.constructs.explained import explain_wildcard
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.state_table import StateTable
from switchboard.events.catalogue import consumed_by

DESK_TIME_LIMIT = cdk.Duration.seconds(8)
"""What Connect waits at most; each step of the flow ends earlier (`contact_flow.SECONDS`)."""
INBOX_TIME_LIMIT = cdk.Duration.seconds(30)
CONTACT_EVENT = "Amazon Connect Contact Event"


class VoiceFunctions(Construct):
    """The flow's function, and the consumers of ticket events and contact events."""

    def __init__(self, scope: ServiceStack, construct_id: str, *, code: lambda_.Code) -> None:
        """Build all of it for the Connect instance of the environment."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._code = code
        self._instance_arn = scope.platform_value("connect/instance-arn")
        bus = scope.platform_bus()
        self.state = StateTable(
            self,
            "State",
            service=scope.service,
            environment=scope.environment_data,
            bus=bus,
            code=code,
        )
        table: Any = self.state.table.node.default_child
        table.table_name = named("voice-calls", scope.environment_data)
        self.desk = self._desk()
        tickets = EventQueue(
            self,
            "Tickets",
            bus=bus,
            detail_types=consumed_by(scope.service),
            function_timeout=INBOX_TIME_LIMIT,
        )
        self._consumer("TicketEvents", "tickets", tickets, "dynamodb:UpdateItem").send_spans()
        # AWS's own events come on the default bus only, those of every instance of the account.
        contacts = EventQueue(
            self,
            "Contacts",
            bus=None,
            source="aws.connect",
            detail_types=[CONTACT_EVENT],
            detail={"instanceArn": [self._instance_arn]},
            function_timeout=INBOX_TIME_LIMIT,
        )
        self._consumer(
            "ContactEvents",
            "contacts",
            contacts,
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        )

    def _desk(self) -> ServiceFunction:
        stack = self._stack
        desk = self._function(
            "Desk",
            "desk",
            DESK_TIME_LIMIT,
            {"CONNECT_INSTANCE_ID": stack.platform_value("connect/instance-id")},
            # a caller waits for the cold start: more memory, more CPU
            memory_mb=1024,
        )
        # TransactWriteItems is allowed by the actions of its items.
        desk.allow(
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            on=[self.state.table.table_arn],
        )
        assistant = stack.platform_value("connect/assistant-id")
        sessions = f"arn:{stack.partition}:wisdom:{stack.region}:{stack.account}:session"
        desk.allow(
            "wisdom:UpdateSessionData",
            on=[stack.platform_value("connect/assistant-arn"), f"{sessions}/{assistant}/*"],
        )
        desk.allow("connect:DescribeContact", on=[f"{self._instance_arn}/contact/*"])
        explain_wildcard(
            desk.role,
            "/contact/*",
            ":session/",
            reason="A call and its session are made as it rings",
        )
        desk.function.add_permission(
            "Flow",
            principal=iam.ServicePrincipal("connect.amazonaws.com"),
            source_arn=self._instance_arn,
            source_account=stack.account,
        )
        return desk

    def _consumer(
        self, construct_id: str, entry: str, inbox: EventQueue, *actions: str
    ) -> ServiceFunction:
        function = self._function(construct_id, entry, INBOX_TIME_LIMIT, {})
        function.allow(*actions, on=[self.state.table.table_arn])
        inbox.deliver_to(function.function)
        return function

    def _function(
        self,
        construct_id: str,
        entry: str,
        timeout: cdk.Duration,
        environment: dict[str, str],
        memory_mb: int = 512,
    ) -> ServiceFunction:
        made = ServiceFunction(
            self,
            construct_id,
            service=self._stack.service,
            code=self._code,
            handler=f"switchboard.voice.handler.{entry}",
            timeout=timeout,
            environment={"TABLE_NAME": self.state.table.table_name, **environment},
            memory_mb=memory_mb,
        )
        resource: Any = made.function.node.default_child
        resource.function_name = named(f"voice-{entry}", self._stack.environment_data)
        return made
