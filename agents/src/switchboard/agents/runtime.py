"""The process behind an AgentCore runtime: acknowledges at once, works in the background.

AgentCore Runtime HTTP contract: `POST /invocations`, `GET /ping` (HealthyBusy while a run is on, so
the idle limit does not end the session). A run lives in a thread of its own; the answer to the
caller is only the acknowledgement, because a caller may not wait as long as a run takes.
"""

import contextvars
import json
import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol

from bedrock_agentcore import BedrockAgentCoreApp, RequestContext
from pydantic import ValidationError
from starlette.responses import JSONResponse

from switchboard.agents.payload import RunRequest

log = logging.getLogger("switchboard.agents")


class Work(Protocol):
    """Does one request to its end and reports it."""

    def __call__(self, request: RunRequest, session_id: str, cancel: threading.Event) -> None:
        """Watch `cancel`: once it is set, stop soon and report the run as cancelled."""
        ...


class Runs:
    """The runs of this session. A start delivered twice, even after the end, is one run."""

    def __init__(self) -> None:
        """No run yet."""
        self._lock = threading.Lock()
        self._running: dict[str, threading.Event] = {}
        self._ended: set[str] = set()

    def begin(self, invocation_id: str) -> threading.Event | None:
        """The new run's cancel signal, or None when it is running or has ended already."""
        with self._lock:
            if invocation_id in self._running or invocation_id in self._ended:
                return None
            return self._running.setdefault(invocation_id, threading.Event())

    def end(self, invocation_id: str) -> None:
        """Remember that the run is over."""
        with self._lock:
            self._running.pop(invocation_id, None)
            self._ended.add(invocation_id)

    def cancel(self, invocation_id: str) -> str:
        """Ask a run to stop; says `cancelling`, `ended` or `unknown`."""
        with self._lock:
            signal = self._running.get(invocation_id)
            if signal:
                signal.set()
                return "cancelling"
            return "ended" if invocation_id in self._ended else "unknown"


class AgentRuntime:
    """Answers invocations of one agent."""

    def __init__(self, app: BedrockAgentCoreApp, agent: str, work: Callable[[], Work]) -> None:
        """Serve `agent` through `app`; `work` is built when the first run starts, not before."""
        self._app = app
        self._agent = agent
        self._work = work
        self._runs = Runs()
        app.entrypoint(self.invoke)

    def invoke(self, payload: Any, context: RequestContext) -> dict[str, Any] | JSONResponse:
        """Start or cancel a run; 400 when the payload is not one of the two."""
        if isinstance(payload, dict) and payload.get("action") == "cancel":
            invocation_id = str(payload.get("invocation_id"))
            return {"status": self._runs.cancel(invocation_id), "invocation_id": invocation_id}
        try:
            request = RunRequest.model_validate(payload)
        except ValidationError as error:
            fields = [".".join(map(str, item["loc"])) for item in error.errors()]
            return _refused(f"payload is not a run request; wrong or missing: {', '.join(fields)}")
        if request.agent_type != self._agent:
            return _refused(f"this runtime is the {self._agent} agent, not {request.agent_type}")
        return self._start(request, context.session_id or request.session_id, payload)

    def _start(
        self, request: RunRequest, session_id: str, payload: dict[str, Any]
    ) -> dict[str, Any]:
        """Acknowledge; starts are redelivered, so the second one for an invocation does nothing."""
        answer = {"status": "accepted", "invocation_id": request.invocation_id}
        cancel = self._runs.begin(request.invocation_id)
        if cancel is None:
            return {**answer, "duplicate": True}
        log.info(
            "invocation accepted",
            extra={
                **request.flow,
                "project_id": request.project_id,
                "agent_type": request.agent_type,
                "session_id": session_id,
                "payload_bytes": len(json.dumps(payload).encode()),
            },
        )
        task = self._app.add_async_task("agent", {"invocation_id": request.invocation_id})
        # The workload token is a context variable: without the copy the thread could not get one.
        here = contextvars.copy_context()
        threading.Thread(
            target=here.run,
            args=(self._in_background, request, session_id, cancel, task),
            name=f"run-{request.invocation_id}",
            daemon=True,
        ).start()
        return answer

    def _in_background(
        self, request: RunRequest, session_id: str, cancel: threading.Event, task: int
    ) -> None:
        try:
            self._work()(request, session_id, cancel)
        except Exception:  # the edge: the orchestrator's deadline ends the run then
            log.exception("run not reported", extra=request.flow)
        finally:
            self._runs.end(request.invocation_id)
            self._app.complete_async_task(task)


def _refused(message: str) -> JSONResponse:
    log.warning("invocation refused", extra={"reason": message})
    return JSONResponse({"error": {"code": "AGENT_ERROR", "message": message}}, status_code=400)
