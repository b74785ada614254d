"""The flow's Lambda functions, on the engine or as Python functions in a test."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from switchboard.contact_flows.interpreter.effects import Failed, Reply

USUAL_SECONDS = (4.0, 6.0)
"""Limits of the desk's flow; another one costs its first caller a moment."""


class LambdaFunctions:
    """Invokes synchronously; the read timeout of a client is the flow's own limit."""

    def __init__(self, client: Callable[[float], Any]) -> None:
        """`client(seconds)` makes a boto3 `lambda` client that waits so long and no longer."""
        self._make = client
        self._clients: dict[float, Any] = {}
        self._lock = threading.Lock()

    def invoke(self, arn: str, event: Mapping[str, Any], seconds: float) -> Reply | Failed:
        """Invoke (RequestResponse), once: retries are the flow's to decide."""
        start = time.perf_counter()
        try:
            answer = self._client(seconds).invoke(
                FunctionName=arn, Payload=json.dumps(event).encode()
            )
            payload = json.loads(answer["Payload"].read() or b"null")
        except (ClientError, BotoCoreError, ValueError) as error:
            return Failed(reason=f"{arn}: {error}")
        if "FunctionError" in answer:
            return Failed(reason=f"{arn}: {_reason(payload)}")
        return Reply(payload, time.perf_counter() - start)

    def prepare(self) -> None:
        """Make the clients of usual limits: the first caller shall not wait for them."""
        for seconds in USUAL_SECONDS:
            self._client(seconds)

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()

    def _client(self, seconds: float) -> Any:
        with self._lock:
            if seconds not in self._clients:
                self._clients[seconds] = self._make(seconds)
            return self._clients[seconds]


class MemoryFunctions:
    """Python functions by ARN; events and answers pass through JSON as on the wire."""

    def __init__(self) -> None:
        """Without functions."""
        self.calls: list[tuple[str, Any]] = []
        self._functions: dict[str, Callable[[Any], Any]] = {}

    def register(self, arn: str, function: Callable[[Any], Any]) -> None:
        """Make `function` answer for `arn`."""
        self._functions[arn] = function

    def invoke(self, arn: str, event: Mapping[str, Any], _seconds: float) -> Reply | Failed:
        """Call it; an exception is a failed function. No time passes here."""
        sent = json.loads(json.dumps(event))
        self.calls.append((arn, sent))
        if arn not in self._functions:
            return Failed(reason=f"{arn}: ResourceNotFoundException: no such function")
        try:
            return Reply(json.loads(json.dumps(self._functions[arn](sent))))
        except Exception as error:  # noqa: BLE001 - whatever a function raises is its failure
            return Failed(reason=f"{arn}: {type(error).__name__}: {error}")


def _reason(payload: Any) -> str:
    if isinstance(payload, dict):
        return f"{payload.get('errorType', 'Error')}: {payload.get('errorMessage', '')}"
    return str(payload)
