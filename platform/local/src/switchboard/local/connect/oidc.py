"""Connect as an OpenID issuer: discovery, keys, and the tokens its AI agents show to a gateway.

Claims as the desk's gateway reads them: `iss` = `https://<alias>.my.connect.aws`, `aud` = [gateway
id], `sub` = instance id, `contact_id`. That Connect's own token carries the contact is assumed (an
open question of the facts); not run on AWS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from switchboard.local.agentcore.identity import SigningKey
from switchboard.local.connect.desk import Desk, Instance, NotDeployedError

TOKEN_SECONDS = 300


@dataclass(frozen=True)
class Issuer:
    """Signs tokens and publishes the key."""

    desk: Desk
    key: SigningKey
    url: str
    """Where the keys are really found: the issuer's own name resolves to AWS."""
    now: Callable[[], float]

    def routes(self) -> list[Route]:
        """What a gateway asks."""
        return [
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/.well-known/jwks.json", self.jwks),
        ]

    def token(self, instance: Instance, gateway_id: str, contact_id: str) -> str:
        """What Connect shows to a gateway for a contact."""
        issued = int(self.now())
        return self.key.sign(
            {
                "iss": instance.issuer,
                "aud": [gateway_id],
                "sub": instance.id,
                "contact_id": contact_id,
                "iat": issued,
                "exp": issued + TOKEN_SECONDS,
                "jti": str(uuid4()),
            }
        )

    async def discovery(self, _request: Request) -> Response:
        """OpenID Connect discovery of the deployed instance."""
        try:
            issuer = self.desk.instance().issuer
        except NotDeployedError as error:
            problem: dict[str, Any] = {"code": "NOT_DEPLOYED", "message": str(error)}
            return JSONResponse({"error": {**problem, "remediation": error.remedy}}, 404)
        return JSONResponse(
            {
                "issuer": issuer,
                "jwks_uri": f"{self.url}/.well-known/jwks.json",
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def jwks(self, _request: Request) -> Response:
        """The public key."""
        return JSONResponse(self.key.jwks())
