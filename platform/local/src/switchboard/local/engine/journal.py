"""A line for each AWS call of our own code: who called which operation of which service.

A caller names itself by the SDK's application id (`AWS_SDK_UA_APP_ID`, `app/<id>` in the user
agent); calls without one (people's tools, the supervisor) are not noted. Nothing of the content is.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

APP = re.compile(r"(?:^| )app/(\S+)")
CREDENTIAL = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/")
REST = (
    ("lambda", "POST", r"/2015-03-31/functions/[^/]+/invocations", "Invoke"),
    ("scheduler", "POST", r"/schedules/[^/]+", "CreateSchedule"),
    ("scheduler", "PUT", r"/schedules/[^/]+", "UpdateSchedule"),
    ("scheduler", "GET", r"/schedules/[^/]+", "GetSchedule"),
    ("scheduler", "DELETE", r"/schedules/[^/]+", "DeleteSchedule"),
    ("s3", "PUT", r"/[^/]+/.+", "PutObject"),
    ("s3", "GET", r"/[^/]+/.+", "GetObject"),
    ("s3", "HEAD", r"/[^/]+/.+", "HeadObject"),
    ("s3", "DELETE", r"/[^/]+/.+", "DeleteObject"),
    ("s3", "GET", r"/[^/]+/?", "ListObjectsV2"),
)
"""Operations of the REST protocols that our code uses; others are noted by method and path."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Journal:
    """An append-only file of JSON lines."""

    path: Path
    now: Callable[[], datetime] = _utc_now

    def note(self, scope: Mapping[str, Any], body: bytes) -> None:
        """Append a line when the request comes from our own code."""
        headers = {key.decode().lower(): value.decode("latin-1") for key, value in scope["headers"]}
        app = APP.search(headers.get("user-agent", ""))
        if app is None:
            return
        credential = CREDENTIAL.search(headers.get("authorization", ""))
        service = credential[1] if credential else ""
        line = {
            "time": self.now().isoformat(),
            "app": app[1],
            "service": service,
            "operation": operation(service, scope["method"], scope["path"], headers, body),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")


def is_form(scope: Mapping[str, Any]) -> bool:
    """Whether the operation's name is in the body (query protocol)."""
    return any(
        key.lower() == b"content-type" and value.startswith(b"application/x-www-form-urlencoded")
        for key, value in scope["headers"]
    )


def operation(service: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
    """The operation's name in the API reference, whatever the service's protocol."""
    if target := headers.get("x-amz-target"):
        return target.rsplit(".", 1)[-1]
    if action := parse_qs(body.decode("utf-8", "replace")).get("Action"):
        return action[0]
    for of_service, of_method, pattern, name in REST:
        if (service, method) == (of_service, of_method) and re.fullmatch(pattern, path):
            return name
    return f"{method} {path}"
