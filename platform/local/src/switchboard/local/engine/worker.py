"""One execution environment of one function: a process of ours in place of ministack's.

The shipped one unpacks the zip at each cold start, hands no client context to the function, passes
on the whole environment of the engine, and waits 50 ms for log lines after each invocation.
"""

import base64
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from uuid import uuid4
from weakref import WeakSet

from switchboard.local.engine import roles
from switchboard.local.engine.bootstrap import END_OF_LOG
from switchboard.local.engine.bundles import Bundles
from switchboard.local.engine.uses import Uses

CLIENT_CONTEXT: ContextVar[str | None] = ContextVar("client_context", default=None)
"""The `X-Amz-Client-Context` header of the request being served (base64 JSON)."""
INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "AWS_CA_BUNDLE")
TRACED = "SWITCHBOARD_TRACES_FOLDER"
"""Where functions write their spans (`switchboard.events.trace_export`)."""
RESERVED = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION")
INIT_SECONDS = 60
"""A cold start on a busy machine; AWS allows 10 s and then starts again."""
LOG_SECONDS = 1
BOOTSTRAP = Path(__file__).with_name("bootstrap.py")

Credentials = Callable[[dict[str, Any]], dict[str, str]]


RUNNING: "WeakSet[Worker]" = WeakSet()
"""Every worker that may have a process."""


class WorkerStartError(RuntimeError):
    """The function could not be imported; the message carries its log."""


