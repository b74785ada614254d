"""One request at the edge: the deployed viewer gate decides, this stand-in fetches and answers.

`switchboard.tools.viewer_gate` is the very code that runs as Lambda@Edge on AWS (PRO-04); the
prototype's `.expires.json` is honoured beside the file's own metadata, so neither can outlive it.
"""

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from switchboard.local.prototypes.origin import Origin, StoredFile
from switchboard.tools import viewer_gate

# What a prototype may do: everything inline, nothing from elsewhere, nobody to talk to.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'self'; style-src 'unsafe-inline' 'self'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' data:; "
    "connect-src 'none'; form-action 'none'; base-uri 'none'; frame-src 'none'; "
    "frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "no-store",
    "Server": "switchboard-prototypes",
}
DENIED = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
)


@dataclass(frozen=True)
class Answer:
    """What goes back to the viewer."""

    status: int
    body: bytes
    content_type: str


def denied() -> Answer:
    """What S3 answers CloudFront for everything that is not there."""
    return Answer(403, DENIED.encode(), "application/xml")


def now() -> datetime:
    """The instant, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Edge:
    """The distribution."""

    origin: Origin
    clock: Callable[[], datetime] = now

    def __call__(self, uri: str) -> Answer:
        """Answer a GET for a percent-encoded path.

        Raises:
            OriginUnavailableError: the bucket cannot be read.
        """
        passed = viewer_gate.on_request({"uri": uri, "headers": {}})
        if "status" in passed:
            return _from_gate(passed)
        key = unquote(passed["uri"]).lstrip("/")
        if any(part in ("", ".", "..") or "\\" in part for part in key.split("/")):
            return denied()
        file = self.origin.read(key)
        if file is None:
            return denied()
        return self._unless_expired(key, file)

    def _unless_expired(self, key: str, file: StoredFile) -> Answer:
        try:
            whole = self.origin.expiry(key.partition("/")[0])
        except ValueError:
            return denied()
        ends = [moment for moment in (whole, file.expires_at) if moment is not None]
        stamp = [{"key": viewer_gate.EXPIRY, "value": min(ends).isoformat()}] if ends else []
        headers = {viewer_gate.EXPIRY: stamp} if stamp else {}
        passed = viewer_gate.on_response({"status": "200", "headers": headers}, self.clock())
        if passed["status"] != "200":
            return _from_gate(passed)
        return Answer(200, file.data, _content_type(key, file.content_type))


def _content_type(key: str, given: str) -> str:
    guessed, _encoding = mimetypes.guess_type(key)
    kind = given if given and "octet-stream" not in given else guessed or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") and "charset" not in kind else kind


def _from_gate(passed: dict[str, Any]) -> Answer:
    kind = passed["headers"]["content-type"][0]["value"]
    return Answer(int(passed["status"]), passed["body"].encode(), kind)
