"""One AWS API call as a resource, for the few things CloudFormation has no resource for.

Never CDK's `AwsCustomResource`: that runs on Node, which the local engine cannot.

    ApiCall(
        self,
        "Audience",
        service="bedrock-agentcore-control",
        create=("update_gateway", {"gatewayIdentifier": gateway_id, ...}),
        physical_id=f"{gateway_id}-audience",
        allow=[(["bedrock-agentcore:UpdateGateway"], [gateway_arn])],
    )

The call must be one that may be repeated: it runs again when its parameters change (as `update`, or
as `create` when there is none) and when CloudFormation asks twice. A changed `physical_id` runs the
old one's `delete`. How it answers: `switchboard.runtime.api_call`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs import Construct
from switchboard.constructs.bundling import lambda_code
from switchboard.constructs.service_function import ServiceFunction

Call = tuple[str, Mapping[str, Any]]
"""A boto3 method and its parameters, e.g. `("delete_thing", {"thingId": "x"})`."""
Permission = tuple[Sequence[str], Sequence[str]]
"""Actions and the resources they are allowed on."""
FUNCTION_ID = "ApiCalls"
FUNCTION_TIME_LIMIT = cdk.Duration.seconds(180)
"""Four tries of a slow service, and the waits for a new policy to be known."""
ANSWER_SECONDS = 240
"""How long CloudFormation waits for the answer; an hour when nothing is said."""


class ApiCall(Construct):
    """A custom resource over the stack's one API-call function, with permissions of its own."""

    def __init__(  # noqa: PLR0913 - a call has this many parts
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        create: Call | None = None,
        update: Call | None = None,
        delete: Call | None = None,
        physical_id: str | None = None,
        allow: Sequence[Permission] = (),
        ignore: Sequence[str] = (),
        outputs: Sequence[str] = (),
        again_when: str | None = None,
    ) -> None:
        """Call `service` (boto3's name) when the resource is created, updated, deleted.

        `ignore`: error codes that count as success, e.g. `"InvalidInput: has been taken"` with a
        part of the message. `outputs`: response fields for `output`, e.g. `"role.arn"`.
        `again_when`: any text; a change of it makes the call run again.
        """
        super().__init__(scope, construct_id)
        function = _function(cdk.Stack.of(self))
        properties = {
            "Service": service,
            "Create": _call(create),
            "Update": _call(update),
            "Delete": _call(delete),
            "PhysicalId": physical_id,
            "IgnoreErrors": list(ignore) or None,
            "Outputs": list(outputs) or None,
            "AgainWhen": again_when,
        }
        self.resource = cdk.CustomResource(
            self,
            "Resource",
            resource_type="Custom::ApiCall",
            service_token=function.function.function_arn,
            service_timeout=cdk.Duration.seconds(ANSWER_SECONDS),
            properties={name: value for name, value in properties.items() if value is not None},
        )
        self._allow(function, allow)

    def output(self, name: str) -> str:
        """A response field named in `outputs`."""
        return self.resource.get_att_string(name)

    def _allow(self, function: ServiceFunction, allow: Sequence[Permission]) -> None:
        """A policy for this call alone: in one for all, calls would wait for each other."""
        if not allow:
            return
        policy = iam.Policy(
            self,
            "Policy",
            roles=[function.role],
            statements=[
                iam.PolicyStatement(actions=list(actions), resources=list(resources))
                for actions, resources in allow
            ],
        )
        self.resource.node.add_dependency(policy)


def _call(call: Call | None) -> dict[str, Any] | None:
    return None if call is None else {"Operation": call[0], "Parameters": dict(call[1])}


def _function(stack: cdk.Stack) -> ServiceFunction:
    """The function of the stack, made by its first call."""
    found = stack.node.try_find_child(FUNCTION_ID)
    if isinstance(found, ServiceFunction):
        return found
    return ServiceFunction(
        stack,
        FUNCTION_ID,
        service="api-call",
        # Lambda's own boto3 is older than some of the operations called here
        code=lambda_code(stack, ["platform/runtime"], only=("boto3", "aws-lambda-powertools")),
        handler="switchboard.runtime.api_call.handler",
        environment={},
        timeout=FUNCTION_TIME_LIMIT,
        memory_mb=256,
    )
