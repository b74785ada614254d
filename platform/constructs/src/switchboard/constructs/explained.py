"""Why a finding of the infrastructure checks is right as it is, said beside the code it is about.

`hatch run infra-check` takes a finding as explained when the construct, or one around it, says so.
An explanation that no finding needs is a finding itself, so that none outlives its reason.
"""

from aws_cdk import Acknowledgment, Validations

from constructs import IConstruct
from switchboard.constructs.metadata import EXPLAINED


def explain(construct: IConstruct, *rules: str, reason: str, finding: str = "") -> None:
    """Explain findings of `rules` on `construct` and on what is inside it.

    `finding` narrows them to those whose detail has this text.
    """
    for rule in rules:
        construct.node.add_metadata(EXPLAINED, {"rule": rule, "reason": reason, "finding": finding})


def explain_wildcard(construct: IConstruct, *resources: str, reason: str) -> None:
    """Explain permissions on resources with a `*`.

    Each is named by a part of its ARN, e.g. `"/snapshots/*"`; `"*"` alone means just that.
    """
    for resource in resources:
        explain(construct, "AwsSolutions-IAM5", reason=reason, finding=resource)


def explain_schema(construct: IConstruct, *rules: str, reason: str) -> None:
    """Explain warnings of CDK's own check of templates, which every `synth` prints.

    CDK drops what is acknowledged, so one that no warning needs any more is not noticed.
    """
    validations = Validations.of(construct)
    for rule in rules:
        named = f"CloudFormation-Validate::{rule}"
        validations.acknowledge(Acknowledgment(id=named, reason=reason))