class Worker:
    """The interface ministack's pool of workers expects, over a process of ours."""

    def __init__(
        self,
        func_name: str,
        config: dict[str, Any],
        code_zip: bytes,
        *,
        bundles: Bundles,
        credentials: Credentials,
        uses: Uses | None = None,
    ) -> None:
        """Nothing is started before the first invocation or `start`.

        `uses`: where it is noted what Lambda itself does with the function's role.
        """
        self.func_name = func_name
        self.config = config
        self.in_use = False
        self.ready = False
        """Whether its process runs and has imported the function."""
        self.last_used = time.time()
        self._code_zip = code_zip
        self._bundles = bundles
        self._credentials = credentials
        self._uses = uses
        self._lock = threading.Lock()
        self._proc: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str | None] = queue.Queue()
        self._log: queue.Queue[str | None] = queue.Queue()
        RUNNING.add(self)

    def rest(self, idle_seconds: float) -> bool:
        """End the process if nobody has used it for so long; the next invocation starts one."""
        if self.in_use or time.time() - self.last_used < idle_seconds:
            return False
        if not self._lock.acquire(blocking=False):
            return False
        try:
            running = self._proc is not None
            if running:
                self._ended("idle")
        finally:
            self._lock.release()
        return running

    def start(self) -> None:
        """Start the process and import the function, unless it runs.

        Raises:
            WorkerStartError: with the function's log.
        """
        with self._lock:
            if self._proc is None or self._proc.poll() is not None:
                self._start()

    def invoke(
        self,
        event: Any,
        request_id: str,
        *,
        trace_id: str | None = None,
        invoked_function_arn: str | None = None,
        **_unused: Any,
    ) -> dict[str, Any]:
        """Run one invocation; a function that fails keeps its process, one that hangs loses it."""
        with self._lock:
            cold = self._proc is None or self._proc.poll() is not None
            if cold:
                self._start()
            if self._uses:
                self._uses.of_batch(self.config, event)
            timeout = float(self.config.get("Timeout", 3))
            call = {
                "event": event,
                "request_id": request_id,
                "arn": invoked_function_arn or self.config.get("FunctionArn", ""),
                "timeout": timeout,
                "trace_id": trace_id,
                "client_context": _decoded(CLIENT_CONTEXT.get()),
            }
            answer = self._ask(call, timeout)
            self.last_used = time.time()
            return {**answer, "cold_start": cold}

    def _ask(self, call: dict[str, Any], timeout: float) -> dict[str, Any]:
        proc = self._running()
        try:
            _stdin(proc).write(json.dumps(call) + "\n")
            _stdin(proc).flush()
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            return self._ended(f"Task timed out after {int(timeout)}.00 seconds")
        except OSError as error:
            return self._ended(f"RequestId: {call['request_id']} Error: {error}")
        if line is None:
            return self._ended(f"RequestId: {call['request_id']} Error: Runtime exited")
        answer: dict[str, Any] = json.loads(line)
        return {**answer, "log": self._lines()}

    def _ended(self, error: str) -> dict[str, Any]:
        proc, self._proc = self._proc, None
        self.ready = False
        if proc is not None:
            proc.kill()
            proc.wait()
        return {"status": "error", "error": error, "log": self._lines()}

    def _start(self) -> None:
        folder = self._bundles.unpacked(self._code_zip)
        self._answers, self._log = queue.Queue(), queue.Queue()
        self._proc = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, str(BOOTSTRAP)],
            cwd=folder,
            env=self._environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for stream, lines in ((self._proc.stdout, self._answers), (self._proc.stderr, self._log)):
            threading.Thread(target=_pump, args=(stream, lines), daemon=True).start()
        try:
            ready = self._answers.get(timeout=INIT_SECONDS)
        except queue.Empty:
            ready = None
        answer = json.loads(ready) if ready else {"error": "the process ended at its start"}
        if answer.get("status") != "ready":
            log = self._ended(answer["error"])["log"]
            raise WorkerStartError(f"{self.func_name}: {answer['error']}\n{log}".strip())
        self._lines()
        if self._uses:
            self._uses.of_function(self.config)
        self.ready = True

    def _environment(self, folder: Path) -> dict[str, str]:
        own: Mapping[str, str] = self.config.get("Environment", {}).get("Variables", {})
        engine = os.environ  # noqa: TID251 - endpoints are handed on, nothing is configured here
        region = self.config["FunctionArn"].split(":")[3]
        log_group = (self.config.get("LoggingConfig") or {}).get("LogGroup")
        service = own.get("POWERTOOLS_SERVICE_NAME")
        return {
            # Names the caller in the engine's journal; a function may name itself.
            **({"AWS_SDK_UA_APP_ID": f"switchboard-{service}"} if service else {}),
            **{name: engine[name] for name in (*INHERITED, TRACED) if name in engine},
            **{key: value for key, value in engine.items() if key.startswith("AWS_ENDPOINT_URL")},
            **{key: value for key, value in own.items() if key not in RESERVED},
            **self._credentials(self.config),
            # The key says whose role the function runs with.
            **roles.credentials(self.config.get("Role", "")),
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.config.get('Runtime', 'python3.12')}",
            "AWS_LAMBDA_FUNCTION_NAME": self.func_name,
            "AWS_LAMBDA_FUNCTION_VERSION": self.config.get("Version", "$LATEST"),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.config.get("MemorySize", 128)),
            "AWS_LAMBDA_LOG_GROUP_NAME": log_group or f"/aws/lambda/{self.func_name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": uuid4().hex,
            "LAMBDA_TASK_ROOT": str(folder),
            "_HANDLER": self.config.get("Handler", "index.handler"),
            "TZ": ":UTC",
        }

    def _lines(self) -> str:
        lines: list[str] = []
        while True:
            try:
                line = self._log.get(timeout=LOG_SECONDS)
            except queue.Empty:
                break
            if line is None or line == END_OF_LOG:
                break
            lines.append(line)
        return "\n".join(lines)

    def _running(self) -> subprocess.Popen[str]:
        if self._proc is None:
            raise WorkerStartError(f"{self.func_name} does not run")
        return self._proc

    def _discard_tmpdir(self) -> None:
        """Bundles are shared and stay; ministack asks each worker to remove its own."""


def _stdin(proc: subprocess.Popen[str]) -> Any:
    return proc.stdin


def _pump(stream: Any, lines: "queue.Queue[str | None]") -> None:
    for line in stream:
        lines.put(line.rstrip("\n"))
    lines.put(None)


def _decoded(header: str | None) -> dict[str, Any] | None:
    if not header:
        return None
    value = json.loads(base64.b64decode(header))
    return value if isinstance(value, dict) else None
