"""The storage stack: the agents' ECR repositories, deployed and pushed to before the runtimes."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from constructs import Construct

from switchboard.constructs.environments import REGION, Environment
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.stack_order import follow

KEEP_IMAGES = 20


def build(app: cdk.App, environment: Environment, agents: Sequence[str]) -> cdk.Stack:
    """The stack with one repository per agent."""
    return ImagesStack(app, environment, agents)


def repository_name(environment: Environment, agent: str) -> str:
    """The repository of an agent's images."""
    return f"switchboard-{environment.name}/{agent.replace('_', '-')}"


def image_uri(scope: Construct, environment: Environment, agent: str, tag: str) -> str:
    """The image a runtime runs."""
    account = cdk.Stack.of(scope).account
    name = repository_name(environment, agent)
    return f"{account}.dkr.ecr.{REGION}.amazonaws.com/{name}:{tag}"


class ImagesStack(ServiceStack):
    """One repository per agent: tags never move, every push is scanned."""

    def __init__(self, scope: Construct, environment: Environment, agents: Sequence[str]) -> None:
        """Build a repository for each of `agents`."""
        super().__init__(scope, service="agent-images", environment=environment)
        key = (
            kms.Key.from_key_arn(self, "Key", self.platform_value("security/key-arn"))
            if environment.customer_managed_keys
            else None
        )
        for agent in agents:
            name = agent.title().replace("_", "")
            repository = ecr.Repository(
                self,
                name,
                repository_name=repository_name(environment, agent),
                image_tag_mutability=ecr.TagMutability.IMMUTABLE,
                image_scan_on_push=True,
                encryption=ecr.RepositoryEncryption.KMS,
                encryption_key=key,
                lifecycle_rules=[ecr.LifecycleRule(max_image_count=KEEP_IMAGES)],
                removal_policy=(
                    cdk.RemovalPolicy.RETAIN if environment.keep_data else cdk.RemovalPolicy.DESTROY
                ),
                empty_on_delete=not environment.keep_data,
            )
            cdk.CfnOutput(
                self,
                f"{name}RepositoryArn",
                value=repository.repository_arn,
                export_name=f"{environment.name}-{name}RepositoryArn",
            )
        follow(self)
