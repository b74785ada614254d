"""A Lambda function the way every service has it: Python 3.12 on arm64, own role, own log group."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from constructs import Construct
from switchboard.constructs.explained import explain, explain_wildcard

COLLECTOR = "switchboard:otlp-endpoint"
"""CDK context: where functions post their spans, e.g. http://localhost:4318; absent: nowhere."""
COLLECTOR_LAYER = "switchboard:otlp-layer"
"""CDK context: the ARN of the layer that listens there (ADOT's collector)."""


class ServiceFunction(Construct):
    """One function with least privilege: its role may write its own log group, no more yet."""

    def __init__(  # noqa: PLR0913 - a function has this many settings
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        code: lambda_.Code,
        handler: str,
        environment: Mapping[str, str],
        timeout: cdk.Duration | None = None,
        memory_mb: int = 512,
        traced: bool = True,
    ) -> None:
        """Build the function; `environment` must equal the names in the service's `Settings`.

        `traced` False: no X-Ray, whose permissions know no resource but `*`.
        """
        super().__init__(scope, construct_id)
        self.service = service
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_12,
            architecture=lambda_.Architecture.ARM_64,
            code=code,
            handler=handler,
            role=self.role,
            log_group=self.log_group,
            timeout=timeout or cdk.Duration.seconds(30),
            memory_size=memory_mb,
            tracing=lambda_.Tracing.ACTIVE if traced else lambda_.Tracing.DISABLED,
            environment={
                "POWERTOOLS_SERVICE_NAME": service,
                "LOG_LEVEL": "INFO",
                **self._collector(),
                **environment,
            },
        )
        layer = self.node.try_get_context(COLLECTOR_LAYER)
        if layer:
            self.function.add_layers(
                lambda_.LayerVersion.from_layer_version_arn(self, "Collector", str(layer))
            )
        self._explain(traced=traced)

    def _collector(self) -> dict[str, str]:
        endpoint = self.node.try_get_context(COLLECTOR)
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": str(endpoint)} if endpoint else {}

    def _explain(self, *, traced: bool) -> None:
        explain(
            self,
            "AwsSolutions-L1",
            "Serverless-LambdaLatestVersion",
            reason="Python 3.12 in every function, so that the .pyc of a bundle match (K-26)",
        )
        explain(
            self,
            "Serverless-LambdaDLQ",
            reason="The caller waits for the answer, or a queue, stream or schedule tries again",
        )
        if traced:
            explain_wildcard(self.role, "*", reason="X-Ray's actions know no resource but *")
        else:
            explain(
                self,
                "Serverless-LambdaTracing",
                reason="X-Ray's permissions are wildcards, which this role must not have",
            )

    def allow(self, *actions: str, on: list[str]) -> None:
        """Grant exactly these actions on exactly these resource ARNs."""
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=on))
