"""What a runtime cannot work without, checked before one is deployed (T031).

The same actions stand in docs/runtime/contracts/execution-role-permissions.json; a test compares.
"""

from collections.abc import Iterable, Mapping

from aws_cdk import aws_iam as iam

ALWAYS: Mapping[str, frozenset[str]] = {
    "Model": frozenset({"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"}),
    "ModelKey": frozenset({"secretsmanager:GetSecretValue"}),
    "Outcome": frozenset({"events:PutEvents"}),
    "GatewayToken": frozenset({"bedrock-agentcore:GetResourceOauth2Token"}),
    "GatewayTokenSecret": frozenset({"secretsmanager:GetSecretValue"}),
    "LogGroup": frozenset({"logs:CreateLogGroup", "logs:DescribeLogStreams"}),
    "LogStreams": frozenset({"logs:CreateLogStream", "logs:PutLogEvents"}),
}
OF_A_ZIP: Mapping[str, frozenset[str]] = {"Code": frozenset({"s3:GetObject"})}
OF_AN_IMAGE: Mapping[str, frozenset[str]] = {
    "Image": frozenset({"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}),
    "ImageLogin": frozenset({"ecr:GetAuthorizationToken"}),
}
OF_A_KEY: Mapping[str, frozenset[str]] = {"Key": frozenset({"kms:Decrypt"})}
OF_TRACES: Mapping[str, frozenset[str]] = {
    "Traces": frozenset({"xray:PutSpans", "xray:PutTraceSegments"})
}
OF_MEMORY: Mapping[str, frozenset[str]] = {
    "Memory": frozenset(
        {
            "bedrock-agentcore:CreateEvent",
            "bedrock-agentcore:ListEvents",
            "bedrock-agentcore:RetrieveMemoryRecords",
        }
    )
}
OF_MEMORY_WITH_A_KEY: Mapping[str, frozenset[str]] = {
    "MemoryKey": frozenset({"kms:Decrypt", "kms:GenerateDataKey"})
}


class MissingPermissionError(ValueError):
    """A runtime would be deployed that cannot do its work."""


def demand_permissions(
    role: str,
    statements: Iterable[iam.PolicyStatement],
    *required: Mapping[str, frozenset[str]],
) -> None:
    """Refuse an execution role that lacks what a runtime needs.

    Raises:
        MissingPermissionError: naming the role, each statement and each action.
    """
    given = {statement.sid: set(statement.actions) for statement in statements}
    missing = [
        f"{sid}: {', '.join(sorted(lacking))}"
        for needed in required
        for sid, actions in needed.items()
        if (lacking := actions - given.get(sid, set()))
    ]
    if missing:
        raise MissingPermissionError(
            f"execution role {role} lacks {'; '.join(missing)}. Add what is missing to "
            "agents/infra/agents_role.py, or say in agents_permissions.py that it is not needed"
        )
