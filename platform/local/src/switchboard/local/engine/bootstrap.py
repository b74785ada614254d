"""The Lambda runtime of the local engine: one process of one function. Standard library only.

Started as a script with the bundle's folder as its working directory. Reads one JSON line per
invocation from its standard input and answers on what was its standard output; whatever the
function prints goes to standard error, as logs. It ends when its input ends, so it never outlives
the engine.
"""

import importlib
import json
import os
import queue
import sys
import threading
import time
import traceback
from types import SimpleNamespace
from typing import Any, TextIO

END_OF_LOG = "\x00end"
"""Printed after each invocation, so that the reader of the log knows it has everything."""


environ = os.environ  # noqa: TID251 - the variables are Lambda's own interface to a function


class LambdaContext:
    """What AWS hands to a handler beside the event."""

    def __init__(self, call: dict[str, Any]) -> None:
        """Describe the invocation `call`."""
        self.function_name = environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.invoked_function_arn = call["arn"]
        self.memory_limit_in_mb = environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.aws_request_id = call["request_id"]
        self.log_group_name = environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = SimpleNamespace(cognito_identity_id=None, cognito_identity_pool_id=None)
        self.client_context = _client_context(call.get("client_context"))
        self._deadline = time.monotonic() + call["timeout"]

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the engine ends this process."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def _client_context(given: dict[str, Any] | None) -> SimpleNamespace | None:
    if given is None:
        return None
    client = given.get("client")
    return SimpleNamespace(
        custom=given.get("custom"),
        env=given.get("env"),
        client=SimpleNamespace(**client) if isinstance(client, dict) else None,
    )


def _handler(name: str) -> Any:
    module, _, function = name.rpartition(".")
    return getattr(importlib.import_module(module.replace("/", ".")), function)


def _read(calls: "queue.Queue[str]") -> None:
    for line in sys.stdin:
        calls.put(line)
    # The engine is gone, perhaps in the middle of an invocation.
    os._exit(0)


def _answer(handler: Any, call: dict[str, Any]) -> str:
    if call.get("trace_id"):
        environ["_X_AMZN_TRACE_ID"] = call["trace_id"]
    try:
        result = handler(call["event"], LambdaContext(call))
        return json.dumps({"status": "ok", "result": result})
    except Exception as error:  # noqa: BLE001 - the edge: AWS too answers with the function's error
        trace = traceback.format_exc()
        return json.dumps({"status": "error", "error": _said(error), "trace": trace})


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def main(protocol: TextIO) -> None:
    """Import the handler, say so, then answer one invocation after the other."""
    sys.path.insert(0, environ["LAMBDA_TASK_ROOT"])
    try:
        handler = _handler(environ["_HANDLER"])
    except Exception as error:  # noqa: BLE001 - the edge: whatever the import raised
        traceback.print_exc()
        _say(protocol, json.dumps({"status": "error", "error": _said(error)}))
        return
    _say(protocol, json.dumps({"status": "ready"}))
    calls: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(calls,), daemon=True).start()
    while True:
        _say(protocol, _answer(handler, json.loads(calls.get())))


def _say(protocol: TextIO, answer: str) -> None:
    sys.stderr.write(END_OF_LOG + "\n")
    sys.stderr.flush()
    protocol.write(answer + "\n")
    protocol.flush()


if __name__ == "__main__":
    # Whatever is printed, by C code as well, becomes log; the answers keep their own descriptor.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    sys.path[0] = environ["LAMBDA_TASK_ROOT"]
    main(answers)
