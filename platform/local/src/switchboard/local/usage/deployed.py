"""The templates' grants as they are deployed: role names, and resources without functions.

CloudFormation says which role came of which construct, IAM what its policies say now. A grant that
is not deployed keeps no resources: nobody can have used it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from switchboard.local.infra_gates.assembly import Stack
from switchboard.local.infra_gates.iam import as_list
from switchboard.local.usage.grants import ROLE, Grant, Policy, label

Key = tuple[str, str]
"""A stack and a logical id."""


class DeploymentDiffersError(RuntimeError):
    """What is deployed is not what the templates say."""

    remedy = "deploy them: hatch run up (or run the flow tests again)"


@dataclass(frozen=True)
class Deployed:
    """The roles of the running platform."""

    role_names: Mapping[Key, str]
    documents: Mapping[tuple[str, str], Mapping[str, Any]]
    """Inline policies by role name and policy name."""

    def grants(self, policies: Sequence[Policy]) -> list[Grant]:
        """The grants of these policies, resources and conditions as deployed.

        Raises:
            DeploymentDiffersError: a deployed policy has other statements.
        """
        return [grant for policy in policies for grant in self._of(policy)]

    def labels(self, stacks: Sequence[Stack]) -> dict[str, str]:
        """How reports call a role, by its name."""
        return {
            name: label(stack, role_id)
            for stack in stacks
            for (owner, role_id), name in self.role_names.items()
            if owner == stack.name
        }

    def _of(self, policy: Policy) -> list[Grant]:
        written = list(policy.grants())
        name = self.role_names.get((policy.role_stack, policy.role_id), "")
        document = self.documents.get((name, policy.name))
        if document is None:
            return [replace(grant, resources=()) for grant in written]
        statements = document["Statement"]
        same = len(statements) == len(written) and all(
            tuple(as_list(statement["Action"])) == grant.actions
            for statement, grant in zip(statements, written, strict=True)
        )
        if not same:
            raise DeploymentDiffersError(f"{policy.role}: {policy.name} is deployed differently")
        return [
            replace(
                grant,
                resources=tuple(as_list(statement["Resource"])),
                condition=statement.get("Condition", {}),
            )
            for statement, grant in zip(statements, written, strict=True)
        ]


def read_deployed(cloudformation: Any, iam: Any, stacks: Sequence[str]) -> Deployed:
    """Ask the running platform; `stacks` are full names, those not deployed are left out."""
    found = {}
    for stack in stacks:
        try:
            answer = cloudformation.describe_stack_resources(StackName=stack)
        except cloudformation.exceptions.ClientError:
            continue  # this stack is not for this machine
        for resource in answer["StackResources"]:
            if resource["ResourceType"] == ROLE:
                key = (stack, resource["LogicalResourceId"])
                found[key] = str(resource["PhysicalResourceId"])
    return Deployed(found, _documents(iam, sorted(set(found.values()))))


def _documents(iam: Any, roles: Sequence[str]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {
        (role, policy): _document(
            iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        )
        for role in roles
        for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]
    }


def _document(value: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found
