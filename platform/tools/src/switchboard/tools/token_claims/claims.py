"""Which claims an agent's gateway token carries, and how they follow from each other.

The agent names its invocation when it asks for a token; owner, name and work branch are derived
here, so they cannot contradict it.
"""

import re
from collections.abc import Mapping

from switchboard.tools.invocation import work_branch
from switchboard.tools.manifest import ALLOW_LIST

_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.IGNORECASE)
_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_PASSED_ON = ("agent_type", "invocation_id", "project_id", "page_id", "repo", "acting_user")


class ClaimsRefusedError(ValueError):
    """No token is issued for such a request; the message names the field."""


def claims_for(metadata: Mapping[str, str]) -> dict[str, str]:
    """The claims for a token request's metadata (`aws_client_metadata` at Cognito).

    Raises:
        ClaimsRefusedError: agent type or invocation id is missing or malformed, or the repository
            is not `owner/name`.
    """
    given = {name: metadata[name] for name in _PASSED_ON if metadata.get(name)}
    if given.get("agent_type") not in ALLOW_LIST:
        raise ClaimsRefusedError("agent_type is not one of the agents")
    if not _ULID.fullmatch(given.get("invocation_id", "")):
        raise ClaimsRefusedError("invocation_id is not a ULID")
    derived = {"work_branch": work_branch(given["invocation_id"])}
    if "repo" in given:
        if not _REPO.fullmatch(given["repo"]):
            raise ClaimsRefusedError("repo is not owner/name")
        derived["repo_owner"], _, derived["repo_name"] = given["repo"].partition("/")
    return given | derived
