"""From the caller's verified token to the headers the targets trust.

Wire (AgentCore developer guide, gateway interceptors): in `{"interceptorInputVersion": "1.0",
"mcp": {"gatewayRequest": {"headers", "body", ...}}}`, out `{"interceptorOutputVersion": "1.0",
"mcp": {"transformedGatewayRequest": {"headers", "body"}}}` or `{"transformedGatewayResponse":
{"statusCode", "body"}}`, which ends the request.
"""

from collections.abc import Mapping
from typing import Any

from switchboard.tools.bearer import claims_of
from switchboard.tools.invocation import HEADER_OF_CLAIM

PREFIX = "x-switchboard-"
_VERSION = "1.0"


def intercept(event: Mapping[str, Any]) -> dict[str, Any]:
    """Replace every `x-switchboard-` header by what the token says; 401 without a token."""
    request = event["mcp"]["gatewayRequest"]
    headers = {str(name): str(value) for name, value in (request.get("headers") or {}).items()}
    claims = claims_of(headers)
    body = request.get("body")
    if claims is None:
        return _refusal(body)
    # Only the token speaks: what the caller sent under our prefix goes, and a claim that is
    # missing becomes an empty header, in case the gateway merges instead of replacing.
    kept = {name: value for name, value in headers.items() if not name.lower().startswith(PREFIX)}
    ours = {header: _text(claims.get(claim)) for claim, header in HEADER_OF_CLAIM.items()}
    return _answer({"transformedGatewayRequest": {"headers": kept | ours, "body": body}})


def _text(claim: Any) -> str:
    return claim if isinstance(claim, str) else ""


def _refusal(body: Any) -> dict[str, Any]:
    request_id = body.get("id") if isinstance(body, dict) else None
    error = {"code": -32001, "message": "TOOL_AUTH_FAILED: the request carries no bearer token"}
    return _answer(
        {
            "transformedGatewayResponse": {
                "statusCode": 401,
                "body": {"jsonrpc": "2.0", "id": request_id, "error": error},
            }
        }
    )


def _answer(mcp: dict[str, Any]) -> dict[str, Any]:
    return {"interceptorOutputVersion": _VERSION, "mcp": mcp}
