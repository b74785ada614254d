"""The stack of a service: one environment, the four tags, the platform known by SSM names only."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_ssm as ssm

from constructs import Construct
from switchboard.constructs.environments import REGION, Environment

TAGS = {"Project": "Switchboard", "Owner": "platform-team"}


class ServiceStack(cdk.Stack):
    """Region but no account (so synth asks nobody), tags on everything (S001-FR-005)."""

    def __init__(
        self, scope: Construct, *, service: str, environment: Environment, **options: Any
    ) -> None:
        """Name the stack `switchboard-<env>-<service>`."""
        super().__init__(
            scope,
            f"switchboard-{environment.name}-{service}",
            env=cdk.Environment(region=REGION),
            **options,
        )
        self.service = service
        self.environment_data = environment
        for key, value in TAGS.items():
            cdk.Tags.of(self).add(key, value)
        cdk.Tags.of(self).add("Environment", environment.name)
        cdk.Tags.of(self).add("CostCenter", f"switchboard-{service}")

    def platform_value(self, name: str) -> str:
        """A value of the platform, e.g. `bus/name`, read from SSM when the stack is deployed."""
        return ssm.StringParameter.value_for_string_parameter(
            self, f"/switchboard/{self.environment_data.name}/platform/{name}"
        )

    def platform_bus(self) -> events.IEventBus:
        """The bus of the environment."""
        return events.EventBus.from_event_bus_arn(self, "Bus", self.platform_value("bus/arn"))

    def publish_value(self, construct_id: str, name: str, value: str) -> None:
        """Offer a value of this service as `/switchboard/<env>/<service>/<name>`."""
        ssm.StringParameter(
            self,
            construct_id,
            parameter_name=f"/switchboard/{self.environment_data.name}/{self.service}/{name}",
            string_value=value,
        )
