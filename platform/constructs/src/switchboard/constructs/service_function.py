"""A Lambda function the way every service has it: Python 3.12 on arm64, own role, own log group."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from constructs import Construct


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
            environment={"POWERTOOLS_SERVICE_NAME": service, "LOG_LEVEL": "INFO", **environment},
        )

    def allow(self, *actions: str, on: list[str]) -> None:
        """Grant exactly these actions on exactly these resource ARNs."""
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=on))
