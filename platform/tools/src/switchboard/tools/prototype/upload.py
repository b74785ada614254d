"""s3_upload_prototype and s3_generate_url."""

import hashlib
import json
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from switchboard.tools.arguments import Arguments
from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.ledger import Result
from switchboard.tools.metrics import ToolMetrics
from switchboard.tools.prototype.store import EXPIRY_FILE, PrototypeStore, StoredFile, key_of
from switchboard.tools.sandbox.sessions import Sessions
from switchboard.tools.tool_target import Call

MAX_BYTES = 5 * 1024 * 1024
"""A payload through the gateway is at most 6 MB."""
DEFAULT_DAYS, MAX_DAYS = 7, 30


@dataclass(frozen=True)
class Expiry:
    """When a prototype ends."""

    days: int
    at: datetime


@dataclass(frozen=True)
class Expiries:
    """The expiry of each prototype, fixed by its first upload."""

    store: PrototypeStore

    def of(self, invocation_id: str) -> Expiry | None:
        """The expiry, or None before the first upload."""
        raw = self.store.read(f"{invocation_id}/{EXPIRY_FILE}")
        if raw is None:
            return None
        kept = json.loads(raw)
        return Expiry(int(kept["expiry_days"]), datetime.fromisoformat(kept["expires_at"]))

    def fix(self, invocation_id: str, expiry: Expiry) -> None:
        """Write the file that the viewer's gate and the tools read."""
        body = json.dumps({"expires_at": expiry.at.isoformat(), "expiry_days": expiry.days})
        key = f"{invocation_id}/{EXPIRY_FILE}"
        self.store.put(StoredFile(key, body.encode(), "application/json", expiry.days, expiry.at))


@dataclass(frozen=True)
class UploadPrototype:
    """Store one file under the invocation's own prefix."""

    store: PrototypeStore
    expiries: Expiries
    sessions: Sessions
    metrics: ToolMetrics
    now: Callable[[], datetime]

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{key, bytes, sha256, content_type, expires_at}`.

        Idempotent by nature: the key is the file's identity, so a repeated upload replaces the
        file by itself.
        """
        invocation_id = call.invocation.invocation_id
        key = key_of(invocation_id, arguments["path"])
        body = self._body(arguments, invocation_id)
        expiry = self._expiry(arguments, invocation_id)
        content_type = arguments.get("content_type") or _content_type(key)
        self.store.put(StoredFile(key, body, content_type, expiry.days, expiry.at))
        return {
            "key": key,
            "bytes": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
            "content_type": content_type,
            "expires_at": expiry.at.isoformat(),
        }

    def _body(self, arguments: Arguments, invocation_id: str) -> bytes:
        if ("content" in arguments) == ("sandbox_path" in arguments):
            raise InvalidArgumentsError("Give either content or sandbox_path")
        if "content" in arguments:
            body = str(arguments["content"]).encode()
        else:
            body = self.sessions.within(
                invocation_id,
                lambda session: self.sessions.interpreter.read_file(
                    session, arguments["sandbox_path"]
                ),
            )
        if len(body) > MAX_BYTES:
            raise InvalidArgumentsError(f"The file has {len(body)} bytes, more than {MAX_BYTES}")
        return body

    def _expiry(self, arguments: Arguments, invocation_id: str) -> Expiry:
        fixed = self.expiries.of(invocation_id)
        if fixed is not None:
            return fixed
        days = arguments.get("expiry_days", DEFAULT_DAYS)
        if not 1 <= days <= MAX_DAYS:
            raise InvalidArgumentsError(f"expiry_days must be from 1 to {MAX_DAYS}")
        expiry = Expiry(days, self.now() + timedelta(days=days))
        self.expiries.fix(invocation_id, expiry)
        self.metrics.prototype_deployed()
        return expiry


def _content_type(key: str) -> str:
    kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


@dataclass(frozen=True)
class GenerateUrl:
    """The address people open."""

    store: PrototypeStore
    expiries: Expiries
    base_url: str

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{url, expires_at}`."""
        invocation_id = call.invocation.invocation_id
        key = key_of(invocation_id, arguments["path"])
        expiry = self.expiries.of(invocation_id)
        if expiry is None or not self.store.exists(key):
            raise InvalidArgumentsError(
                f"There is no file {arguments['path']!r}", "Upload it first"
            )
        return {"url": f"{self.base_url}/{quote(key)}", "expires_at": expiry.at.isoformat()}
