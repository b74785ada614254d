"""Cognito trigger "pre token generation", event version 3: adds our claims to an agent's token.

Wire (Cognito developer guide, pre token generation V3_0): `request.clientMetadata` holds what the
caller sent as `aws_client_metadata`, `request.scopes` the scopes Cognito grants, which are at most
those the app client is allowed; the answer goes into
`response.claimsAndScopeOverrideDetails.accessTokenGeneration.claimsToAddOrOverride`.
"""

from typing import Any

from switchboard.tools.token_claims.claims import claims_for


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Add the claims; an error makes Cognito refuse the token."""
    request = event["request"]
    claims = claims_for(request.get("clientMetadata") or {}, request.get("scopes") or ())
    event["response"] = {
        "claimsAndScopeOverrideDetails": {
            "accessTokenGeneration": {"claimsToAddOrOverride": claims}
        }
    }
    return event
