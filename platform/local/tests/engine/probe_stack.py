"""A small stack with everything the engine has to get right: table, relay, bus, queue, API.

Run as a script with the output folder, so that no Node stays in the test process.
"""

import sys
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from probe_desk import Desk

from switchboard.constructs.app import synthesize
from switchboard.constructs.bundling import lambda_code
from switchboard.constructs.environments import Environment
from switchboard.constructs.event_queue import EventQueue
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.state_table import StateTable

MEMBERS = ["platform/local/tests/engine/probe", "platform/runtime", "shared-events"]


class ProbeStack(ServiceStack):
    def __init__(self, scope: cdk.App, environment: Environment) -> None:
        super().__init__(scope, service="probe", environment=environment)
        self.code = lambda_code(self, MEMBERS)
        self.bus = events.EventBus(self, "ProbeBus", event_bus_name="probe-bus")
        self.bus.archive(
            "Archive",
            event_pattern=events.EventPattern(source=events.Match.prefix("switchboard.")),
            retention=cdk.Duration.days(7),
        )
        self.state = StateTable(
            self, "State", service="probe", environment=environment, bus=self.bus, code=self.code
        )
        self.flow()
        self.refusing_stream()
        self.doors()
        self.agent()
        api = self.function("DeskApi", "desk_api", TABLE=self.state.table.table_name)
        self.state.table.grant_read_data(api.function)
        self.desk = Desk(
            self,
            api=api,
            interceptor=self.function("Bind", "bind"),
            resource=self.function("Make", "make"),
        )
        for name, value in {
            "Table": self.state.table.table_name,
            "Bus": self.bus.event_bus_name,
            "Queue": self.seen.queue_url,
            "Answer": self.answer.function.function_name,
            "Refused": self.refused.table_name,
            "RefusedDlq": self.refused_dlq.queue_url,
            "Api": self.api.url,
            "Secret": cdk.Fn.ref(self.get_logical_id(self.secret.node.default_child)),
            "Provider": self.pool.user_pool_provider_url,
            "Runtime": self.runtime.attr_agent_runtime_arn,
            "RuntimeVersion": self.runtime.attr_agent_runtime_version,
            "Gateway": self.gateway.attr_gateway_url,
            "Desk": self.desk.gateway.attr_gateway_identifier,
            "DeskApi": self.desk.api.url,
            "Tight": self.desk.tight.secret_arn,
            "Scarce": self.desk.scarce.secret_arn,
            "Roomy": self.desk.roomy.secret_arn,
            "Contacts": self.desk.contacts.queue_url,
            "Made": self.desk.made.ref,
            "MadeGreeting": self.desk.made.get_att_string("Greeting"),
            "Make": self.desk.made_by,
        }.items():
            cdk.CfnOutput(self, f"{name}Output", value=value)

    def function(self, name: str, handler: str, **environment: str) -> ServiceFunction:
        return ServiceFunction(
            self,
            name,
            service="probe",
            code=self.code,
            handler=f"probe.handler.{handler}",
            environment=environment,
            timeout=cdk.Duration.seconds(1 if name == "Answer" else 10),
        )

    def flow(self) -> None:
        consume = self.function("Consume", "consume", TABLE=self.state.table.table_name)
        queue = EventQueue(
            self,
            "Events",
            bus=self.bus,
            detail_types=["InvocationDelivered.v1"],
            function_timeout=cdk.Duration.seconds(3),
        )
        queue.deliver_to(consume.function)
        self.state.table.grant_write_data(consume.function)
        self.seen = sqs.Queue(self, "Seen")
        events.Rule(
            self,
            "All",
            event_bus=self.bus,
            event_pattern=events.EventPattern(source=events.Match.prefix("switchboard.")),
            targets=[targets.SqsQueue(self.seen)],
        )

    def refusing_stream(self) -> None:
        refuse = self.function("Refuse", "refuse")
        self.refused = dynamodb.Table(
            self,
            "Refused",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            stream=dynamodb.StreamViewType.NEW_IMAGE,
        )
        self.refused_dlq = sqs.Queue(self, "RefusedDlq")
        refuse.function.add_event_source(
            sources.DynamoEventSource(
                self.refused,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                retry_attempts=1,
                bisect_batch_on_error=True,
                report_batch_item_failures=True,
                on_failure=sources.SqsDlq(self.refused_dlq),
            )
        )

    def doors(self) -> None:
        self.answer = self.function("Answer", "answer")
        door = self.function("Door", "door")
        self.api = apigateway.LambdaRestApi(self, "Api", handler=door.function)
        cloudwatch.Alarm(
            self,
            "ErrorRate",
            metric=cloudwatch.MathExpression(
                expression="errors / calls",
                using_metrics={
                    "errors": door.function.metric_errors(),
                    "calls": door.function.metric_invocations(),
                },
            ),
            threshold=1,
            evaluation_periods=1,
        )
        self.secret = secretsmanager.Secret(self, "Secret")
        self.pool = cognito.UserPool(self, "Pool")

    def agent(self) -> None:
        self.gateway = agentcore.CfnGateway(
            self,
            "Gateway",
            name="probe-gateway",
            role_arn="arn:aws:iam::111122223333:role/probe",
            authorizer_type="AWS_IAM",
            protocol_type="MCP",
        )
        self.runtime = agentcore.CfnRuntime(
            self,
            "Runtime",
            agent_runtime_name="probe_code",
            role_arn="arn:aws:iam::111122223333:role/probe",
            agent_runtime_artifact=agentcore.CfnRuntime.AgentRuntimeArtifactProperty(
                container_configuration=agentcore.CfnRuntime.ContainerConfigurationProperty(
                    container_uri="111122223333.dkr.ecr.us-east-1.amazonaws.com/probe:1"
                )
            ),
            network_configuration=agentcore.CfnRuntime.NetworkConfigurationProperty(
                network_mode="PUBLIC"
            ),
            environment_variables={"GATEWAY": self.gateway.attr_gateway_url},
        )


def build(app: cdk.App, environment: Environment) -> cdk.Stack:
    return ProbeStack(app, environment)


if __name__ == "__main__":
    synthesize(build, Path(sys.argv[1]), bundle="host")
