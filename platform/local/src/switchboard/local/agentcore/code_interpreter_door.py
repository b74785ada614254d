"""Code interpreter sessions on the wire (bedrock-agentcore API 2024-02-28)."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from switchboard.local.agentcore.aws_answers import (
    EVENT_STREAM,
    NotFoundError,
    ValidationError,
    demand_signature,
    event_frame,
    json_body,
)
from switchboard.local.agentcore.registry import Registry
from switchboard.local.agentcore.sandbox import SESSION_SECONDS, Sandboxes, SandboxSession

SESSION_HEADER = "x-amzn-code-interpreter-session-id"
MANAGED = "aws.codeinterpreter.v1"
TYPE = "AWS::BedrockAgentCore::CodeInterpreterCustom"
MAX_SESSION_SECONDS = 28_800

_BASE = "/code-interpreters/{interpreter}"


class CodeInterpreterDoor:
    """Serves AWS's managed interpreter and the deployed ones, all by the same sandbox."""

    def __init__(self, registry: Registry, sandboxes: Sandboxes) -> None:
        """Interpreters come from `registry`, sessions from `sandboxes`."""
        self._registry = registry
        self._sandboxes = sandboxes

    def routes(self) -> list[Route]:
        """The operations."""
        return [
            Route(f"{_BASE}/sessions/start", self.start, methods=["PUT"]),
            Route(f"{_BASE}/sessions/get", self.get, methods=["GET"]),
            Route(f"{_BASE}/sessions/list", self.list, methods=["POST"]),
            Route(f"{_BASE}/sessions/stop", self.stop, methods=["PUT"]),
            Route(f"{_BASE}/tools/invoke", self.invoke, methods=["POST"]),
        ]

    async def start(self, request: Request) -> Response:
        """StartCodeInterpreterSession."""
        interpreter = self._interpreter(request)
        body = await json_body(request)
        seconds = int(body.get("sessionTimeoutSeconds") or SESSION_SECONDS)
        if not 1 <= seconds <= MAX_SESSION_SECONDS:
            raise ValidationError(f"sessionTimeoutSeconds must be 1 to {MAX_SESSION_SECONDS}")
        session = await asyncio.to_thread(
            self._sandboxes.start,
            interpreter,
            str(body.get("name") or ""),
            seconds,
            str(body.get("clientToken") or ""),
        )
        return JSONResponse(
            {
                "codeInterpreterIdentifier": interpreter,
                "sessionId": session.session_id,
                "createdAt": session.created.isoformat(),
            }
        )

    async def get(self, request: Request) -> Response:
        """GetCodeInterpreterSession."""
        session = self._session(request, request.query_params.get("sessionId", ""))
        return JSONResponse({**_summary(session), "sessionTimeoutSeconds": session.timeout_seconds})

    async def list(self, request: Request) -> Response:
        """ListCodeInterpreterSessions: the live ones, newest first, on one page."""
        sessions = self._sandboxes.of(self._interpreter(request))
        return JSONResponse({"items": [_summary(session) for session in sessions]})

    async def stop(self, request: Request) -> Response:
        """StopCodeInterpreterSession."""
        session = self._session(request, request.query_params.get("sessionId", ""))
        await asyncio.to_thread(self._sandboxes.stop, session.session_id)
        return JSONResponse(
            {
                "codeInterpreterIdentifier": session.interpreter,
                "sessionId": session.session_id,
                "lastUpdatedAt": datetime.now(UTC).isoformat(),
            }
        )

    async def invoke(self, request: Request) -> Response:
        """InvokeCodeInterpreter: an event stream with one result."""
        session = self._session(request, request.headers.get(SESSION_HEADER, ""))
        body = await json_body(request)
        result = await asyncio.to_thread(
            self._sandboxes.invoke,
            session,
            str(body.get("name") or ""),
            body.get("arguments") or {},
        )
        return Response(
            event_frame("result", result),
            media_type=EVENT_STREAM,
            headers={SESSION_HEADER: session.session_id},
        )

    def _interpreter(self, request: Request) -> str:
        demand_signature(request)
        identifier: str = request.path_params["interpreter"]
        known = {resource.physical_id for resource in self._registry.of_type(TYPE)}
        if identifier not in {MANAGED, *known}:
            raise NotFoundError(f"no code interpreter '{identifier}'")
        return identifier

    def _session(self, request: Request, session_id: str) -> SandboxSession:
        interpreter = self._interpreter(request)
        session = self._sandboxes.find(session_id)
        if session is None or session.interpreter != interpreter:
            raise NotFoundError(f"no code interpreter session '{session_id}'")
        return session


def _summary(session: SandboxSession) -> dict[str, Any]:
    return {
        "codeInterpreterIdentifier": session.interpreter,
        "sessionId": session.session_id,
        **({"name": session.name} if session.name else {}),
        "status": "READY",
        "createdAt": session.created.isoformat(),
        "lastUpdatedAt": session.created.isoformat(),
    }
