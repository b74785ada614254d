"""InvokeAgentRuntime and StopRuntimeSession (bedrock-agentcore API 2024-02-28)."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from switchboard.local.agentcore.aws_answers import (
    NotFoundError,
    RuntimeClientError,
    ValidationError,
)
from switchboard.local.agentcore.identity import Workload, WorkloadTokens
from switchboard.local.agentcore.inbound import Inbound
from switchboard.local.agentcore.runtimes import Runtimes, RuntimeSpec
from switchboard.local.agentcore.sessions import Session, SessionPool, SessionStartError

SESSION_HEADER = "x-amzn-bedrock-agentcore-runtime-session-id"
USER_HEADER = "x-amzn-bedrock-agentcore-runtime-user-id"
CUSTOM_PREFIX = "x-amzn-bedrock-agentcore-runtime-custom-"
PASSED = frozenset(
    {
        "accept",
        "baggage",
        "mcp-protocol-version",
        "mcp-session-id",
        "traceparent",
        "tracestate",
        "x-amzn-trace-id",
    }
)
SESSION_ID = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{32,255}")

_PATH = re.compile(r"/runtimes/([^/]+)/(invocations|stopruntimesession)")


class RuntimeDoor:
    """Serves the runtimes of the registry."""

    def __init__(
        self,
        runtimes: Runtimes,
        pool: SessionPool,
        tokens: WorkloadTokens,
        http: httpx.AsyncClient,
        inbound: Inbound,
    ) -> None:
        """Forward to the agents in `pool` what `inbound` lets in; give them `tokens`."""
        self._runtimes = runtimes
        self._pool = pool
        self._tokens = tokens
        self._http = http
        self._inbound = inbound

    async def __call__(self, request: Request) -> Response:
        """Route on the raw path: in the decoded one the slashes of an ARN are lost."""
        found = _PATH.fullmatch(request.scope["raw_path"].decode().split("?")[0])
        if not found or request.method != "POST":
            raise NotFoundError("no such operation")
        spec = self._spec(unquote(found[1]), request.query_params.get("qualifier", "DEFAULT"))
        subject = await self._inbound.admit(spec.authorizer, request)
        session_id = request.headers.get(SESSION_HEADER) or str(uuid4())
        if not SESSION_ID.fullmatch(session_id):
            raise ValidationError(
                "runtimeSessionId must have 33 to 256 characters of letters, digits, '-' and '_'"
            )
        if found[2] == "stopruntimesession":
            return await self._stop(spec, session_id)
        # A token says who its caller is; whoever signs may name a user.
        return await self._invoke(
            spec, session_id, request, subject or request.headers.get(USER_HEADER)
        )

    def _spec(self, identifier: str, qualifier: str) -> RuntimeSpec:
        spec = self._runtimes.find(identifier)
        if spec is None or not self._runtimes.has_endpoint(spec, qualifier):
            raise NotFoundError(
                f"No endpoint or agent found with qualifier '{qualifier}' for agent '{identifier}'"
            )
        return spec

    async def _stop(self, spec: RuntimeSpec, session_id: str) -> Response:
        if not await self._pool.stop(spec, session_id):
            raise NotFoundError(f"session {session_id} not found")
        headers = {SESSION_HEADER: session_id}
        return Response(b"{}", 200, headers=headers, media_type="application/json")

    async def _invoke(
        self, spec: RuntimeSpec, session_id: str, request: Request, user: str | None
    ) -> Response:
        body = await request.body()
        try:
            session = await self._pool.take(spec, session_id)
        except SessionStartError as error:
            raise RuntimeClientError(f"Runtime initialization failed: {error}") from error
        answered = False
        try:
            upstream = await self._forward(session, request, body, user)
            answered = True
        finally:
            if not answered:
                self._pool.release(session)
        return StreamingResponse(
            self._pass_through(upstream, session),
            headers={
                SESSION_HEADER: session_id,
                "content-type": upstream.headers.get("content-type", "application/json"),
            },
        )

    async def _forward(
        self, session: Session, request: Request, body: bytes, user: str | None
    ) -> httpx.Response:
        headers = {
            **_passed_headers(request.headers),
            SESSION_HEADER: session.session_id,
            "content-type": request.headers.get("content-type", "application/json"),
            "x-amzn-bedrock-agentcore-runtime-request-id": str(uuid4()),
            **self._workload_header(session, user, body),
        }
        outgoing = self._http.build_request(
            "POST", f"{session.process.url}/invocations", content=body, headers=headers
        )
        try:
            answer = await self._http.send(outgoing, stream=True)
        except httpx.HTTPError as error:
            raise RuntimeClientError(f"the agent broke the connection: {error}") from error
        if answer.is_error:
            text = (await answer.aread()).decode(errors="replace")
            await answer.aclose()
            raise RuntimeClientError(
                f"Received error ({answer.status_code}) from runtime: {text[:500]}"
            )
        return answer

    def _workload_header(self, session: Session, user: str | None, body: bytes) -> dict[str, str]:
        """As on AWS, a caller gets a token for the agent only as a user: the token's, or named."""
        if user is None:
            return {}
        workload = Workload.of_invocation(session.spec.agent_type, user, _payload(body))
        token = self._tokens.issue(workload)
        session.tokens.append(token)
        return {"WorkloadAccessToken": token}

    async def _pass_through(
        self, upstream: httpx.Response, session: Session
    ) -> AsyncIterator[bytes]:
        try:
            async for chunk in upstream.aiter_raw():
                yield chunk
        finally:
            self._pool.release(session)
            await upstream.aclose()


def _passed_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in headers.items()
        if name in PASSED or name.startswith(CUSTOM_PREFIX)
    }


def _payload(body: bytes) -> dict[str, Any]:
    """The payload as an object; an agent may accept others, which then carry no claims."""
    try:
        payload = json.loads(body)
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}
