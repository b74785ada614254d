"""Which claims an agent's gateway token carries, and how they follow from each other.

The agent type is that of the client's scope: the agent proves it with its client's secret and
cannot choose it. The agent names its invocation when it asks for a token; owner, name and work
branch are derived here, so they cannot contradict it.
"""

import re
from collections.abc import Mapping, Sequence

from switchboard.tools.invocation import work_branch
from switchboard.tools.token_claims.scopes import agent_type_of

_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.IGNORECASE)
_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_FLOW = re.compile(r"[A-Za-z0-9-]{1,64}")
_PASSED_ON = (
    "invocation_id",
    "project_id",
    "page_id",
    "repo",
    "acting_user",
    "correlation_id",
)


class ClaimsRefusedError(ValueError):
    """No token is issued for such a request; the message names the field."""


def claims_for(metadata: Mapping[str, str], scopes: Sequence[str]) -> dict[str, str]:
    """The claims for a request with this metadata (`aws_client_metadata`) and granted scopes.

    Raises:
        ClaimsRefusedError: the scopes do not name exactly one agent type, the metadata names
            another one, the invocation id is missing or malformed, the correlation id is malformed,
            or the repository is not `owner/name`.
    """
    agent_type = agent_type_of(scopes)
    if agent_type is None:
        raise ClaimsRefusedError("scope does not name exactly one agent type")
    if metadata.get("agent_type", agent_type) != agent_type:
        raise ClaimsRefusedError("agent_type is not that of the client's scope")
    given = {name: metadata[name] for name in _PASSED_ON if metadata.get(name)}
    if not _ULID.fullmatch(given.get("invocation_id", "")):
        raise ClaimsRefusedError("invocation_id is not a ULID")
    if not _FLOW.fullmatch(given.get("correlation_id", "none")):
        raise ClaimsRefusedError("correlation_id is not an id")
    derived = {"agent_type": agent_type, "work_branch": work_branch(given["invocation_id"])}
    if "repo" in given:
        if not _REPO.fullmatch(given["repo"]):
            raise ClaimsRefusedError("repo is not owner/name")
        derived["repo_owner"], _, derived["repo_name"] = given["repo"].partition("/")
    return given | derived
