"""What agents remember: AgentCore Memory with one semantic strategy (K-27, MEM-01, MEM-02).

An event is a turn of a session and is gone after `EVENT_DAYS`; the strategy makes facts of the
events it is given, and they stay. A project is the actor, so its facts have a namespace of their
own; the trailing slash keeps one project's name from being the beginning of another's. Which agents
may use it is the agents' stack's business. Not run on AWS.
"""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from switchboard.constructs.environments import Environment

EVENT_DAYS = 30
NAMESPACE = "/projects/{actorId}/facts/"
"""The agents look their facts up under the same one."""


class AgentMemory(Construct):
    """The memory of an environment; it costs nothing as long as no agent uses it."""

    def __init__(self, scope: cdk.Stack, construct_id: str, *, environment: Environment) -> None:
        """Build the memory, with a key of our own where the environment asks for one."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self.key = self._key() if environment.customer_managed_keys else None
        kind = agentcore.CfnMemory
        self.memory = kind(
            self,
            "Memory",
            name=f"switchboard_{environment.name}",
            description="Turns of sessions and facts of projects, of agents that opt in",
            event_expiry_duration=EVENT_DAYS,
            encryption_key_arn=self.key.key_arn if self.key else None,
            memory_strategies=[
                kind.MemoryStrategyProperty(
                    semantic_memory_strategy=kind.SemanticMemoryStrategyProperty(
                        name="facts",
                        description="What was settled for a project",
                        namespaces=[NAMESPACE],
                    )
                )
            ],
        )
        if environment.keep_data:
            for kept in (self.memory, self.key):
                if kept:
                    kept.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    def values(self) -> Mapping[str, str]:
        """What the agents look up."""
        found = {
            "memory/id": self.memory.attr_memory_id,
            "memory/arn": self.memory.attr_memory_arn,
        }
        return found | ({"memory/key-arn": self.key.key_arn} if self.key else {})

    def _key(self) -> kms.Key:
        """Used by the service for this account's memories only."""
        key = kms.Key(
            self,
            "Key",
            description="Agents' memory of Switchboard",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="MemoryIsExtracted",
                principals=[iam.ServicePrincipal("bedrock-agentcore.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
                resources=["*"],
                conditions={
                    "StringEquals": {"aws:SourceAccount": self._stack.account},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{self._stack.partition}:bedrock-agentcore:"
                        f"{self._stack.region}:{self._stack.account}:memory/*"
                    },
                },
            )
        )
        return key
