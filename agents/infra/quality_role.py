"""What the online evaluation of one agent may read, and where it may write."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from switchboard.constructs.environments import REGION
from switchboard.constructs.explained import explain_wildcard

SPANS = "aws/spans"
"""Where Transaction Search keeps the traces of the account."""


def evaluation_role(scope: Construct, log_groups: str) -> iam.Role:
    """The role AgentCore assumes to evaluate (statements: AWS, "Prerequisites" of Evaluations).

    Args:
        scope: the construct that gets the role.
        log_groups: how the names of the agent's log groups begin.
    """
    account = cdk.Stack.of(scope).account
    ours = f"arn:aws:bedrock-agentcore:{REGION}:{account}"
    trust = iam.ServicePrincipal(
        "bedrock-agentcore.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": account, "aws:ResourceAccount": account},
            "ArnLike": {
                "aws:SourceArn": [f"{ours}:evaluator/*", f"{ours}:online-evaluation-config/*"]
            },
        },
    )
    role = iam.Role(scope, "Role", assumed_by=trust)
    logs = f"arn:aws:logs:{REGION}:{account}:log-group"
    spans = [f"{logs}:{SPANS}", f"{logs}:{SPANS}:*"]
    results = [f"{logs}:/aws/bedrock-agentcore/evaluations/*"]
    models = [
        "arn:aws:bedrock:*::foundation-model/*",
        f"arn:aws:bedrock:{REGION}:{account}:inference-profile/*",
    ]
    for sid, actions, resources in (
        ("LogGroups", ["logs:DescribeLogGroups"], ["*"]),
        ("Read", ["logs:GetQueryResults", "logs:StartQuery"], [f"{logs}:{log_groups}*", *spans]),
        ("Index", ["logs:DescribeIndexPolicies", "logs:PutIndexPolicy"], spans),
        ("Write", ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], results),
        ("Judge", ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], models),
    ):
        role.add_to_policy(iam.PolicyStatement(sid=sid, actions=actions, resources=resources))
    explain_wildcard(
        role, "*", "log-group:", reason="As AWS asks for it; the service names its groups itself"
    )
    explain_wildcard(
        role, "foundation-model/*", "inference-profile/*", reason="The judge is a parameter"
    )
    return role
