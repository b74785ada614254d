"""Names of the agents' execution roles: known before they exist, so that a policy can name them."""

from switchboard.constructs.environments import Environment


def agent_role_name(environment: Environment, agent: str) -> str:
    """The role of one agent's runtime."""
    return f"switchboard-{environment.name}-agent-{agent.replace('_', '-')}"


def agent_role_arn(environment: Environment, account: str, agent: str) -> str:
    """The same as an ARN."""
    return f"arn:aws:iam::{account}:role/{agent_role_name(environment, agent)}"
