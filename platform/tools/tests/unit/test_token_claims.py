"""What an agent's token says."""

from typing import Any

import pytest

from switchboard.tools.token_claims.claims import ClaimsRefusedError
from switchboard.tools.token_claims.handler import handler

METADATA = {
    "agent_type": "code",
    "invocation_id": "01J9ZQ8H3V5T7W2X4Y6A8B0C1D",
    "project_id": "proj-demo",
    "page_id": "page-1",
    "repo": "acme/app",
    "acting_user": "user-1",
    "work_branch": "main",
    "scope": "everything",
}


def _event(metadata: Any) -> dict[str, Any]:
    return {
        "version": "3",
        "triggerSource": "TokenGeneration_ClientCredentials",
        "request": {"clientMetadata": metadata, "scopes": ["gateway/invoke"]},
        "response": {},
    }


def _claims(metadata: Any) -> dict[str, str]:
    answer = handler(_event(metadata), None)["response"]["claimsAndScopeOverrideDetails"]
    claims: dict[str, str] = answer["accessTokenGeneration"]["claimsToAddOrOverride"]
    return claims


def test_the_claims_name_the_invocation_and_derive_the_rest() -> None:
    assert _claims(METADATA) == {
        "agent_type": "code",
        "invocation_id": "01J9ZQ8H3V5T7W2X4Y6A8B0C1D",
        "project_id": "proj-demo",
        "page_id": "page-1",
        "repo": "acme/app",
        "acting_user": "user-1",
        "repo_owner": "acme",
        "repo_name": "app",
        "work_branch": "switchboard/01j9zq8h3v5t7w2x4y6a8b0c1d",
    }


def test_a_project_without_repository_gets_no_repository_claims() -> None:
    claims = _claims({k: v for k, v in METADATA.items() if k != "repo"})

    assert not {"repo", "repo_owner", "repo_name"} & set(claims)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"agent_type": "root"}, "agent_type"),
        ({"invocation_id": "../main"}, "invocation_id"),
        ({"repo": "acme"}, "repo"),
        ({"repo": "acme/app/../other"}, "repo"),
    ],
)
def test_no_token_is_issued_for_a_malformed_request(changed: dict[str, str], word: str) -> None:
    with pytest.raises(ClaimsRefusedError, match=word):
        handler(_event({**METADATA, **changed}), None)


def test_no_token_is_issued_without_metadata() -> None:
    with pytest.raises(ClaimsRefusedError):
        handler(_event(None), None)
