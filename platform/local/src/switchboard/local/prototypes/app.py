"""The prototypes' distribution on this machine: S3 objects behind the deployed viewer gate.

The gate is the very code that runs as Lambda@Edge (`switchboard.tools.viewer_gate`): hidden files
do not exist, an expired prototype answers 410 at once. A missing object is 403, as CloudFront
answers for a private bucket.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from switchboard.local import wiring
from switchboard.local.settings import LocalSettings
from switchboard.tools import viewer_gate

HEADERS = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cache-control": "no-store",
}
"""CloudFront's managed policy SecurityHeaders, and no caching."""


@dataclass(frozen=True)
class Prototypes:
    """Answers one request for a prototype's file."""

    s3: Any
    bucket: Callable[[], str]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, path: str) -> Response:
        """The file, or the gate's answer."""
        request: dict[str, Any] = {"uri": path, "headers": {}}
        passed = viewer_gate.on_request(request)
        if "status" in passed:
            return _answered(passed)
        try:
            found = self.s3.get_object(Bucket=self.bucket(), Key=passed["uri"].lstrip("/"))
        except ClientError:
            return Response("Forbidden", 403, HEADERS, "text/plain")
        expires_at = found.get("Metadata", {}).get("expires-at")
        headers = {viewer_gate.EXPIRY: [{"value": expires_at}]} if expires_at else {}
        answer = viewer_gate.on_response({"headers": headers}, self.clock())
        if "status" in answer:
            return _answered(answer)
        return Response(found["Body"].read(), 200, HEADERS, found["ContentType"])


def _answered(answer: dict[str, Any]) -> Response:
    headers = {name: values[0]["value"] for name, values in answer["headers"].items()}
    return Response(answer["body"], int(answer["status"]), {**HEADERS, **headers})


def create_app(settings: LocalSettings) -> Starlette:
    """The distribution of the deployed environment."""
    ssm = wiring.client("ssm", settings)
    name = f"/switchboard/{settings.environment}/platform/prototypes/bucket"
    prototypes = Prototypes(
        wiring.client("s3", settings),
        lambda: str(ssm.get_parameter(Name=name)["Parameter"]["Value"]),
    )

    async def serve(request: Request) -> Response:
        raw = request.scope.get("raw_path", request.url.path.encode()).decode()
        return await asyncio.to_thread(prototypes, raw.split("?")[0])

    return Starlette(routes=[Route("/{path:path}", serve)])
