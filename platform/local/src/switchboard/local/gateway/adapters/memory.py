"""Functions, APIs and documents in memory: Python callables in place of Lambdas and servers."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from switchboard.local.gateway.documents import DocumentMissingError
from switchboard.local.gateway.functions import FunctionFailedError
from switchboard.local.gateway.http_targets import HttpAnswer, HttpFailedError, HttpRequest

Function = Callable[[Mapping[str, Any], Mapping[str, Any]], Any]
"""`(event, client_context.custom)` -> answer."""


class MemoryFunctions:
    """Calls what was registered; events and answers pass through JSON as on the wire."""

    def __init__(self) -> None:
        """Start without functions."""
        self.calls: list[tuple[str, Any, Any]] = []
        self._functions: dict[str, Function] = {}

    def register(self, arn: str, function: Function) -> None:
        """Make `function` answer for `arn`."""
        self._functions[arn] = function

    def invoke(self, arn: str, event: Mapping[str, Any], custom: Mapping[str, Any]) -> Any:
        """Call it."""
        if arn not in self._functions:
            raise FunctionFailedError(f"{arn}: ResourceNotFoundException: no such function")
        sent, context = json.loads(json.dumps(event)), json.loads(json.dumps(custom))
        self.calls.append((arn, sent, context))
        try:
            return json.loads(json.dumps(self._functions[arn](sent, context)))
        except Exception as error:
            raise FunctionFailedError(f"{arn}: {type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Nothing is held open."""


class MemoryHttpTargets:
    """Calls what was registered for the beginning of a URL."""

    def __init__(self) -> None:
        """Start without APIs."""
        self.requests: list[HttpRequest] = []
        self._apis: dict[str, Callable[[HttpRequest], HttpAnswer]] = {}

    def register(self, server: str, api: Callable[[HttpRequest], HttpAnswer]) -> None:
        """Make `api` answer below the URL `server`."""
        self._apis[server] = api

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Call it."""
        for server, api in self._apis.items():
            if request.url.startswith(server):
                self.requests.append(request)
                return self._answer(api, request)
        raise HttpFailedError(f"{request.method} {request.url}: ConnectError: Connection refused")

    def _answer(self, api: Callable[[HttpRequest], HttpAnswer], request: HttpRequest) -> HttpAnswer:
        try:
            return api(request)
        except TimeoutError as error:
            message = f"{request.method} {request.url}: ReadTimeout: timed out"
            raise HttpFailedError(message) from error

    def close(self) -> None:
        """Nothing is held open."""


class MemoryDocuments:
    """Documents by their URI."""

    def __init__(self) -> None:
        """Start without documents."""
        self.texts: dict[str, str] = {}

    def text(self, uri: str) -> str:
        """Look it up."""
        if uri not in self.texts:
            raise DocumentMissingError(f"{uri}: no such document")
        return self.texts[uri]
