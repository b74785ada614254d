"""A journal of the AWS calls our services make, one JSON line each.

A service names itself by the SDK's application id (`app/switchboard-<service>` in the user agent);
calls without one are not journalled.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_APP = re.compile(r"\bapp/(switchboard-[a-z-]+)")
_REST = (
    (re.compile(r"^POST /runtimes/.+/invocations$"), "InvokeAgentRuntime"),
    (re.compile(r"^POST /runtimes/.+/stopruntimesession$"), "StopRuntimeSession"),
    (re.compile(r"^POST /schedules/"), "CreateSchedule"),
    (re.compile(r"^DELETE /schedules/"), "DeleteSchedule"),
    (re.compile(r"^POST /model/"), "Converse"),
    (re.compile(r"^POST /identities/"), "GetToken"),
    (re.compile(r"^PUT /.+/.+"), "PutObject"),
    (re.compile(r"^GET /.+/.+"), "GetObject"),
)


class CallJournal:
    """ASGI middleware that notes each call before it is served."""

    def __init__(self, app: Any, path: Path) -> None:
        """Append to `path`."""
        self._app = app
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Note the call, then serve it."""
        if scope["type"] == "http" and (line := _line(scope)):
            with self._path.open("a") as journal:  # noqa: ASYNC230 - one short line
                journal.write(line)
        await self._app(scope, receive, send)


def _line(scope: Any) -> str | None:
    headers = {key.decode().lower(): value.decode() for key, value in scope["headers"]}
    app = _APP.search(headers.get("user-agent", "")) or _APP.search(
        headers.get("x-amz-user-agent", "")
    )
    if not app:
        return None
    at = datetime.now(UTC).isoformat()
    call = {"at": at, "app": app[1], "operation": _operation(scope, headers)}
    return json.dumps(call) + "\n"


def _operation(scope: Any, headers: dict[str, str]) -> str:
    if target := headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    raw = (scope.get("raw_path") or scope["path"].encode()).decode().split("?")[0]
    request = f"{scope['method']} {raw}"
    return next((name for pattern, name in _REST if pattern.match(request)), request[:80])
