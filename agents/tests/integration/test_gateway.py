"""The agent's tool box over a real MCP server with a bearer token."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from mcp import types
from mcp.server.lowlevel import Server
from starlette.applications import Starlette
from starlette.responses import Response

from switchboard.agents.gateway import GatewayTools, claims
from switchboard.agents.payload import RunRequest

NAMES = [f"github___tool_{number}" for number in range(5)]
PAGE = 2


@dataclass
class Gateway:
    """An MCP server that pages its tools and accepts one token at a time."""

    accepted: str = "first"
    seen: list[str] = field(default_factory=list)
    url: str = ""

    def server(self) -> Server[Any]:
        async def list_tools(_context: Any, params: Any) -> types.ListToolsResult:
            start = int(params.cursor) if params and params.cursor else 0
            end = start + PAGE
            tools = [
                types.Tool(name=name, description=name, input_schema={"type": "object"})
                for name in NAMES[start:end]
            ]
            more = str(end) if end < len(NAMES) else None
            return types.ListToolsResult(tools=tools, next_cursor=more)

        async def call_tool(_context: Any, params: Any) -> types.CallToolResult:
            text = json.dumps({"called": params.name, "with": params.arguments})
            return types.CallToolResult(content=[types.TextContent(type="text", text=text)])

        return Server("gateway", on_list_tools=list_tools, on_call_tool=call_tool)

    def app(self) -> Any:
        inner = self.server().streamable_http_app(json_response=True, stateless_http=True)

        async def guarded(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                given = dict(scope["headers"]).get(b"authorization", b"").decode()
                self.seen.append(given)
                if given != f"Bearer {self.accepted}":
                    await Response(status_code=401)(scope, receive, send)
                    return
            await inner(scope, receive, send)

        assert isinstance(inner, Starlette)
        return guarded


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """The gateway on a port the system chose."""
    gateway = Gateway()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    gateway.url = f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    server = uvicorn.Server(uvicorn.Config(gateway.app(), log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield gateway
    server.should_exit = True
    thread.join(10)
    listener.close()


@pytest.mark.requirement("AGT-03", "U")
def test_the_tools_of_all_pages_are_listed(
    gateway: Gateway, request_of: Callable[..., RunRequest]
) -> None:
    box = GatewayTools(gateway.url, lambda _request, *, fresh: "first")

    with box.open(request_of()) as tools:
        assert [tool.tool_name for tool in tools] == NAMES

    assert set(gateway.seen) == {"Bearer first"}


def test_a_refused_token_is_replaced_once(
    gateway: Gateway, request_of: Callable[..., RunRequest]
) -> None:
    asked: list[bool] = []

    def token(_request: RunRequest, *, fresh: bool) -> str:
        asked.append(fresh)
        return "first" if fresh else "stale"

    with GatewayTools(gateway.url, token).open(request_of()) as tools:
        assert len(tools) == len(NAMES)

    assert asked == [False, True]


def test_the_claims_name_the_run_and_what_it_may_touch(
    request_of: Callable[..., RunRequest],
) -> None:
    assert claims(request_of()) == {
        "agent_type": "code",
        "invocation_id": "01JD2Q3R4S5T6V7W8X9Y0ZABCD",
        "correlation_id": "01JD2Q3R4S5T6V7W8X9Y0ZABCD",
        "project_id": "proj-demo",
        "page_id": "22222222-2222-4222-8222-222222222222",
        "repo": "acme/storefront",
        "repo_owner": "acme",
        "repo_name": "storefront",
        "work_branch": "switchboard/01jd2q3r4s5t6v7w8x9y0zabcd",
    }
