"""The gate in front of prototypes: Lambda@Edge of the distribution, and of its local stand-in.

Origin request: TLS 1.2 or newer only, a folder's address opens `index.html`, hidden files do not
exist, nothing lies outside a prototype's folder. Origin response: 410 "expired" from `expires-at`
on, although lifecycle deletion comes later (K-39). Nothing is cached, so both run each time.
Self-contained: this text is the function's inline code, and Lambda@Edge has no environment.

Wire (CloudFront developer guide, Lambda@Edge event structure): `Records[0].cf` holds
`config.eventType`, `request`, `response`; headers are lists of {key, value}.
"""

from datetime import UTC, datetime
from typing import Any

EXPIRY = "x-amz-meta-expires-at"
OLD_TLS = ("SSLv3", "TLSv1:", "TLSv1.0", "TLSv1.1")
SHORTEST = 2
"""A prototype's id and a path in it."""


def handler(event: dict[str, Any], context: object, now: datetime | None = None) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Answer the request or response to go on with."""
    record = event["Records"][0]["cf"]
    if record["config"]["eventType"] == "origin-request":
        return on_request(record["request"])
    return on_response(record["response"], now or datetime.now(UTC))


def on_request(request: dict[str, Any]) -> dict[str, Any]:
    """Let the request through, or answer it."""
    tls = request["headers"].get("cloudfront-viewer-tls", [{}])[0].get("value", "")
    if tls.startswith(OLD_TLS):
        return answer("426", "Upgrade Required", "TLS 1.2 or newer is needed.")
    parts = request["uri"].split("/")[1:]
    if len(parts) < SHORTEST or any(part.lower().startswith((".", "%2e")) for part in parts):
        return answer("404", "Not Found", "There is nothing here.")
    if parts[-1] == "":
        request["uri"] += "index.html"
    return request


def on_response(response: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Let the file through unless its time has passed."""
    expires_at = response["headers"].get(EXPIRY, [{}])[0].get("value")
    if expires_at and datetime.fromisoformat(expires_at) <= now:
        return answer("410", "Gone", "This prototype has expired.")
    return response


def answer(status: str, reason: str, text: str) -> dict[str, Any]:
    """A small page instead of the file."""
    page = f"<!doctype html><meta charset=utf-8><title>Prototype</title><p>{text}</p>"
    headers = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
    return {
        "status": status,
        "statusDescription": reason,
        "headers": {name: [{"key": name, "value": value}] for name, value in headers.items()},
        "body": page,
    }
