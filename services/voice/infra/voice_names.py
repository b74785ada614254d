"""How resources of the desk are called: `poc-...`, as in the seed (ITS-16, F22)."""

from switchboard.constructs.environments import Environment

DESK_TAG = "PoC"
"""The tag `Environment` of everything the desk owns (K-53)."""


def named(name: str, environment: Environment) -> str:
    """`poc-<name>` in dev; elsewhere with the environment, so that an account can hold both."""
    return f"poc-{name}" if environment.name == "dev" else f"poc-{name}-{environment.name}"
