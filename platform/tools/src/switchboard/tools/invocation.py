"""Whose call it is: the context a tool gets from the gateway, never from the model.

Wire (AgentCore developer guide, Lambda targets): `client_context.custom` holds
`bedrockAgentCoreToolName` = `<target>___<tool>` and, for allow-listed headers,
`bedrockAgentCorePropagatedHeaders`. The headers are set by our request interceptor from the
verified token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from switchboard.tools.errors import AuthFailedError
from switchboard.tools.tool import SEPARATOR

INVOCATION_ID = "x-switchboard-invocation-id"
AGENT_TYPE = "x-switchboard-agent-type"
PAGE_ID = "x-switchboard-page-id"
REPO = "x-switchboard-repo"
PROJECT_ID = "x-switchboard-project-id"
CORRELATION_ID = "x-switchboard-correlation-id"
HEADER_OF_CLAIM = {
    "invocation_id": INVOCATION_ID,
    "agent_type": AGENT_TYPE,
    "page_id": PAGE_ID,
    "repo": REPO,
    "project_id": PROJECT_ID,
    "correlation_id": CORRELATION_ID,
}
"""Which claim of the agent's token travels in which header."""

_REMEDY = "Call the tool through the gateway with a token issued for this invocation"


def work_branch(invocation_id: str) -> str:
    """The one branch an invocation may write (`switchboard/<invocation id in lower case>`)."""
    return f"switchboard/{invocation_id.lower()}"


@dataclass(frozen=True)
class Invocation:
    """The invocation in whose name a tool is called."""

    invocation_id: str
    agent_type: str
    page_id: str | None = None
    repo: str | None = None
    project_id: str | None = None
    correlation_id: str | None = None
    """For log lines only."""

    @property
    def work_branch(self) -> str:
        """The branch this invocation may write."""
        return work_branch(self.invocation_id)

    def own_page(self) -> str:
        """The story's page.

        Raises:
            AuthFailedError: the token names none.
        """
        if not self.page_id:
            raise AuthFailedError("The token of this call names no Notion page", _REMEDY)
        return self.page_id

    def own_repository(self) -> tuple[str, str]:
        """Owner and name of the project's repository.

        Raises:
            AuthFailedError: the token names none.
        """
        owner, _, name = (self.repo or "").partition("/")
        if not owner or not name:
            raise AuthFailedError("The token of this call names no repository", _REMEDY)
        return owner, name


def _custom(context: Any) -> Mapping[str, Any]:
    client_context = getattr(context, "client_context", None)
    custom = getattr(client_context, "custom", None)
    return custom if isinstance(custom, Mapping) else {}


def tool_name(context: Any) -> str:
    """The tool's own name, without its target's."""
    return str(_custom(context).get("bedrockAgentCoreToolName", "")).rpartition(SEPARATOR)[2]


def invocation_of(context: Any) -> Invocation:
    """Read the propagated headers; header names are compared without regard to case.

    Raises:
        AuthFailedError: invocation or agent type is missing, so the call came past the gateway.
    """
    propagated = _custom(context).get("bedrockAgentCorePropagatedHeaders") or {}
    headers = {str(name).lower(): str(value) for name, value in propagated.items()}
    missing = [name for name in (INVOCATION_ID, AGENT_TYPE) if not headers.get(name)]
    if missing:
        raise AuthFailedError(f"The call carries no {' and no '.join(missing)}", _REMEDY)
    return Invocation(
        invocation_id=headers[INVOCATION_ID],
        agent_type=headers[AGENT_TYPE],
        page_id=headers.get(PAGE_ID),
        repo=headers.get(REPO),
        project_id=headers.get(PROJECT_ID),
        correlation_id=headers.get(CORRELATION_ID),
    )
