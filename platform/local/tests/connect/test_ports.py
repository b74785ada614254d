"""The orchestrator's ports: memory and the real thing answer the same questions alike."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from switchboard.local.agentcore.aws_answers import AwsError, answer_error
from switchboard.local.agentcore.journal import Journal
from switchboard.local.connect.agent.adapters.bedrock import BedrockModel
from switchboard.local.connect.agent.adapters.gateway import GatewayTools
from switchboard.local.connect.agent.adapters.memory import MemoryModel, MemoryTools
from switchboard.local.connect.agent.ports import (
    ModelDownError,
    Pass,
    Request,
    ToolAnswer,
    ToolsDownError,
    ToolSpec,
    ToolUse,
    Words,
)
from switchboard.local.model.door import ModelDoor
from switchboard.local.model.engine import Call, Final
from switchboard.local.standin.threaded import served

SYSTEM = "You are Switchboard's clerk agent."
TOOL = ToolSpec("itsm___look", "Looks something up", {"type": "object"})


def clerk(ctx: Any) -> Any:
    """Looks up what it is told, and says what it found."""
    found = yield Call("look", {"word": ctx.prompt}, "<message>One moment.</message>")
    return Final(f"<message>{found.text}</message>")


@contextmanager
def memory_model() -> Iterator[MemoryModel]:
    def think(request: Request) -> list[Any]:
        last = request.messages[-1]["content"][0]
        if "toolResult" in last:
            return [f"<message>{last['toolResult']['content'][0]['text']}</message>"]
        return ["<message>One moment.</message>", ("itsm___look", {"word": last["text"]})]

    yield MemoryModel(think)


@contextmanager
def bedrock_model(tmp_path: Any) -> Iterator[BedrockModel]:
    door = ModelDoor(Journal(tmp_path / "model.jsonl"), lambda: {"clerk": clerk})
    app = Starlette(
        routes=[Route("/model/{rest:path}", door.__call__, methods=["POST"])],
        exception_handlers={AwsError: answer_error},
    )
    with served(lambda _port: app) as port:
        client = _bedrock(f"http://127.0.0.1:{port}")
        yield BedrockModel(client)
        client.close()


def _bedrock(url: str) -> Any:
    session: Any = boto3.Session("111122223333", "local", region_name="us-east-1")
    config = Config(retries={"max_attempts": 0}, connect_timeout=1)
    return session.client("bedrock-runtime", endpoint_url=url, config=config)


@pytest.fixture(params=["memory", "bedrock"])
def model(request, tmp_path):
    with memory_model() if request.param == "memory" else bedrock_model(tmp_path) as made:
        yield made


def test_a_model_streams_words_and_then_the_complete_call(model):
    asked = Request("offline.playbook", SYSTEM, [_said("printer")], [TOOL])

    pieces = list(model.answer(asked))

    assert "".join(p.text for p in pieces if isinstance(p, Words)) == (
        "<message>One moment.</message>"
    )
    use = pieces[-1]
    assert isinstance(use, ToolUse)
    assert (use.name, use.input) == ("itsm___look", {"word": "printer"})


def test_a_model_goes_on_with_what_the_tool_answered(model):
    first = Request("offline.playbook", SYSTEM, [_said("printer")], [TOOL])
    use = list(model.answer(first))[-1]
    call = {"toolUse": {"toolUseId": use.id, "name": use.name, "input": use.input}}
    result = {"toolUseId": use.id, "content": [{"text": "jammed"}], "status": "success"}
    messages = [
        _said("printer"),
        {"role": "assistant", "content": [{"text": "<message>One moment.</message>"}, call]},
        {"role": "user", "content": [{"toolResult": result}]},
    ]

    pieces = list(model.answer(Request("offline.playbook", SYSTEM, messages, [TOOL])))

    assert "".join(piece.text for piece in pieces) == "<message>jammed</message>"


def _said(text: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"text": text}]}


@pytest.mark.parametrize("model_id", ["anthropic.none", "offline.playbook"])
def test_a_model_that_refuses_or_is_gone_is_down(tmp_path, model_id):
    with bedrock_model(tmp_path) as refusing, pytest.raises(ModelDownError, match=model_id):
        # No playbook of this name, or a model that nobody serves here.
        list(refusing.answer(Request(model_id, "You are nobody.", [_said("x")])))

    client = _bedrock("http://127.0.0.1:1")
    with pytest.raises(ModelDownError):
        list(BedrockModel(client).answer(Request(model_id, SYSTEM, [_said("x")])))
    client.close()


@dataclass
class McpServer:
    """A gateway as far as the wire goes; what it answers can be changed."""

    status: int = 200
    lists: int = 0

    async def __call__(self, request: Any) -> JSONResponse:
        body = await request.json()
        if request.headers.get("authorization") != "Bearer token":
            return JSONResponse({"error": {"message": "Missing Bearer token"}}, 401)
        if self.status != 200:
            return JSONResponse({"message": "no"}, self.status)
        answer = {"jsonrpc": "2.0", "id": body["id"]}
        if body["method"] == "tools/list":
            self.lists += 1
            tools = [{"name": "itsm___look", "description": "itsm___look",
                      "inputSchema": {"type": "object"}}]  # fmt: skip
            return JSONResponse({**answer, "result": {"tools": tools}})
        if body["params"]["name"] != "itsm___look":
            return JSONResponse({**answer, "error": {"code": -32602, "message": "Unknown tool: x"}})
        word = body["params"]["arguments"].get("word")
        text = {"type": "text", "text": f"found {word}"}
        return JSONResponse({**answer, "result": {"content": [text], "isError": word is None}})


@pytest.fixture
def mcp():
    server = McpServer()
    app = Starlette(routes=[Route("/mcp", server.__call__, methods=["POST"])])
    with served(lambda _port: app) as port, httpx.Client(timeout=5) as http:
        yield server, GatewayTools(http, f"http://127.0.0.1:{port}/mcp")


@pytest.fixture(params=["memory", "gateway"])
def tools(request):
    if request.param == "gateway":
        return request.getfixturevalue("mcp")[1]

    def look(arguments):
        word = arguments.get("word")
        return ToolAnswer(f"found {word}", ok=word is not None)

    return MemoryTools({"itsm___look": look})


ENTRY = Pass("gateway-1", "token")


def test_tools_are_listed_by_name(tools):
    found = tools.tools(ENTRY)

    assert found == {"itsm___look": ToolSpec("itsm___look", "itsm___look", {"type": "object"})}


def test_a_tool_answers_and_a_failing_or_unknown_one_is_an_answer_too(tools):
    good = tools.call(ENTRY, "itsm___look", {"word": "x"})
    failing = tools.call(ENTRY, "itsm___look", {})
    unknown = tools.call(ENTRY, "x", {})

    assert good == ToolAnswer("found x")
    assert failing == ToolAnswer("found None", ok=False)
    assert unknown == ToolAnswer("Unknown tool: x", ok=False)


def test_a_gateway_is_asked_for_its_tools_once_in_a_while(mcp):
    server, _tools = mcp
    now = [0.0]
    with httpx.Client() as http:
        tools = GatewayTools(http, _tools._url, clock=lambda: now[0])
        for _ in range(5):
            tools.tools(ENTRY)
        before = server.lists
        now[0] = 301.0
        tools.tools(ENTRY)

    assert (before, server.lists) == (1, 2)


@pytest.mark.parametrize("status", [401, 500, 503])
def test_a_gateway_that_lets_nobody_in_or_fails_is_down(mcp, status):
    server, tools = mcp
    server.status = status

    with pytest.raises(ToolsDownError):
        tools.call(ENTRY, "itsm___look", {"word": "x"})
    with pytest.raises(ToolsDownError):
        tools.tools(Pass("gateway-1", "wrong"))


def test_a_gateway_that_is_gone_is_down():
    with httpx.Client(timeout=1) as http, pytest.raises(ToolsDownError):
        GatewayTools(http, "http://127.0.0.1:1/mcp", time.monotonic).tools(ENTRY)
