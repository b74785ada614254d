"""Who may invoke a runtime: AWS signatures, or tokens of the security stack's user pool."""

from aws_cdk import aws_bedrockagentcore as agentcore

from switchboard.constructs.inbound import JWT, inbound
from switchboard.constructs.service_stack import ServiceStack

Kinds = agentcore.CfnRuntime


def authorizer(stack: ServiceStack, agent: str) -> Kinds.AuthorizerConfigurationProperty | None:
    """The authorizer of an agent's runtime; None where callers sign (S001-FR-017, -018)."""
    if inbound(stack, agent) != JWT:
        return None
    return Kinds.AuthorizerConfigurationProperty(
        custom_jwt_authorizer=Kinds.CustomJWTAuthorizerConfigurationProperty(
            discovery_url=stack.platform_value("security/inbound-discovery-url"),
            allowed_clients=[stack.platform_value("security/inbound-client-id")],
        )
    )
