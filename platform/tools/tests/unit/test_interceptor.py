"""The token speaks, the caller's headers do not."""

import base64
import json
from typing import Any

import pytest

from switchboard.tools.interceptor.handler import handler

CLAIMS = {
    "agent_type": "code",
    "invocation_id": "01J9ZQ8H3V5T7W2X4Y6A8B0C1D",
    "page_id": "page-1",
    "repo": "acme/app",
    "project_id": "proj-demo",
    "correlation_id": "01J9ZQ8H3V5T7W2X4Y6A8B0C1A",
    "sub": "user-1",
}
BODY = {"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": {"name": "notion___x"}}


def _token(claims: Any) -> str:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"header.{part}.signature"


def _event(headers: dict[str, str] | None) -> dict[str, Any]:
    request: dict[str, Any] = {"path": "/mcp", "httpMethod": "POST", "body": BODY}
    if headers is not None:
        request["headers"] = headers
    mcp = {"rawGatewayRequest": {"body": "{}"}, "gatewayRequest": request}
    return {"interceptorInputVersion": "1.0", "mcp": mcp}


def _headers(headers: dict[str, str]) -> dict[str, str]:
    answer = handler(_event(headers), None)
    passed: dict[str, str] = answer["mcp"]["transformedGatewayRequest"]["headers"]
    return passed


def test_the_claims_become_headers_and_the_body_passes_unchanged() -> None:
    answer = handler(_event({"Authorization": f"Bearer {_token(CLAIMS)}"}), None)
    request = answer["mcp"]["transformedGatewayRequest"]

    assert answer["interceptorOutputVersion"] == "1.0"
    assert request["body"] == BODY
    assert {k: v for k, v in request["headers"].items() if k.startswith("x-")} == {
        "x-switchboard-invocation-id": "01J9ZQ8H3V5T7W2X4Y6A8B0C1D",
        "x-switchboard-agent-type": "code",
        "x-switchboard-page-id": "page-1",
        "x-switchboard-repo": "acme/app",
        "x-switchboard-project-id": "proj-demo",
        "x-switchboard-correlation-id": "01J9ZQ8H3V5T7W2X4Y6A8B0C1A",
    }


def test_headers_a_caller_made_up_are_dropped() -> None:
    passed = _headers(
        {
            "authorization": f"bearer {_token(CLAIMS)}",
            "X-Switchboard-Invocation-Id": "somebody-elses",
            "x-switchboard-work-branch": "main",
            "accept": "application/json",
        }
    )

    assert passed["x-switchboard-invocation-id"] == "01J9ZQ8H3V5T7W2X4Y6A8B0C1D"
    assert "X-Switchboard-Invocation-Id" not in passed
    assert "x-switchboard-work-branch" not in passed
    assert passed["accept"] == "application/json"


def test_a_missing_claim_becomes_an_empty_header_not_the_callers_own() -> None:
    passed = _headers(
        {
            "authorization": f"Bearer {_token({'agent_type': 'mock', 'page_id': 7})}",
            "x-switchboard-repo": "evil/app",
        }
    )

    assert passed["x-switchboard-repo"] == ""
    assert passed["x-switchboard-page-id"] == ""


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        {"authorization": "Basic dXNlcg=="},
        {"authorization": "Bearer not-a-token"},
        {"authorization": "Bearer a.%%%.c"},
        {"authorization": f"Bearer {_token(['a list'])}"},
    ],
)
def test_a_request_without_a_token_is_answered_401(headers: dict[str, str] | None) -> None:
    answer = handler(_event(headers), None)["mcp"]

    assert answer["transformedGatewayResponse"]["statusCode"] == 401
    assert answer["transformedGatewayResponse"]["body"]["id"] == 4
    assert "TOOL_AUTH_FAILED" in answer["transformedGatewayResponse"]["body"]["error"]["message"]
