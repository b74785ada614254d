"""Deploys a cloud assembly with boto3 alone: no Node, no CDK CLI at deployment time."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_cloudformation import CloudFormationClient
from mypy_boto3_s3 import S3Client
from mypy_boto3_ssm import SSMClient

from switchboard.local.deployment.cloud_assembly import Asset, StackArtifact, stacks
from switchboard.local.deployment.deployable import refusal
from switchboard.local.settings import ACCOUNT, REGION

BUCKET = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
"""The bucket `cdk bootstrap` makes; templates and bundles lie there."""
VERSION_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_VERSION = "30"
MAX_INLINE_BYTES = 51_200
"""Larger templates are read from the bucket (CloudFormation quota)."""
POLL_SECONDS = 0.05
STACK_SECONDS = 300
IN_PROGRESS = "_IN_PROGRESS"
REPLACED = {"ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED"}
"""A stack in such a state can only be deleted."""

Report = Callable[[str], None]


class DeployError(RuntimeError):
    """A stack could not be deployed; the message names the resource and the reason."""


@dataclass(frozen=True)
class Deployed:
    """What happened to one stack."""

    name: str
    outcome: str
    """`created`, `updated` or `unchanged`."""
    seconds: float


@dataclass(frozen=True)
class Deployer:
    """CloudFormation, the asset bucket and SSM of one endpoint."""

    cloudformation: CloudFormationClient
    s3: S3Client
    ssm: SSMClient
    endpoint: str
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], object] = Event().wait

    def bootstrap(self) -> None:
        """What `cdk bootstrap` leaves that templates look at: the bucket and the version."""
        try:
            self.s3.head_bucket(Bucket=BUCKET)
        except ClientError:
            self.s3.create_bucket(Bucket=BUCKET)
        self.ssm.put_parameter(
            Name=VERSION_PARAMETER, Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True
        )

    def deploy(
        self, assembly: Path, parameters: Mapping[str, str], report: Report
    ) -> list[Deployed]:
        """Deploy every stack of an assembly; a stack takes those of `parameters` that it declares.

        A parameter called `<stack>:<name>` is for that stack alone and goes before `<name>`.

        Raises:
            DeployError: naming stack, resource and reason.
        """
        found = list(stacks(assembly))
        if reasons := [why for stack in found if (why := refusal(stack.name, stack.template))]:
            raise DeployError(reasons[0])
        try:
            return [self._deploy(stack, parameters, report) for stack in found]
        except (BotoCoreError, ClientError) as error:
            raise DeployError(f"{assembly.name}: the engine refused: {error}") from error

    def complete(self, names: list[str]) -> bool:
        """Whether all these stacks are deployed."""
        return all(
            (self._status(name) or "").endswith(("CREATE_COMPLETE", "UPDATE_COMPLETE"))
            for name in names
        )

    def _deploy(
        self, stack: StackArtifact, parameters: Mapping[str, str], report: Report
    ) -> Deployed:
        start = self.clock()
        for asset in stack.assets:
            self._upload(asset)
        if self._status(stack.name) in REPLACED:
            self._delete(stack.name)
        outcome = self._change(stack, parameters)
        if outcome != "unchanged":
            self._await(stack.name)
        seconds = self.clock() - start
        report(f"{stack.name} {outcome} in {seconds:.1f} s")
        return Deployed(stack.name, outcome, seconds)

    def _upload(self, asset: Asset) -> None:
        try:
            self.s3.head_object(Bucket=asset.bucket, Key=asset.key)
        except ClientError:
            self.s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=asset.content())

    def _change(self, stack: StackArtifact, parameters: Mapping[str, str]) -> str:
        wanted: Any = {
            "StackName": stack.name,
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value}
                for name in sorted(stack.parameters)
                if (value := parameters.get(f"{stack.name}:{name}", parameters.get(name)))
                is not None
            ],
            **self._template(stack),
        }
        try:
            if self._status(stack.name) is None:
                self.cloudformation.create_stack(**wanted)
                return "created"
            self.cloudformation.update_stack(**wanted)
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return "unchanged"
            raise DeployError(f"stack {stack.name}: {_message(error)}") from error
        return "updated"

    def _template(self, stack: StackArtifact) -> dict[str, str]:
        if len(stack.template.encode()) <= MAX_INLINE_BYTES:
            return {"TemplateBody": stack.template}
        key = f"templates/{stack.name}.json"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=stack.template.encode())
        return {"TemplateURL": f"{self.endpoint}/{BUCKET}/{key}"}

    def _await(self, name: str) -> None:
        end = self.clock() + STACK_SECONDS
        while (status := self._status(name) or "").endswith(IN_PROGRESS):
            if self.clock() > end:
                raise DeployError(f"stack {name} is still {status} after {STACK_SECONDS} s")
            self.pause(POLL_SECONDS)
        if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            raise DeployError(f"stack {name} is {status}: {self._reason(name)}")

    def _delete(self, name: str) -> None:
        self.cloudformation.delete_stack(StackName=name)
        while (self._status(name) or "").endswith(IN_PROGRESS):
            self.pause(POLL_SECONDS)

    def _status(self, name: str) -> str | None:
        try:
            found = self.cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        status = found[0]["StackStatus"] if found else "DELETE_COMPLETE"
        return None if status == "DELETE_COMPLETE" else status

    def _reason(self, name: str) -> str:
        """The first failure: what comes after it was only cancelled because of it."""
        # Newest first.
        events = self.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failures = [
            event
            for event in reversed(events)
            if event.get("ResourceStatus", "").endswith("FAILED")
            and "cancelled" not in event.get("ResourceStatusReason", "").lower()
            and event.get("ResourceType") != "AWS::CloudFormation::Stack"
        ]
        if not failures:
            return "no reason was given"
        first = failures[0]
        return (
            f"{first['LogicalResourceId']} ({first['ResourceType']}): "
            f"{first.get('ResourceStatusReason', 'no reason was given')}"
        )


def _message(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Message", str(error))
