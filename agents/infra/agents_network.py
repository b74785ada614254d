"""Where a runtime runs: outside a network of ours, in the platform's, or in an existing one."""

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore

from switchboard.constructs.explained import explain
from switchboard.constructs.network_mode import (
    GROUPS,
    PUBLIC,
    SUBNETS,
    NetworkRefusedError,
    existing_network,
    network_mode,
)
from switchboard.constructs.service_stack import ServiceStack

Kinds = agentcore.CfnRuntime


def runtime_network(stack: ServiceStack) -> Kinds.NetworkConfigurationProperty:
    """PUBLIC in dev; elsewhere the subnets and the group of a network (K-16).

    Raises:
        NetworkRefusedError: see `switchboard.constructs.network_mode`; and VPC mode in an
            environment without a network of the platform, with none given.
    """
    mode = network_mode(stack, stack.environment_data)
    existing = existing_network(stack)
    if mode == PUBLIC:
        if existing:
            raise NetworkRefusedError(
                f"-c {SUBNETS} and -c {GROUPS} mean nothing in network mode PUBLIC; "
                "add -c network_mode=VPC or leave them out"
            )
        return Kinds.NetworkConfigurationProperty(network_mode=mode)
    subnets, groups = existing or (
        cdk.Fn.split(",", stack.platform_value("network/agent-subnets")),
        [stack.platform_value("network/runtime-security-group")],
    )
    if existing is None:
        explain(stack, "E1154", reason="The subnets' ids come from SSM when it is deployed")
    return Kinds.NetworkConfigurationProperty(
        network_mode=mode,
        network_mode_config=Kinds.VpcConfigProperty(subnets=subnets, security_groups=groups),
    )
