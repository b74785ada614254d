"""A service's REST API the way every service has it: TLS, access log, limits, one error format."""

import json
from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs

from constructs import Construct
from switchboard.constructs.explained import explain
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack

TLS_POLICY = "SecurityPolicy_TLS13_1_2_PQ_2025_09"
"""TLS 1.2 or newer (API Gateway developer guide, security policies for REST APIs)."""
ACCESS_LOG = {
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "path": "$context.resourcePath",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "error": "$context.error.message",
}
"""The path is that of the resource: what stands in its parameters is not logged."""
RATE, BURST = 50, 100
"""Requests per second an API takes, all callers together."""
REFUSED = ("REQUEST_REFUSED", "Check path, method, signature and rate")
FAILED = ("INTERNAL_ERROR", "Send the request again later")


class ServiceApi(Construct):
    """An API without routes; add them with `route`. Signed by IAM unless a route says otherwise."""

    def __init__(
        self,
        scope: ServiceStack,
        construct_id: str,
        *,
        name: str | None = None,
        stage: str | None = None,
        logged: Mapping[str, str] | None = None,
        common_errors: bool = True,
    ) -> None:
        """Build it as `name` (default: the stack's) with one `stage` (default: the environment's).

        `logged`: more fields of the access log. `common_errors`: what API Gateway answers by
        itself has the error format of all our doors (ERR-01).
        """
        super().__init__(scope, construct_id)
        self.stage = stage or scope.environment_data.name
        access_log = logs.LogGroup(
            self,
            "AccessLog",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.rest = apigateway.RestApi(
            self,
            "Rest",
            rest_api_name=name or scope.stack_name,
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            # The account's one API Gateway log role belongs to the platform, not to each API.
            cloud_watch_role=False,
            deploy_options=apigateway.StageOptions(
                stage_name=self.stage,
                access_log_destination=apigateway.LogGroupLogDestination(access_log),
                access_log_format=apigateway.AccessLogFormat.custom(
                    json.dumps({**ACCESS_LOG, **(logged or {})})
                ),
                throttling_rate_limit=RATE,
                throttling_burst_limit=BURST,
                metrics_enabled=True,
                tracing_enabled=True,
            ),
        )
        self._demand_tls()
        self._explain()
        if common_errors:
            self._answer("Refused", apigateway.ResponseType.DEFAULT_4_XX, *REFUSED)
            self._answer("Failed", apigateway.ResponseType.DEFAULT_5_XX, *FAILED)

    def route(
        self,
        method: str,
        path: str,
        function: ServiceFunction,
        *,
        authorization: apigateway.AuthorizationType = apigateway.AuthorizationType.IAM,
        needs_key: bool = False,
    ) -> apigateway.Method:
        """Hand requests for `path` (no slash in front) to the function."""
        made = self.rest.root.resource_for_path(path).add_method(
            method,
            apigateway.LambdaIntegration(function.function, allow_test_invoke=False),
            authorization_type=authorization,
            api_key_required=needs_key,
        )
        if authorization is apigateway.AuthorizationType.NONE:
            explain(
                made,
                "AwsSolutions-APIG4",
                reason="An API key (seed 000)"
                if needs_key
                else "The body is signed; checked in code",
            )
        return made

    @property
    def url(self) -> str:
        """Where the API answers, without a slash at the end."""
        stack = cdk.Stack.of(self)
        host = f"{self.rest.rest_api_id}.execute-api.{stack.region}.{stack.url_suffix}"
        return f"https://{host}/{self.stage}"

    def _explain(self) -> None:
        explain(
            self,
            "AwsSolutions-APIG2",
            reason="Bodies are validated by the models of the code, with our error format",
        )
        explain(
            self,
            "AwsSolutions-APIG3",
            reason="A web ACL costs $5 a month; every route is signed or keyed, the rate bounded",
        )
        explain(
            self,
            "AwsSolutions-APIG6",
            reason="Execution logs hold bodies, which are people's texts; there is an access log",
        )
        explain(
            self,
            "AwsSolutions-COG4",
            reason="Programs call it, signed by IAM, by key or by signature; it has no users",
        )

    def _demand_tls(self) -> None:
        resource = self.rest.node.default_child
        if isinstance(resource, apigateway.CfnRestApi):
            resource.security_policy = TLS_POLICY
            resource.endpoint_access_mode = "BASIC"

    def _answer(
        self, name: str, kind: apigateway.ResponseType, code: str, remediation: str
    ) -> None:
        error = {
            "code": code,
            "message": "$message",
            "invocation_id": None,
            "remediation": remediation,
        }
        # `messageString` brings its own quotes.
        body = json.dumps({"error": error}).replace('"$message"', "$context.error.messageString")
        self.rest.add_gateway_response(
            f"Answer{name}", type=kind, templates={"application/json": body}
        )
