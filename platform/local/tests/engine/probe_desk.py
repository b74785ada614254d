"""The call centre's part of the probe stack: an API behind a key, and a gateway before it."""

import json

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from switchboard.constructs.service_function import ServiceFunction

ALIAS = "probe-desk"
CALLER = {"name": "caller", "in": "query", "schema": {"type": "string"}}
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}


class Desk(Construct):
    """API, key, plan, gateway, target, contact events and a custom resource."""

    def __init__(
        self,
        scope: Construct,
        *,
        api: ServiceFunction,
        interceptor: ServiceFunction,
        resource: ServiceFunction,
    ) -> None:
        super().__init__(scope, "Desk")
        self._api(api)
        self.tight = self._key("Tight", rate=1, burst=3, month=1000)
        self.scarce = self._key("Scarce", rate=1000, burst=1000, month=2)
        self.roomy = self._key("Roomy", rate=1000, burst=1000, month=1_000_000)
        self._gateway(interceptor)
        self._target()
        self._contact_events()
        self.made_by = resource.function.function_arn
        self.made = cdk.CustomResource(
            self,
            "Made",
            service_token=resource.function.function_arn,
            resource_type="Custom::Made",
            properties={"Greeting": "hello", "Gateway": self.gateway.attr_gateway_identifier},
        )

    def _api(self, function: ServiceFunction) -> None:
        self.api = apigateway.RestApi(
            self,
            "Api",
            cloud_watch_role=False,
            deploy_options=apigateway.StageOptions(stage_name="poc"),
        )
        answer = apigateway.LambdaIntegration(function.function)
        tickets = self.api.root.add_resource("tickets")
        ticket = tickets.add_resource("{ticket_id}")
        for resource, method in ((tickets, "POST"), (tickets, "GET"), (ticket, "GET")):
            resource.add_method(method, answer, api_key_required=True)
        self.api.root.add_resource("internal").add_method(
            "GET", answer, authorization_type=apigateway.AuthorizationType.IAM
        )

    def _key(self, name: str, *, rate: int, burst: int, month: int) -> secretsmanager.Secret:
        """A key whose value is in a secret, under a plan of its own."""
        secret = secretsmanager.Secret(
            self,
            f"{name}Secret",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({"for": name}),
                generate_string_key="key",
                exclude_punctuation=True,
                password_length=40,
            ),
        )
        value = secret.secret_value_from_json("key").unsafe_unwrap()
        key = apigateway.ApiKey(self, f"{name}Key", value=value)
        plan = self.api.add_usage_plan(
            f"{name}Plan",
            throttle=apigateway.ThrottleSettings(rate_limit=rate, burst_limit=burst),
            quota=apigateway.QuotaSettings(limit=month, period=apigateway.Period.MONTH),
        )
        plan.add_api_stage(stage=self.api.deployment_stage)
        plan.add_api_key(key)
        return secret

    def _gateway(self, interceptor: ServiceFunction) -> None:
        core = agentcore.CfnGateway
        self.gateway = core(
            self,
            "Gateway",
            name="probe-desk",
            role_arn="arn:aws:iam::111122223333:role/probe",
            protocol_type="MCP",
            authorizer_type="CUSTOM_JWT",
            authorizer_configuration=core.AuthorizerConfigurationProperty(
                custom_jwt_authorizer=core.CustomJWTAuthorizerConfigurationProperty(
                    discovery_url=f"https://{ALIAS}.my.connect.aws/.well-known/openid-configuration",
                )
            ),
            interceptor_configurations=[
                core.GatewayInterceptorConfigurationProperty(
                    interception_points=["REQUEST"],
                    interceptor=core.InterceptorConfigurationProperty(
                        lambda_=core.LambdaInterceptorConfigurationProperty(
                            arn=interceptor.function.function_arn
                        )
                    ),
                    input_configuration=core.InterceptorInputConfigurationProperty(
                        pass_request_headers=True
                    ),
                )
            ],
        )

    def _target(self) -> None:
        core = agentcore.CfnGatewayTarget
        provider = agentcore.CfnApiKeyCredentialProvider(
            self,
            "Provider",
            name="probe-api-key",
            api_key=self.roomy.secret_value_from_json("key").unsafe_unwrap(),
        )
        core(
            self,
            "Target",
            name="itsm",
            gateway_identifier=self.gateway.attr_gateway_identifier,
            target_configuration=core.TargetConfigurationProperty(
                mcp=core.McpTargetConfigurationProperty(
                    open_api_schema=core.ApiSchemaConfigurationProperty(
                        inline_payload=cdk.Stack.of(self).to_json_string(self._document())
                    )
                )
            ),
            credential_provider_configurations=[
                core.CredentialProviderConfigurationProperty(
                    credential_provider_type="API_KEY",
                    credential_provider=core.CredentialProviderProperty(
                        api_key_credential_provider=core.ApiKeyCredentialProviderProperty(
                            provider_arn=provider.attr_credential_provider_arn,
                            credential_location="HEADER",
                            credential_parameter_name="x-api-key",
                        )
                    ),
                )
            ],
        )

    def _document(self) -> dict[str, object]:
        body = {"required": True, "content": {"application/json": {"schema": TEXT}}}
        path = {"name": "ticket_id", "in": "path", "required": True, "schema": {"type": "string"}}
        done = {"200": {"description": "done"}}
        create = {"operationId": "create_ticket", "requestBody": body, "responses": done}
        read = {"operationId": "get_ticket_status", "parameters": [path, CALLER], "responses": done}
        return {
            "openapi": "3.0.3",
            "info": {"title": "probe", "version": "1"},
            "servers": [{"url": self.api.url}],
            "paths": {"/tickets": {"post": create}, "/tickets/{ticket_id}": {"get": read}},
        }

    def _contact_events(self) -> None:
        self.contacts = sqs.Queue(self, "Contacts")
        events.Rule(
            self,
            "ContactEvents",
            event_pattern=events.EventPattern(
                source=["aws.connect"], detail_type=["Amazon Connect Contact Event"]
            ),
            targets=[targets.SqsQueue(self.contacts)],
        )
