"""A Lambda function the way every service has it: Python 3.12 on arm64, own role, own log group."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from constructs import Construct
from switchboard.constructs.explained import explain, explain_wildcard
from switchboard.constructs.tracing import PUT, posts_to_x_ray, spans_variable


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
                **environment,
            },
        )
        self._explain(traced=traced)

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

    def send_spans(self) -> None:
        """Let it post the spans of its work (K-50); a function that makes none needs no leave."""
        for name, place in spans_variable(self).items():
            self.function.add_environment(name, place)
        if posts_to_x_ray(self):
            self.allow(*PUT, on=["*"])

    def allow(self, *actions: str, on: list[str]) -> None:
        """Grant exactly these actions on exactly these resource ARNs."""
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=on))
