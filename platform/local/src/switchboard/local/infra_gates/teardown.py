"""What destroying an environment would delete and what would remain, read from its templates."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from switchboard.local.infra_gates.assembly import Stack

KEPT = {"Retain", "RetainExceptOnCreate"}


@dataclass(frozen=True)
class Remains:
    """One thing that is still there when the stacks are gone."""

    stack: str
    what: str
    why: str
    remove: str
    costs: str

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


@dataclass(frozen=True)
class Teardown:
    """The stacks in the order of deletion, what goes with each, what remains."""

    stacks: list[tuple[str, Mapping[str, int]]]
    protected: list[str]
    """Stacks whose termination protection has to be switched off first."""
    remains: list[Remains]


HOW_TO_REMOVE: Mapping[str, tuple[str, str]] = {
    "AWS::DynamoDB::Table": ("aws dynamodb delete-table --table-name NAME", "storage, cents"),
    "AWS::S3::Bucket": ("empty it, then aws s3 rb s3://NAME", "storage, cents"),
    "AWS::S3Vectors::VectorBucket": ("delete its indexes, then the bucket", "storage, cents"),
    "AWS::KMS::Key": (
        "aws kms schedule-key-deletion --key-id ID --pending-window-in-days 7",
        "$1 a month until it is scheduled for deletion",
    ),
    "AWS::Connect::Instance": (
        "last of all: docs/desk/cleanup.md; its alias is taken for ever",
        "no, as long as nobody calls",
    ),
    "AWS::Connect::PhoneNumber": (
        "aws connect release-phone-number --phone-number-id ID; the number is lost",
        "yes, by the day",
    ),
    "AWS::Lambda::Function": ("some hours later: aws lambda delete-function", "no"),
    "AWS::ECR::Repository": ("aws ecr delete-repository --force --repository-name NAME", "cents"),
    "AWS::SecretsManager::Secret": (
        "aws secretsmanager delete-secret --secret-id NAME",
        "$0.40 a month",
    ),
    "AWS::Logs::LogGroup": ("aws logs delete-log-group --log-group-name NAME", "storage, cents"),
}
"""By type: how, and whether it costs money."""
OTHERWISE = ("delete it in the console of its service", "look at its price list")


def read_teardown(stacks: Sequence[Stack]) -> Teardown:
    """The teardown of one environment; `stacks` in the order of deployment."""
    ordered = list(reversed(stacks))
    return Teardown(
        stacks=[(stack.name, _deleted(stack)) for stack in ordered],
        protected=[stack.name for stack in ordered if stack.protected],
        remains=_together(item for stack in ordered for item in _remains(stack))
        + _of_the_account(stacks),
    )


def _together(found: Iterable[Remains]) -> list[Remains]:
    """Things of one stack that remain for the same reason, as one."""
    groups: dict[Remains, list[str]] = {}
    for item in found:
        groups.setdefault(replace(item, what=""), []).append(item.what)
    return [replace(item, what=", ".join(names)) for item, names in groups.items()]


def _deleted(stack: Stack) -> Mapping[str, int]:
    return Counter(
        resource["Type"]
        for resource in stack.template["Resources"].values()
        if resource.get("DeletionPolicy") not in KEPT
    )


def _remains(stack: Stack) -> Iterator[Remains]:
    for logical_id, resource in stack.template["Resources"].items():
        kind = resource["Type"]
        path = stack.paths.get(logical_id, logical_id)
        what = f"{path} ({kind.removeprefix('AWS::')})"
        properties = resource.get("Properties", {})
        if resource.get("DeletionPolicy") in KEPT:
            remove, costs = HOW_TO_REMOVE.get(kind, OTHERWISE)
            yield Remains(stack.name, what, "kept on purpose (DeletionPolicy)", remove, costs)
        elif kind in AFTER_DELETION and (found := AFTER_DELETION[kind](properties)):
            why, remove, costs = found
            yield Remains(stack.name, what, why, remove, costs)


Left = tuple[str, str, str]


def _bucket(_properties: Mapping[str, Any]) -> Left:
    return (
        "a bucket with content cannot be deleted, and its stack fails",
        "aws s3 rm s3://NAME --recursive, before",
        "storage, cents",
    )


def _vectors(_properties: Mapping[str, Any]) -> Left:
    return (
        "a bucket with vectors cannot be deleted",
        "delete the knowledge base's data first",
        "storage, cents",
    )


def _repository(properties: Mapping[str, Any]) -> Left | None:
    if properties.get("EmptyOnDelete"):
        return None
    return ("a repository with images cannot be deleted", *HOW_TO_REMOVE["AWS::ECR::Repository"])


def _key(properties: Mapping[str, Any]) -> Left:
    days = properties.get("PendingWindowInDays", 30)
    return (
        f"a key waits {days} days before it is deleted",
        "nothing to do; aws kms cancel-key-deletion brings it back",
        "no",
    )


def _table(properties: Mapping[str, Any]) -> Left | None:
    recovery = properties.get("PointInTimeRecoverySpecification", {})
    if not recovery.get("PointInTimeRecoveryEnabled"):
        return None
    return ("AWS keeps a last backup of it for 35 days", "nothing to do", "no")


def _function(properties: Mapping[str, Any]) -> Left | None:
    if "LoggingConfig" in properties:
        return None
    return (
        "Lambda makes a log group for it that no template has, at the edge in every region",
        *HOW_TO_REMOVE["AWS::Logs::LogGroup"],
    )


def _endpoint(_properties: Mapping[str, Any]) -> Left:
    return (
        "AgentCore makes a log group for each endpoint that no template has",
        *HOW_TO_REMOVE["AWS::Logs::LogGroup"],
    )


def _instance(_properties: Mapping[str, Any]) -> Left:
    return (
        "Connect makes /aws/connect/<alias> that no template has",
        *HOW_TO_REMOVE["AWS::Logs::LogGroup"],
    )


def _number(_properties: Mapping[str, Any]) -> Left:
    return ("the number goes back to AWS", "nothing to do; nobody gets the same one again", "no")


def _call(properties: Mapping[str, Any]) -> Left | None:
    """A call of an API that is not undone."""
    create, delete = properties.get("Create"), properties.get("Delete")
    if not create or delete:
        return None
    operation = f"{properties['Service']}.{create['Operation']}"
    if operation == "iam.create_service_linked_role":
        how = "aws iam delete-service-linked-role --role-name NAME, when nobody else uses it"
        return (f"the call {operation} is not undone", how, "no")
    return (f"the call {operation} is not undone", "goes with what it was made on", "no")


AFTER_DELETION: Mapping[str, Callable[[Mapping[str, Any]], Left | None]] = {
    "AWS::S3::Bucket": _bucket,
    "AWS::S3Vectors::VectorBucket": _vectors,
    "AWS::ECR::Repository": _repository,
    "AWS::KMS::Key": _key,
    "AWS::DynamoDB::Table": _table,
    "AWS::Lambda::Function": _function,
    "AWS::BedrockAgentCore::RuntimeEndpoint": _endpoint,
    "AWS::Connect::Instance": _instance,
    "AWS::Connect::PhoneNumber": _number,
    "Custom::ApiCall": _call,
}
"""What a type leaves behind although its resource is deleted."""


def _of_the_account(stacks: Sequence[Stack]) -> list[Remains]:
    """What every CDK app of the account shares."""
    if not any("BootstrapVersion" in stack.template.get("Parameters", {}) for stack in stacks):
        return []
    return [
        Remains(
            "CDKToolkit",
            "bootstrap bucket with the bundles and templates",
            "it belongs to the account, other apps may use it",
            "empty the bucket, then aws cloudformation delete-stack --stack-name CDKToolkit",
            "storage, cents",
        )
    ]
