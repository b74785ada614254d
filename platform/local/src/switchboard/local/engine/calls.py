"""A journal of the AWS calls our own code makes, one JSON line each, without any content.

A service names itself by the SDK's application id (`AWS_SDK_UA_APP_ID`, `app/switchboard-<service>`
in the user agent), and its role by its access key; calls without either (people's tools, the
supervisor) are not journalled. `needs` says what IAM would ask of the role for the call.
"""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from switchboard.local.engine.aws_sources import caller
from switchboard.local.engine.need import Need, Request
from switchboard.local.engine.needs import missing_object, needs
from switchboard.local.engine.operations import operation
from switchboard.local.engine.roles import Signer

_FORM = b"application/x-www-form-urlencoded"
_TELLING = {"scheduler", "bedrock-agentcore", "connect", "wisdom"}
"""REST services whose bodies name resources; bodies of the others are not read."""
_UNTOLD = (b"/invocations", b"/tools/invoke")
"""Paths whose bodies are content alone, and may be large."""


class CallJournal:
    """ASGI middleware that notes each call before it is served."""

    def __init__(self, app: Any, path: Path) -> None:
        """Append to `path`; several processes may do so."""
        self._app = app
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Note the call, then serve it."""
        if scope["type"] == "http":
            headers = {key.decode().lower(): value for key, value in scope["headers"]}
            signer, app = Signer(headers), caller(headers)
            if app or signer.role:
                body, receive = await _peeked(signer.service, scope, headers, receive)
                request = _request(signer, scope, headers, body)
                self._note(app or "", signer.role, request, needs(request))
                if absent := missing_object(request):
                    send = self._noting_absence(signer.role, request, absent, send)
        await self._app(scope, receive, send)

    def _note(self, app: str, role: str, request: Request, needed: list[Need]) -> None:
        call = {
            "at": datetime.now(UTC).isoformat(),
            "app": app,
            "service": request.service,
            "operation": request.operation,
            "role": role,
            "needs": [need.as_list() for need in needed],
        }
        with self._path.open("a") as journal:
            journal.write(json.dumps(call) + "\n")

    def _noting_absence(self, role: str, request: Request, needed: list[Need], send: Any) -> Any:
        async def sent(message: Any) -> None:
            if message.get("status") == HTTPStatus.NOT_FOUND:
                self._note("", role, request, needed)
            await send(message)

        return sent


async def _peeked(
    service: str, scope: Any, headers: dict[str, bytes], receive: Any
) -> tuple[bytes, Any]:
    """A body that names operation or resources, and a way to read it again."""
    if not _tells(service, scope, headers):
        return b"", receive
    unread: list[Any] = []
    while not unread or unread[-1].get("more_body"):
        unread.append(await receive())
    body = b"".join(message.get("body", b"") for message in unread)

    async def again() -> Any:
        return unread.pop(0) if unread else await receive()

    return body, again


def _tells(service: str, scope: Any, headers: dict[str, bytes]) -> bool:
    if headers.get("content-type", b"").startswith(_FORM) or "x-amz-target" in headers:
        return True
    return service in _TELLING and not _raw_path(scope).endswith(_UNTOLD)


def _raw_path(scope: Any) -> bytes:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.split(b"?")[0]


def _request(signer: Signer, scope: Any, headers: dict[str, bytes], body: bytes) -> Request:
    path = _raw_path(scope).decode()
    form = headers.get("content-type", b"").startswith(_FORM)
    query = parse_qs(scope.get("query_string", b"").decode())
    return Request(
        service=signer.service,
        operation=operation(signer.service, scope["method"], path, headers, body if form else b""),
        region=signer.region,
        account=signer.account,
        path=path,
        query={name: values[0] for name, values in query.items()},
        headers=headers,
        body=parse_qs(body.decode("utf-8", "replace")) if form else _json(body),
    )


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:  # the service will say so
        return {}
    return found if isinstance(found, dict) else {}
