"""How a caller proves itself to an agent's runtime: by AWS signature, or by a Cognito token.

A runtime takes one kind. The orchestrator signs (boto3 knows nothing else for this call), so that
is the default; CDK context `inbound=jwt` makes runtimes take tokens of the security stack's user
pool instead, for people and machines outside AWS. `inbound:<agent>=jwt` does so for one agent.
"""

from constructs import Construct

CONTEXT = "inbound"
IAM, JWT = "iam", "jwt"
SCOPE_SERVER = "agents"
SCOPE = "invoke"


class InboundRefusedError(ValueError):
    """No such kind of inbound authentication."""


def inbound(scope: Construct, agent: str) -> str:
    """`iam` or `jwt` for one agent.

    Raises:
        InboundRefusedError: another word.
    """
    context = scope.node
    kind = context.try_get_context(f"{CONTEXT}:{agent}") or context.try_get_context(CONTEXT) or IAM
    if kind not in {IAM, JWT}:
        raise InboundRefusedError(
            f"inbound authentication {kind!r} of agent {agent} does not exist; "
            f"-c {CONTEXT}={IAM} (AWS signature) or {JWT} (Cognito token)"
        )
    return str(kind)
