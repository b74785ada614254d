"""Names of the desk's resources: `poc-itsm-...`, made from their place in the stack (ITS-16)."""

import re
from collections.abc import Callable

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct

ATTRIBUTES: dict[type[cdk.CfnResource], str] = {
    lambda_.CfnFunction: "function_name",
    iam.CfnRole: "role_name",
    dynamodb.CfnTable: "table_name",
    sqs.CfnQueue: "queue_name",
    cloudwatch.CfnAlarm: "alarm_name",
}
_MADE_BY_BLOCKS = {"Resource", "Function", "Table", "Queue"}
"""What the blocks call their one main part: says nothing in a name."""
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def name_all(stack: cdk.Stack, named: Callable[[str], str]) -> None:
    """Name every function, role, table, queue and alarm that has no name yet."""
    for construct in stack.node.find_all():
        for kind, attribute in ATTRIBUTES.items():
            if isinstance(construct, kind) and not _is_named(getattr(construct, attribute)):
                setattr(construct, attribute, named(_place(construct)))


def rename(construct: IConstruct, attribute: str, name: str) -> None:
    """Give the resource behind a construct the name that seed 000 demands."""
    setattr(construct.node.default_child, attribute, name)


def _is_named(name: str | None) -> bool:
    """CDK's blocks leave a token that comes to nothing where a name could be."""
    return name is not None and not cdk.Token.is_unresolved(name)


def _place(construct: cdk.CfnResource) -> str:
    parts = construct.node.path.split("/")[1:]
    words = [_WORD.sub("-", part).lower() for part in parts if part not in _MADE_BY_BLOCKS]
    return "-".join(words)
