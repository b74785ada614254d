"""What an agent's token says."""

from typing import Any

import pytest

from switchboard.tools.manifest import ALLOW_LIST
from switchboard.tools.token_claims.claims import ClaimsRefusedError
from switchboard.tools.token_claims.handler import handler
from switchboard.tools.token_claims.scopes import scope_of

METADATA = {
    "agent_type": "code",
    "invocation_id": "01J9ZQ8H3V5T7W2X4Y6A8B0C1D",
    "project_id": "proj-demo",
    "page_id": "page-1",
    "repo": "acme/app",
    "acting_user": "user-1",
    "correlation_id": "01J9ZQ8H3V5T7W2X4Y6A8B0C1A",
    "work_branch": "main",
    "scope": "everything",
}


def _event(metadata: Any, scopes: Any = ("gateway/code",)) -> dict[str, Any]:
    return {
        "version": "3",
        "triggerSource": "TokenGeneration_ClientCredentials",
        "request": {"clientMetadata": metadata, "scopes": scopes and list(scopes)},
        "response": {},
    }


def _claims(metadata: Any, scopes: Any = ("gateway/code",)) -> dict[str, str]:
    answer = handler(_event(metadata, scopes), None)["response"]["claimsAndScopeOverrideDetails"]
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
        "correlation_id": "01J9ZQ8H3V5T7W2X4Y6A8B0C1A",
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
        ({"agent_type": ""}, "agent_type"),
        ({"invocation_id": "../main"}, "invocation_id"),
        ({"correlation_id": "a line\nof a log"}, "correlation_id"),
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


@pytest.mark.parametrize("agent_type", ALLOW_LIST)
def test_the_agent_type_is_that_of_the_scope_of_the_client(agent_type: str) -> None:
    unsaid = {name: value for name, value in METADATA.items() if name != "agent_type"}

    assert _claims(unsaid, [scope_of(agent_type)])["agent_type"] == agent_type


def test_the_client_of_one_agent_type_gets_no_token_for_another() -> None:
    with pytest.raises(ClaimsRefusedError, match="agent_type"):
        handler(_event({**METADATA, "agent_type": "code"}, ["gateway/mock"]), None)


@pytest.mark.parametrize(
    "scopes",
    [
        None,
        [],
        ["gateway/"],
        ["gateway/root"],
        ["other/code"],
        ["code"],
        ["gateway/code", "gateway/mock"],
        ["gateway/code", "gateway/root"],
    ],
)
def test_no_token_is_issued_unless_the_scopes_name_exactly_one_agent_type(scopes: Any) -> None:
    with pytest.raises(ClaimsRefusedError, match="scope"):
        handler(_event(METADATA, scopes), None)


def test_scopes_of_other_resource_servers_do_not_matter() -> None:
    assert _claims(METADATA, ["other/mock", "gateway/code"])["agent_type"] == "code"
