"""The ticket API of seed 000: routes with a key for programs, signed ones for people, a plan."""

import json

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from switchboard.constructs.explained import explain
from switchboard.constructs.service_api import ServiceApi
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack

STAGE = "poc"
KEYED = (
    ("POST", "tickets"),
    ("GET", "tickets"),
    ("GET", "tickets/{ticket_id}"),
    ("POST", "tickets/{ticket_id}/comments"),
)
"""With `x-api-key`. A method with IAM as well would be no tool of the gateway's (F21)."""
SIGNED = (
    ("GET", "internal/tickets/{ticket_id}"),
    ("PATCH", "internal/tickets/{ticket_id}"),
    ("POST", "internal/tickets/{ticket_id}/work-notes"),
)
KEY_LENGTH = 40
KEY_FIELD = "api_key"
"""Where the secret, a JSON object, holds the key: AgentCore reads no secret of plain text."""


class TicketDoor(Construct):
    """REST API, key, usage plan; the key's value is the secret's and stands in no template."""

    def __init__(
        self,
        scope: ServiceStack,
        construct_id: str,
        *,
        suffix: str,
        function: ServiceFunction,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        """Serve the operations of openapi.json with `function`; names end with `suffix`."""
        super().__init__(scope, construct_id)
        # What API Gateway refuses by itself is answered as in seed 000: {"message": "Forbidden"}.
        self.api = ServiceApi(
            scope, "Api", name=f"poc-itsm-api{suffix}", stage=STAGE, common_errors=False
        )
        for method, path in KEYED:
            nobody = apigateway.AuthorizationType.NONE
            self.api.route(method, path, function, authorization=nobody, needs_key=True)
        for method, path in SIGNED:
            self.api.route(method, path, function)
        self.secret = secretsmanager.Secret(
            self,
            "KeySecret",
            secret_name=f"poc-itsm-api-key{suffix}",
            description=f"x-api-key of the ticket API, in the field {KEY_FIELD}",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({}),
                generate_string_key=KEY_FIELD,
                exclude_punctuation=True,
                password_length=KEY_LENGTH,
            ),
            removal_policy=removal_policy,
        )
        explain(
            self.secret,
            "AwsSolutions-SMG4",
            reason="An API key's value cannot change; docs/desk/api-gateway.md says how to renew",
        )
        self._usage_plan(suffix)

    def method_arns(self) -> list[str]:
        """The operations that need the key, of this one stage (GTW-12)."""
        return [
            self.api.rest.arn_for_execute_api(
                method, "/" + path.replace("{ticket_id}", "*"), self.api.stage
            )
            for method, path in KEYED
        ]

    def _usage_plan(self, suffix: str) -> None:
        rest = self.api.rest
        # A reference that CloudFormation resolves when it deploys.
        value = self.secret.secret_value_from_json(KEY_FIELD).unsafe_unwrap()
        key = apigateway.ApiKey(self, "Key", api_key_name=f"poc-itsm-api-key{suffix}", value=value)
        plan = apigateway.UsagePlan(
            self,
            "UsagePlan",
            name=f"poc-itsm-usage-plan{suffix}",
            throttle=apigateway.ThrottleSettings(burst_limit=100, rate_limit=50),
            quota=apigateway.QuotaSettings(limit=10_000, period=apigateway.Period.MONTH),
            api_stages=[apigateway.UsagePlanPerApiStage(api=rest, stage=rest.deployment_stage)],
        )
        plan.add_api_key(key)
