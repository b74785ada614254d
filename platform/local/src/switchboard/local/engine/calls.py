"""A journal of the AWS calls our own code makes, one JSON line each, without any content.

A service names itself by the SDK's application id (`AWS_SDK_UA_APP_ID`, `app/switchboard-<service>`
in the user agent); calls without one (people's tools, the supervisor) are not journalled.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from switchboard.local.engine.aws_sources import caller

_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/")
_FORM = b"application/x-www-form-urlencoded"
_REST = (
    ("bedrock-agentcore", r"POST /runtimes/.+/invocations", "InvokeAgentRuntime"),
    ("bedrock-agentcore", r"POST /runtimes/.+/stopruntimesession", "StopRuntimeSession"),
    ("bedrock-agentcore", r"POST /identities/oauth2/token", "GetResourceOauth2Token"),
    ("bedrock-agentcore", r"POST /identities/GetWorkloadAccessToken", "GetWorkloadAccessToken"),
    ("bedrock-agentcore", r"PUT /code-interpreters/.+/start", "StartCodeInterpreterSession"),
    ("bedrock-agentcore", r"PUT /code-interpreters/.+/stop", "StopCodeInterpreterSession"),
    ("bedrock-agentcore", r"POST /code-interpreters/.+/invoke", "InvokeCodeInterpreter"),
    ("bedrock", r"POST /knowledgebases/[^/]+/retrieve", "Retrieve"),
    ("bedrock", r"PUT /knowledgebases/.+/documents", "IngestKnowledgeBaseDocuments"),
    ("bedrock", r"POST /knowledgebases/.+/getDocuments", "GetKnowledgeBaseDocuments"),
    ("bedrock", r"POST /knowledgebases/.+/deleteDocuments", "DeleteKnowledgeBaseDocuments"),
    ("bedrock", r"POST /model/.+/converse", "Converse"),
    ("bedrock", r"POST /model/.+/converse-stream", "ConverseStream"),
    ("bedrock-agentcore", r"PUT /gateways/[^/]+/?", "UpdateGateway"),
    ("connect", r"GET /contacts/[^/]+/[^/]+", "DescribeContact"),
    ("connect", r"PUT /phone-number/[^/]+/contact-flow", "AssociatePhoneNumberContactFlow"),
    ("connect", r"POST /associate-security-profiles/[^/]+", "AssociateSecurityProfiles"),
    ("connect", r"POST /instance/[^/]+/attribute/[^/]+", "UpdateInstanceAttribute"),
    ("wisdom", r"PATCH /assistants/[^/]+/sessions/[^/]+/data", "UpdateSessionData"),
    ("wisdom", r"POST /assistants/[^/]+/aiagentConfiguration", "UpdateAssistantAIAgent"),
    ("lambda", r"POST /2015-03-31/functions/[^/]+/invocations", "Invoke"),
    ("scheduler", r"POST /schedules/[^/]+", "CreateSchedule"),
    ("scheduler", r"PUT /schedules/[^/]+", "UpdateSchedule"),
    ("scheduler", r"GET /schedules/[^/]+", "GetSchedule"),
    ("scheduler", r"DELETE /schedules/[^/]+", "DeleteSchedule"),
    ("s3", r"PUT /[^/]+/.+", "PutObject"),
    ("s3", r"GET /[^/]+/.+", "GetObject"),
    ("s3", r"HEAD /[^/]+/.+", "HeadObject"),
    ("s3", r"DELETE /[^/]+/.+", "DeleteObject"),
    ("s3", r"GET /[^/]+/?", "ListObjectsV2"),
)
"""Operations of REST services that our code uses; others are noted by method and path."""


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
            if app := caller(headers):
                body, receive = await _peeked(headers, receive)
                self._note(app, scope, headers, body)
        await self._app(scope, receive, send)

    def _note(self, app: str, scope: Any, headers: dict[str, bytes], body: bytes) -> None:
        found = _SERVICE.search(headers.get("authorization", b"").decode("latin-1"))
        service = found[1] if found else ""
        call = {
            "at": datetime.now(UTC).isoformat(),
            "app": app,
            "service": service,
            "operation": _operation(service, scope, headers, body),
        }
        with self._path.open("a") as journal:
            journal.write(json.dumps(call) + "\n")


async def _peeked(headers: dict[str, bytes], receive: Any) -> tuple[bytes, Any]:
    """The beginning of a form's body, which names the operation, and a way to read it again."""
    if not headers.get("content-type", b"").startswith(_FORM):
        return b"", receive
    first = await receive()
    unread = [first]

    async def again() -> Any:
        return unread.pop() if unread else await receive()

    return first.get("body", b""), again


def _operation(service: str, scope: Any, headers: dict[str, bytes], body: bytes) -> str:
    if target := headers.get("x-amz-target", b"").decode():
        return target.rpartition(".")[2]
    if action := parse_qs(body.decode("utf-8", "replace")).get("Action"):
        return action[0]
    raw = (scope.get("raw_path") or scope["path"].encode()).decode().split("?")[0]
    request = f"{scope['method']} {raw}"
    for of_service, pattern, name in _REST:
        if service.startswith(of_service) and re.fullmatch(pattern, request):
            return name
    return request[:80]
