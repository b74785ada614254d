"""The stack of a service: one environment, the four tags, the platform known by SSM names only."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_ssm as ssm

from constructs import Construct
from switchboard.constructs.environments import Environment, region

TAGS = {"Project": "Switchboard", "Owner": "platform-team"}


class ServiceStack(cdk.Stack):
    """Region but no account (so synth asks nobody), tags on everything (S001-FR-005)."""

    def __init__(
        self,
        scope: Construct,
        *,
        service: str,
        environment: Environment,
        environment_tag: str | None = None,
        **options: Any,
    ) -> None:
        """Name the stack `switchboard-<env>-<service>`.

        `environment_tag` instead of the environment's name: `PoC` for stacks of the desk (K-53).

        Raises:
            RegionRefusedError: the context asks for a region that nobody has allowed.
        """
        super().__init__(
            scope,
            f"switchboard-{environment.name}-{service}",
            env=cdk.Environment(region=region(scope)),
            **options,
        )
        self.service = service
        self.environment_data = environment
        self.own_tags = {
            **TAGS,
            "Environment": environment_tag or environment.name,
            "CostCenter": f"switchboard-{service}",
        }
        for key, value in self.own_tags.items():
            cdk.Tags.of(self).add(key, value)

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
        self._publish(construct_id, self.service, name, value)

    def publish_platform_values(self, values: Mapping[str, str]) -> None:
        """Offer values as `/switchboard/<env>/platform/<name>`: for the platform's own stacks."""
        for name, value in values.items():
            words = name.replace("-", "/").split("/")
            self._publish("Value" + "".join(map(str.title, words)), "platform", name, value)

    def _publish(self, construct_id: str, service: str, name: str, value: str) -> None:
        ssm.StringParameter(
            self,
            construct_id,
            parameter_name=f"/switchboard/{self.environment_data.name}/{service}/{name}",
            string_value=value,
        )
