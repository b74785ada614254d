"""What the agents' stack tells people: the outputs of docs/runtime/contracts/agentcore-stack.yaml.

Each agent has all of them, with its name before theirs; the first agent has them without, under the
seed's own export `<environment>-AgentRuntimeArn`. Nothing of ours imports an export.
"""

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore

from switchboard.constructs.service_stack import ServiceStack

NAMES = (
    "AgentRuntimeArn",
    "AgentRuntimeId",
    "AgentRuntimeVersion",
    "AgentRuntimeStatus",
    "AgentRuntimeEndpointUrl",
    "ExecutionRoleArn",
)


def invocation_url(region: str, arn: str) -> str:
    """CloudFormation has no such attribute (K-18): the address is the encoded ARN's."""
    encoded = cdk.Fn.join("%2F", cdk.Fn.split("/", cdk.Fn.join("%3A", cdk.Fn.split(":", arn))))
    return f"https://bedrock-agentcore.{region}.amazonaws.com/runtimes/{encoded}/invocations"


def announce(
    stack: ServiceStack, prefix: str, runtime: agentcore.CfnRuntime, role_arn: str
) -> None:
    """The outputs of one runtime; `prefix` is empty or the agent's name."""
    values = (
        runtime.attr_agent_runtime_arn,
        runtime.attr_agent_runtime_id,
        runtime.attr_agent_runtime_version,
        runtime.attr_status,
        invocation_url(stack.region, runtime.attr_agent_runtime_arn),
        role_arn,
    )
    for name, value in zip(NAMES, values, strict=True):
        cdk.CfnOutput(
            stack,
            f"{prefix}{name}",
            value=value,
            export_name=f"{stack.environment_data.name}-{prefix}{name}",
        )
