"""The port `Functions`: memory and Lambda's API answer alike."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from switchboard.local.gateway import wiring
from switchboard.local.gateway.adapters.memory import MemoryFunctions
from switchboard.local.gateway.functions import FunctionFailedError, Functions
from switchboard.local.settings import LocalSettings

ARN = "arn:aws:lambda:us-east-1:111122223333:function:tools"

Build = Callable[[Callable[[Any, Any], Any]], Functions]


class StubLambda:
    """Invoke of the Lambda API (2015-03-31) over Python functions."""

    def __init__(self, function: Callable[[Any, Any], Any]) -> None:
        self._function = function

    def app(self) -> Starlette:
        path = "/2015-03-31/functions/{name:path}/invocations"
        return Starlette(routes=[Route(path, self._invoke, methods=["POST"])])

    async def _invoke(self, request: Request) -> Response:
        if unquote(request.path_params["name"]) != ARN:
            body = {"Message": "no such function", "Type": "User"}
            headers = {"x-amzn-ErrorType": "ResourceNotFoundException"}
            return JSONResponse(body, 404, headers=headers)
        context = base64.b64decode(request.headers.get("x-amz-client-context", "e30="))
        try:
            answer = self._function(await request.json(), json.loads(context)["custom"])
        except ValueError as error:
            body = {"errorType": "ValueError", "errorMessage": str(error)}
            return JSONResponse(body, headers={"X-Amz-Function-Error": "Unhandled"})
        return JSONResponse(answer)


@pytest.fixture(params=["memory", "lambda"])
def build(request: pytest.FixtureRequest, tmp_path: Any, serve: Any) -> Iterator[Build]:
    opened: list[Functions] = []

    def memory(function: Callable[[Any, Any], Any]) -> Functions:
        functions = MemoryFunctions()
        functions.register(ARN, function)
        return functions

    def aws(function: Callable[[Any, Any], Any]) -> Functions:
        port = int(serve(StubLambda(function).app()).rsplit(":", 1)[1])
        opened.append(wiring.functions(LocalSettings(home=tmp_path, port_engine=port)))
        return opened[-1]

    yield memory if request.param == "memory" else aws
    for functions in opened:
        functions.close()


def test_event_and_client_context_arrive_and_the_answer_comes_back(build: Build) -> None:
    functions = build(lambda event, custom: {"event": event, "custom": custom})

    answer = functions.invoke(ARN, {"path": "ä"}, {"bedrockAgentCoreToolName": "a___b"})

    assert answer == {"event": {"path": "ä"}, "custom": {"bedrockAgentCoreToolName": "a___b"}}


def test_no_client_context_is_an_empty_one(build: Build) -> None:
    assert build(lambda _event, custom: {"custom": custom}).invoke(ARN, {}, {}) == {"custom": {}}


def test_a_function_that_raises_is_named_with_its_error(build: Build) -> None:
    def broken(*_: Any) -> Any:
        raise ValueError("no such thing")

    with pytest.raises(FunctionFailedError, match=f"{ARN}: ValueError: no such thing"):
        build(broken).invoke(ARN, {}, {})


def test_a_function_that_does_not_exist_is_named(build: Build) -> None:
    with pytest.raises(FunctionFailedError, match=r"missing: .*ResourceNotFoundException"):
        build(lambda *_: None).invoke("missing", {}, {})
