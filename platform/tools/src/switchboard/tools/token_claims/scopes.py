"""The scope that names an agent type, one per type; an app client is allowed its own only.

Cognito checks the scope against the client, so the type a scope names is proven by the client's
secret and not by what the agent says.
"""

from collections.abc import Sequence

from switchboard.tools.manifest import ALLOW_LIST

RESOURCE_SERVER = "gateway"
_PREFIX = f"{RESOURCE_SERVER}/"


def scope_of(agent_type: str) -> str:
    """The full scope of an agent type, e.g. `gateway/code`."""
    return f"{_PREFIX}{agent_type}"


def agent_type_of(scopes: Sequence[str]) -> str | None:
    """The agent type granted scopes name; None unless they name exactly one that exists."""
    named = [scope.removeprefix(_PREFIX) for scope in scopes if scope.startswith(_PREFIX)]
    return named[0] if len(named) == 1 and named[0] in ALLOW_LIST else None
