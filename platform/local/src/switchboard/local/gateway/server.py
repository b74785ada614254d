"""The MCP side of the gateway: list, search and call tools for the verified caller."""

import asyncio
import json
from concurrent.futures import Executor
from typing import Any

from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from switchboard.local.engine.uses import Uses
from switchboard.local.gateway import rights, search
from switchboard.local.gateway.answers import Answer, Caller
from switchboard.local.gateway.authorizer import Authorizer, TokenRefusedError
from switchboard.local.gateway.call_tool import CallTool
from switchboard.local.gateway.tools import SEPARATOR, Tool

Context = ServerRequestContext[Any]

INVALID_PARAMS = -32602
UNAUTHORIZED = -32001


class GatewayServer:
    """Answers MCP requests; stateless, so any number run at once."""

    def __init__(self, call_tool: CallTool, workers: Executor, uses: Uses) -> None:
        """Call tools in threads of `workers`: they wait for functions."""
        self._uses = uses
        self._call_tool = call_tool
        self._workers = workers
        self.mcp: Server[Any] = Server(
            "switchboard-gateway",
            version="1",
            on_list_tools=self._list,
            on_call_tool=self._call,
        )

    async def _list(
        self, ctx: Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        caller = _caller(ctx)
        rights.note_list(self._uses, caller.gateway)
        tools = [_mcp_tool(tool) for tool in visible(caller)]
        if caller.gateway.searchable:
            tools.insert(0, _search_tool())
        return types.ListToolsResult(tools=tools)

    async def _call(
        self, ctx: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        caller, arguments = _caller(ctx), dict(params.arguments or {})
        if params.name == search.NAME and caller.gateway.searchable:
            found = search.search(str(arguments.get("query", "")), visible(caller))
            hits = [_mcp_tool(tool).model_dump(by_alias=True, exclude_none=True) for tool in found]
            return types.CallToolResult(
                content=[types.TextContent(type="text", text=json.dumps({"tools": hits}))],
                structured_content={"tools": hits},
            )
        tool = caller.gateway.tools.get(params.name)
        if tool is None:
            raise MCPError(
                INVALID_PARAMS, f"Unknown tool: {params.name}{_why(caller, params.name)}"
            )
        answer = await asyncio.get_running_loop().run_in_executor(
            self._workers, self._call_tool, caller, tool, arguments, ctx.request_id
        )
        return _result(answer)


def visible(caller: Caller) -> list[Tool]:
    """The tools of which the caller may make some call."""
    tools = caller.gateway.tools
    policies = caller.gateway.policies
    if policies is None or not policies.enforced:
        return list(tools.values())
    return [tools[name] for name in policies.listable(caller.claims, tools)]


class AuthorizationMiddleware:
    """Lets only verified callers reach the MCP endpoint; the caller travels in the scope."""

    def __init__(self, app: ASGIApp, authorizer: Authorizer, url: str) -> None:
        """Protect `app`, which is reachable at `url`."""
        self._app = app
        self._authorizer = authorizer
        self._url = url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """401 with `WWW-Authenticate`, as RFC 9728 and MCP want it, or on to the server."""
        if scope["type"] != "http" or not scope["path"].startswith("/mcp"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        try:
            gateway, claims = await self._authorizer.authorize(headers.get("authorization", ""))
        except TokenRefusedError as error:
            await self._refusal(str(error))(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = Caller(gateway, claims, headers)
        await self._app(scope, receive, send)

    def _refusal(self, message: str) -> JSONResponse:
        metadata = f"{self._url}/.well-known/oauth-protected-resource"
        error = {"code": UNAUTHORIZED, "message": message}
        return JSONResponse(
            {"jsonrpc": "2.0", "id": 0, "error": error},
            401,
            headers={"WWW-Authenticate": f'Bearer resource_metadata="{metadata}"'},
        )


def _why(caller: Caller, tool: str) -> str:
    """Why a tool of a known target is not there."""
    target = tool.partition(SEPARATOR)[0]
    problem = caller.gateway.problems.get(target)
    return f" (the target {target} offers no tools: {problem})" if problem else ""


def _caller(ctx: Context) -> Caller:
    if ctx.request is None:
        raise MCPError(UNAUTHORIZED, "no HTTP request")
    caller: Caller = ctx.request.scope["state"]["caller"]
    return caller


def _mcp_tool(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name, description=tool.description, input_schema=dict(tool.input_schema)
    )


def _search_tool() -> types.Tool:
    schema = {
        "type": "object",
        "properties": {"query": {"type": "string"}},
        "required": ["query"],
    }
    return types.Tool(name=search.NAME, description=search.DESCRIPTION, input_schema=schema)


def _result(answer: Answer) -> types.CallToolResult:
    text = answer.value if isinstance(answer.value, str) else json.dumps(answer.value)
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], is_error=answer.is_error
    )
