"""The claims of the caller's token, as a request interceptor of a gateway reads them.

The gateway has verified signature, issuer and audience before it calls an interceptor (AgentCore
developer guide, gateway interceptors), so the payload is only decoded here.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any


def claims_of(headers: Mapping[str, str]) -> dict[str, Any] | None:
    """The payload of the bearer token in `headers`, or None when there is none to read."""
    authorization = next(
        (value for name, value in headers.items() if name.lower() == "authorization"), ""
    )
    scheme, _, token = authorization.partition(" ")
    parts = token.strip().split(".")
    if scheme.lower() != "bearer" or len(parts) != 3:  # noqa: PLR2004 - a JWS has three parts
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    return claims if isinstance(claims, dict) else None
